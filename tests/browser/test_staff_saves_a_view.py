"""Journey: somebody at the office sets the list up with the keyboard, saves it, looks at a person in it; and again on a phone."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Organisation, SavedView
from tests.factories.crm import AffiliationFactory, ContactFactory, OrganisationFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def people(transactional_db):
    centre = OrganisationFactory(name="Komvux Åmål", kind=Organisation.Kind.LEARNING_CENTRE)
    AffiliationFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg", quick_facts="ring före 10"), organisation=centre)
    company = OrganisationFactory(name="Bruket AB", kind=Organisation.Kind.COMPANY)
    return AffiliationFactory(contact=ContactFactory(first_name="Bo", last_name="Ek"), organisation=company)


def panel(page, number):
    return page.locator("#listing-results details[data-panel]").nth(number)


def open_with_keyboard(page, found):
    found.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(found).to_have_attribute("open", "")


def expect_column_beside_the_names(page, heading):
    names = page.locator(".register-listing thead th").filter(has_text="Namn")
    expect(names.locator("xpath=following-sibling::th[1]")).to_have_text(heading)


def test_list_is_set_up_saved_and_opened_again_with_the_keyboard(page, live_server, log_in, staff, people):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/?kind=learning_centre")

    # Columns: e-mail before the roles.
    columns = panel(page, 1)
    open_with_keyboard(page, columns)
    columns.locator("button[name=up][value=email]").focus()
    page.keyboard.press("Enter")
    expect(columns.locator("button[name=up][value=email]")).to_be_focused()
    columns.locator("[data-order-done]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/admin/contact/?kind=learning_centre&columns=email,roles,phone")
    expect_column_beside_the_names(page, "E-post")

    # Saved, and shown first from now on.
    views = panel(page, 0)
    open_with_keyboard(page, views)
    page.keyboard.press("Escape")
    expect(views).not_to_have_attribute("open", "")
    expect(views.locator("summary")).to_be_focused()
    open_with_keyboard(page, views)
    views.locator("a[href*='/views/add/']").focus()
    page.keyboard.press("Enter")
    page.locator("input[name=name]").fill("Lärcentrum")
    page.locator("input[name=is_default]").focus()
    page.keyboard.press("Space")
    page.locator("main button[type=submit]").first.focus()
    page.keyboard.press("Enter")
    expect(panel(page, 0).locator("summary")).to_contain_text("Lärcentrum")

    page.goto(f"{live_server.url}/admin/contact/")
    expect(page.get_by_role("link", name="Åsa Öberg", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Bo Ek", exact=True)).to_be_hidden()

    # The chip's cross takes the condition away, and the columns stay.
    page.locator(".w-pill__remove").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Bo Ek", exact=True)).to_be_visible()
    expect_column_beside_the_names(page, "E-post")


def test_person_is_looked_at_beside_the_list(page, live_server, log_in, staff, people):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/?q=oberg")
    look = page.locator("a[data-peek]")
    look.focus()
    page.keyboard.press("Enter")
    beside = page.get_by_role("dialog", name="Åsa Öberg")
    expect(beside.get_by_text("ring före 10")).to_be_visible()
    page.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    expect(look).to_be_focused()


def test_counts_stand_beside_the_choices(page, live_server, log_in, staff, people):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/")
    page.locator(".register-filter-button").click()
    page.locator("[aria-controls=drilldown-id_kind]").click()
    expect(page.locator("label", has=page.locator("input[name=kind][value=company]")).locator(".register-facet")).to_have_text("1")


def test_list_with_groups_and_views_fits_a_phone(phone_page, live_server, log_in, staff, people):
    SavedView.objects.create(kind="contact", name="Alla efter organisation", query="group=organisation", owner=staff)
    log_in(phone_page, staff)
    phone_page.goto(f"{live_server.url}/admin/contact/")
    panel(phone_page, 0).locator("summary").tap()
    panel(phone_page, 0).get_by_role("link", name="Alla efter organisation").tap()
    expect(phone_page.locator(".register-group").first).to_contain_text("Bruket AB")
    for number in range(4):
        panel(phone_page, number).locator("summary").tap()
        expect(panel(phone_page, number).locator(".register-panel-body")).to_be_in_viewport(ratio=0.5)
        assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
        phone_page.keyboard.press("Escape")
    phone_page.locator("a[data-peek]").first.tap()
    expect(phone_page.get_by_role("dialog")).to_be_visible()
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
