"""Journey: somebody new at the office, phone in hand, finds a person in the list, sees the story and logs a call by keyboard."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Activity
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, ParticipationFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def asa(transactional_db):
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), kind="mobile", value="070-174 06 05").contact
    AffiliationFactory(contact=contact, organisation__name="Komvux Åmål")
    ParticipationFactory(contact=contact, activity__subject="Vårens planering")
    ContactFactory(first_name="Bo", last_name="Ek")
    return contact


def test_call_is_logged_by_keyboard_on_a_phone(phone_page, live_server, log_in, staff, asa):
    page = phone_page
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/")
    page.locator("main form[role=search] input[name=q]").fill("oberg asa")
    expect(page.locator("#listing-results").get_by_role("link", name="Bo Ek", exact=True)).to_be_hidden()
    page.locator("#listing-results").get_by_role("link", name="Åsa Öberg", exact=True).focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="070-174 06 05", exact=True)).to_be_in_viewport()
    expect(page.get_by_text("Vårens planering").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.locator("#quick-what_0").focus()
    page.keyboard.press("ArrowRight")  # from call to visit
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    page.keyboard.type("Behöver svetsare")
    page.keyboard.press("Tab")
    page.keyboard.type("Ringer igen i maj.")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#timeline").get_by_text("Behöver svetsare").first).to_be_attached()
    expect(page.locator(".messages").get_by_role("link", name="Ångra")).to_be_visible()
    call = Activity.objects.get(subject="Behöver svetsare")
    assert (call.kind, call.text, call.created_by) == ("call", "Ringer igen i maj.", staff)
    assert call.participations.get().contact == asa


def test_number_is_changed_where_it_stands_by_keyboard(page, live_server, log_in, staff, asa):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/inspect/{asa.pk}/")
    page.locator(f"a[href='?edit=point-{asa.contact_points.get().pk}']").focus()
    page.keyboard.press("Enter")
    value = page.locator("#spot-value")
    expect(value).to_have_value("070-174 06 05")
    value.fill("070-174 06 99")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="070-174 06 99", exact=True)).to_have_attribute("href", "tel:+46701740699")
