"""The admin's pages of ours: no fault that axe finds, and none wider than a phone. By day on a desk, by night on a phone.

What only a script shows is opened on one page for all: the palette, a record beside its list, panels, a chooser.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.office import furnish
from tests.browser.own_pages import own_pages
from tests.factories.crm import UserFactory

DESK = {"width": 1280, "height": 900}
# What an office looks at every day. The others are visited with -m every_page, as .ci/run does.
EVERY_DAY = (
    "wagtailadmin_home",
    "contact:index",
    "contact:inspect",
    "contact:edit",
    "organisation:inspect",
    "tidying:index",
    "task:index",
    "activity:add",
    "visit:index",
)
WAGTAILS = ("wagtailadmin_home",)  # with cards of ours


@pytest.fixture
def visit(page, live_server, log_in, transactional_db):
    """Return a function that visits pages, chosen from all that are ours by their names, and returns what is wrong with them."""
    boss = UserFactory(username="chefen", is_superuser=True, first_name="Siv", last_name="Ek")
    examples = furnish(boss)
    client = Client()
    client.force_login(boss)
    log_in(page, boss)

    def visit(is_chosen):
        pages = own_pages(client, examples, is_chosen) | {name: reverse(name) for name in WAGTAILS if is_chosen(name)}
        return [fault for name, address in pages.items() for fault in faults(page, name, live_server.url + address)]

    return visit


def faults(page, name, address):
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    page.goto(address)
    yield from broken_rules(page, name)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE["viewport"])
    yield from broken_rules(page, f"{name} by night on a phone")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield f"{name} is wider than a phone"


def broken_rules(page, where):
    page.evaluate("document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish())")
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})  # it would look for style sheets in wrong places
    for rule in found.response["violations"]:
        yield f"{where}: {rule['help']}: {[node['html'][:200] for node in rule['nodes'][:3]]}"


def test_what_an_office_sees_every_day(visit):
    assert not visit(EVERY_DAY.__contains__)


def ask_the_palette(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("skara")
    expect(page.locator("dialog [role=option]").filter(has_text="Lärcentrum Skara").first).to_be_visible()


def look_beside_the_list(page):
    page.locator("a[data-peek]").first.click()
    expect(page.locator("#peek-title")).to_be_visible()


def open_the_filters(page):
    page.locator(".register-filter-button").click()
    page.locator("[aria-controls=drilldown-id_kind]").click()
    expect(page.locator(".register-facet:visible").first).to_be_visible()


def tick_a_row(page):
    page.locator("[data-bulk-row]").first.check()
    expect(page.locator("[data-bulk-count]")).to_contain_text("1")


def choose_an_organisation(page):
    page.locator("[data-chooser-action-choose]").first.click()
    expect(page.get_by_role("dialog").get_by_role("link", name="Lärcentrum Skara")).to_be_visible()


OPENED = {
    ask_the_palette: "wagtailadmin_home",
    look_beside_the_list: "contact:index",
    open_the_filters: "contact:index",
    tick_a_row: "contact:index",
    choose_an_organisation: "membership:add",
}


@pytest.mark.parametrize("phone", [False, True], ids=["by day on a desk", "by night on a phone"])
def test_what_a_script_opens(page, live_server, log_in, transactional_db, phone):
    boss = UserFactory(username="chefen", is_superuser=True)
    furnish(boss)
    log_in(page, boss)
    page.emulate_media(color_scheme="dark" if phone else "light")
    page.set_viewport_size(PHONE["viewport"] if phone else DESK)
    found = []
    for open_it, name in OPENED.items():
        page.goto(live_server.url + reverse(name))
        open_it(page)
        found += broken_rules(page, f"{name}, {open_it.__name__}")
        if phone and page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{name}, {open_it.__name__}, is wider than a phone")
    assert not found


@pytest.mark.every_page
def test_every_page(visit):
    assert not visit(lambda name: True)
