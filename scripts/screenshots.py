"""Takes pictures of the running product, with demo data in a database of its own.

    .venv/bin/python scripts/screenshots.py                        the README's pictures and the staff guide's, into docs/
    .venv/bin/python scripts/screenshots.py LIST                   more pictures, into var/screenshots/

LIST has a line for each picture: path, name, width, and then, in any order, `dark` and the name of a demo user to log in.

    /nyheter/        news-phone      390   dark
    /admin/contact/  contacts        1280   personal
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import sync_playwright

import ports
from serve import DEMO_USERS, ROOT, wait_until_answering

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
USERS = {user.username for user in DEMO_USERS}


class Picture(NamedTuple):
    path: str
    name: str
    width: int = 1280
    height: int = 900
    dark: bool = False
    user: str = ""
    full_page: bool = False
    prepare: Callable = lambda page: None  # what is done on the page before the picture is taken


def first_record(page):
    page.locator("main tbody .title a").first.click()


def job_change(page):
    first_record(page)
    page.wait_for_url("**/inspect/**")
    page.goto(page.url.replace("/inspect/", "/").partition("?")[0] + "job-change/")
    page.locator("main a[href*=job-change]").last.click()
    page.locator(".job-change-hanging").wait_for()


def quick_search(page):
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("larcent")
    page.locator("dialog [role=option]").filter(has_text="Lärcentrum").nth(3).wait_for()


def filters(page):
    page.locator(".register-filter-button").click()
    page.locator("[aria-controls=drilldown-id_role]").click()
    page.locator(".register-facet:visible").first.wait_for()


def preview_of_an_import(page):
    rows = ["Namn;Epost;Mobil;Arbetsplats;Befattning", "Nils Ö. Dahl;nils.dahl@skara.example;070-174 06 71;Lärcentrum Skara;Rektor"]
    rows += ["Karin Åkesson;karin@;070-1740;Komvux Skara;Lärare", "Sara Lind;sara.lind@skara.example;;Lärcentrum Skara;Lärare"]
    file = {"name": "kontakter från mässan.csv", "mimeType": "text/csv", "buffer": "\r\n".join(rows).encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/columns/**")
    page.locator(".import-bar [type=submit]").first.click()
    page.locator(".import-row").first.wait_for()


IMAGES = ROOT / "docs/images"
PICTURES = {
    IMAGES: [
        Picture("/", "site"),
        Picture("/admin/contact/", "register", user="personal"),
    ],
    IMAGES / "staff": [
        Picture("/admin/contact/?role=1", "kontakt", user="personal", prepare=first_record),
        Picture("/admin/contact/", "filter", user="personal", prepare=filters),
        Picture("/admin/", "snabbsok", user="personal", prepare=quick_search),
        Picture("/admin/contact/?role=1", "byter-uppdrag", user="personal", prepare=job_change),
        Picture("/admin/register/vacancies/", "vakanser", user="personal"),
        Picture("/admin/register/tidying/", "stada", user="personal"),
        Picture("/admin/segment/", "urval", user="personal", prepare=first_record),
        Picture("/admin/activity/new/?kind=visit", "besok", width=390, user="personal"),
        Picture("/admin/register/import/", "import", user="personal", prepare=preview_of_an_import),
        Picture("/admin/register/changes/", "andringar", user="personal"),
    ],
}


def main():
    if sys.argv[1:]:
        lines = [line.split() for line in Path(sys.argv[1]).read_text().splitlines() if line.strip() and not line.startswith("#")]
        wanted = {ROOT / "var/screenshots": [read(*words) for words in lines]}
    else:
        wanted = PICTURES
    with running_product() as base_url, chromium() as browser:
        for folder, pictures in wanted.items():
            folder.mkdir(parents=True, exist_ok=True)
            for picture in pictures:
                take(browser, base_url, picture, folder / f"{picture.name}.png")


def read(path, name, width="1280", *options):
    user = next((option for option in options if option in USERS), "")
    return Picture(path, name, int(width), dark="dark" in options, user=user, full_page=True)


@contextlib.contextmanager
def running_product():
    """Start the product with fresh demo data on a free port; everything is gone afterwards."""
    port = ports.first_free(8200)
    base_url = f"http://{ports.LOOPBACK}:{port}"
    with tempfile.TemporaryDirectory(prefix="knutpunkt-screenshots-") as var:
        env = {**os.environ, "VAR_DIR": var, "PORT": str(port), "BASE_URL": base_url}
        subprocess.run([sys.executable, "scripts/prepare.py"], cwd=ROOT, env=env, check=True)
        product = subprocess.Popen([sys.executable, "scripts/serve.py"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            wait_until_answering(base_url)
            yield base_url
        finally:
            product.send_signal(signal.SIGTERM)
            product.wait()


@contextlib.contextmanager
def chromium():
    executable = next(filter(None, map(shutil.which, BROWSERS)), None) or sys.exit("Needs Chromium (Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


def take(browser, base_url, picture, file):
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height if picture.width > 500 else 844},
        color_scheme="dark" if picture.dark else "light",
        locale="sv-SE",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if picture.user:
        page.goto(f"{base_url}/admin/login/")
        page.locator("input[name=username]").fill(picture.user)
        page.locator("input[name=password]").fill(DEMO_USERS[0].password)
        page.locator("button[type=submit]").click()
        page.wait_for_url(f"{base_url}/admin/")
    response = page.goto(base_url + picture.path, wait_until="networkidle")
    if not response.ok:
        sys.exit(f"{response.status}  {picture.path}")
    picture.prepare(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file, full_page=picture.full_page, animations="disabled")
    with Image.open(file) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)  # a third of the size
    print(f"{picture.path}  →  {file.relative_to(ROOT)}", flush=True)
    context.close()


if __name__ == "__main__":
    main()
