"""Journey: somebody at the office changes a contact's number between two calls and finds the person by the new one."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import ContactPoint
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def asa(transactional_db):
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    ContactPoint.objects.create(contact=contact, kind=ContactPoint.Kind.MOBILE, value="070-174 06 05", is_primary=True)
    AffiliationFactory(contact=contact, organisation=OrganisationFactory(name="Komvux Åmål"))
    ContactFactory(first_name="Bo", last_name="Ek")
    return contact


def search(page, query):
    page.locator("main form[role=search] input[name=q]").fill(query)
    return page.locator("#listing-results")


def test_number_is_changed_and_the_person_found_by_it(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/")
    results = search(page, "oberg asa")
    expect(results.get_by_role("link", name="Bo Ek", exact=True)).to_be_hidden()
    results.get_by_role("link", name="Åsa Öberg", exact=True).click()
    page.get_by_role("link", name="Redigera").click()

    number = page.locator("input[name$=-value]").nth(1)
    expect(number).to_have_value("070-174 06 05")
    number.fill("070-174 06 99")
    page.get_by_role("button", name="Spara").click()

    expect(page.get_by_role("link", name="070-174 06 99", exact=True)).to_be_visible()
    page.goto(f"{live_server.url}/admin/contact/")
    results = search(page, "+46 70 174 06 99")
    expect(results.get_by_role("link", name="Bo Ek", exact=True)).to_be_hidden()
    expect(results.get_by_role("link", name="070-174 06 99", exact=True)).to_have_attribute("href", "tel:+46701740699")


def test_wrong_number_is_kept_on_the_form_with_advice(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/edit/{asa.pk}/")
    page.locator("input[name$=-value]").nth(1).fill("ring växeln")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_text("”ring växeln” är inget telefonnummer").first).to_be_visible()
    expect(page.locator("input[name$=-value]").nth(1)).to_have_value("ring växeln")


def test_list_fits_a_phone(phone_page, live_server, log_in, staff, asa):
    log_in(phone_page, staff)
    phone_page.goto(f"{live_server.url}/admin/contact/")
    expect(phone_page.get_by_role("link", name="070-174 06 05", exact=True)).to_be_in_viewport()
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
