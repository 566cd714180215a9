"""Journey: somebody rings and says that Anna has left. With the keyboard alone Anna's role ends, and her successor has it."""

import pytest
from django.contrib.auth.models import Group
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Contact
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, MembershipFactory, RoleFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def anna(transactional_db):
    contact = ContactFactory(first_name="Anna", last_name="Berg")
    member = MembershipFactory(organisation__name="Skara kommun", organisation__website="https://skara.example").organisation
    role = RoleFactory(name="Rektor", expected_at_members=True)
    AffiliationFactory(contact=contact, organisation=member, role=role)
    EmailFactory(contact=contact, value="anna.berg@skara.example")
    return contact


def swedish(text):
    with override("sv"):
        return gettext(text)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= 390


def press(page, name):
    page.get_by_role("button", name=swedish(name)).focus()
    page.keyboard.press("Enter")


def fill(page, name, value):
    page.locator(f"input[name={name}]").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(value)


def test_role_is_handed_to_somebody_new_by_keyboard_on_a_phone(phone_page, live_server, log_in, staff, anna):
    page = phone_page
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/{anna.pk}/job-change/")
    expect(page.locator(".job-change-hanging")).to_contain_text("anna.berg@skara.example")
    assert fits(page)

    fill(page, "successor_first_name", "Cecilia")
    press(page, "See what will happen")
    error = page.locator(".error-message").first
    expect(error).to_be_visible()
    expect(page.locator("input[name=successor_first_name]")).to_have_value("Cecilia")

    fill(page, "successor_last_name", "Öst")
    fill(page, "successor_email", "cecilia@skara.example")
    press(page, "See what will happen")
    expect(page.locator(".job-change-sentences")).to_contain_text("Cecilia Öst")
    assert fits(page)
    assert not Contact.objects.filter(first_name="Cecilia").exists()

    fate = page.locator(".job-change-fate").filter(has_text="anna.berg@skara.example")
    expect(fate.locator("input[value=end]")).to_be_checked()
    press(page, "Back and change")
    expect(page.locator("input[name=successor_last_name]")).to_have_value("Öst")
    press(page, "See what will happen")
    fate.locator("input[value=end]").focus()
    page.keyboard.press("ArrowDown")
    expect(fate.locator("input[value=keep]")).to_be_checked()
    page.keyboard.press("ArrowUp")
    press(page, "Carry out")

    expect(page.get_by_role("link", name="Ångra").first).to_be_visible()
    page.goto(f"{live_server.url}/admin/register/vacancies/?on=2100-01-01")
    expect(page.get_by_role("link", name="Cecilia Öst")).to_be_visible()
    assert fits(page)


def test_gap_on_the_board_leads_to_a_contact_with_the_role(page, live_server, log_in, staff, anna):
    member = MembershipFactory(organisation__name="Töreboda kommun").organisation
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/register/vacancies/")
    page.get_by_role("row", name="Töreboda kommun").get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=swedish("Add a new contact with this role")).click()

    fill(page, "first_name", "Dag")
    fill(page, "last_name", "Alm")
    page.get_by_role("button", name="Skapa").or_(page.get_by_role("button", name="Spara")).first.click()
    expect(page.get_by_role("heading", name="Dag Alm").first).to_be_visible()
    assert Contact.objects.get(first_name="Dag").affiliations.get().organisation == member
