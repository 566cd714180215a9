"""Takes pictures of the running product, with demo data in a database of its own.

    .venv/bin/python scripts/screenshots.py                        the README's pictures, into docs/images/
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
from pathlib import Path
from typing import NamedTuple

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


README_PICTURES = [
    Picture("/", "site"),
    Picture("/admin/contact/", "register", user="personal"),
]


def main():
    if sys.argv[1:]:
        lines = [line.split() for line in Path(sys.argv[1]).read_text().splitlines() if line.strip() and not line.startswith("#")]
        pictures, folder = [read(*words) for words in lines], ROOT / "var/screenshots"
    else:
        pictures, folder = README_PICTURES, ROOT / "docs/images"
    folder.mkdir(parents=True, exist_ok=True)
    with running_product() as base_url, chromium() as browser:
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
    page.screenshot(path=file, full_page=picture.full_page, animations="disabled")
    print(f"{picture.path}  →  {file.relative_to(ROOT)}", flush=True)
    context.close()


if __name__ == "__main__":
    main()
