"""Journeys with the palette: by the keyboard alone, and with a finger on a phone."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from tests.factories.crm import AffiliationFactory, ContactFactory, OrganisationFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def asa(transactional_db):
    contact = ContactFactory(first_name="Åsa", last_name="Öberg")
    AffiliationFactory(contact=contact, organisation=OrganisationFactory(name="Komvux Åmål"))
    ContactFactory(first_name="Åsa", last_name="Ek")
    return contact


def chosen(page):
    return page.locator("dialog [role=option][aria-selected=true]")


def test_person_is_opened_by_the_keyboard_alone(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/")
    page.keyboard.press("Control+k")
    field = page.locator("dialog [role=combobox]")
    expect(field).to_be_focused()
    page.keyboard.type("asa")
    expect(chosen(page)).to_contain_text("Åsa Ek")
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_contain_text("Åsa Öberg")
    expect(field).to_have_attribute("aria-activedescendant", chosen(page).get_attribute("id"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/contact/*/{asa.pk}/")
    expect(page.get_by_text("Åsa Öberg").first).to_be_visible()

    page.goto(f"{live_server.url}/admin/contact/")
    page.keyboard.press("Control+k")
    expect(page.locator("dialog").get_by_role("option").filter(has_text="Åsa Öberg")).to_be_visible()  # opened lately


def test_escape_gives_the_focus_back(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/new/")
    name = page.locator("input[name=first_name]")
    name.fill("Nora")
    page.keyboard.press("Control+k")
    expect(page.locator("dialog [role=combobox]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[data-palette]")).to_be_hidden()
    expect(name).to_be_focused()
    expect(name).to_have_value("Nora")


def test_enter_straight_after_typing_waits_for_what_is_found(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/")
    page.keyboard.press("Control+k")
    expect(page.locator("dialog [role=combobox]")).to_be_focused()
    page.keyboard.type("oberg")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/contact/*/{asa.pk}/")


def test_control_and_enter_open_a_new_tab(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/")
    page.keyboard.press("Control+k")
    page.keyboard.type("oberg")
    expect(chosen(page)).to_contain_text("Åsa Öberg")
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    opened.value.wait_for_url(f"**/admin/contact/*/{asa.pk}/")
    assert page.url == f"{live_server.url}/admin/"


def test_nobody_of_that_name_becomes_a_contact(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/")
    page.keyboard.press("Control+k")
    page.keyboard.type("Nora Nyman")
    expect(chosen(page)).to_contain_text("Nora Nyman")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/contact/new/**")
    expect(page.locator("input[name=last_name]")).to_have_value("Nyman")


def test_palette_is_reached_and_fits_on_a_phone(phone_page, live_server, log_in, staff, asa):
    log_in(phone_page, staff)
    phone_page.goto(f"{live_server.url}/admin/contact/")
    phone_page.locator(".sidebar-nav-toggle").tap()
    phone_page.locator("[data-palette-open]").tap()
    phone_page.locator("dialog [role=combobox]").fill("komvux åmål")
    person = phone_page.locator("dialog").get_by_role("option").filter(has_text="Åsa Öberg")
    expect(person).to_be_in_viewport()
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    person.tap()
    phone_page.wait_for_url(f"**/admin/contact/*/{asa.pk}/")
