"""Journey: somebody at the office finds a person twice, makes the two one by keyboard, and separates them again; also on a phone."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Contact
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, TaskFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def twice(transactional_db):
    anna, double = (ContactFactory(first_name="Anna", last_name=name) for name in ("Berg", "Bergh"))
    for contact, address in ((anna, "anna@kommun.example"), (double, "anna.bergh@hemma.example")):
        EmailFactory(contact=contact, value=address)
        AffiliationFactory(contact=contact)
    TaskFactory(contact=double, what="Skicka avtalet")
    return anna, double


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def press(page, button):
    page.locator(f"button[name=step][value={button}]").focus()
    page.keyboard.press("Enter")


def test_two_rows_become_one_and_are_separated_again(page, live_server, log_in, staff, twice):
    anna, double = twice
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/?q=anna")
    boxes = page.locator("[data-bulk-row]")
    expect(boxes).to_have_count(2)
    for number in range(2):
        boxes.nth(number).focus()
        page.keyboard.press("Space")
    page.locator("#bulk-form select[name=action]").select_option("merge")
    page.locator("#bulk-form button").click()

    expect(page).to_have_url(f"{live_server.url}/admin/contact/merge/{anna.pk}/{double.pk}/")
    page.locator(f"input[name=choose-last_name][value='{anna.pk}']").focus()
    page.keyboard.press("ArrowRight")
    press(page, "preview")
    expect(page.locator(".merge")).to_contain_text("Skicka avtalet")
    assert Contact.objects.count() == 2
    press(page, "carry_out")

    expect(page).to_have_url(f"{live_server.url}/admin/contact/inspect/{anna.pk}/")
    expect(page.locator(".record-name")).to_contain_text("Anna Bergh")
    assert Contact.objects.get().contact_points.count() == 2

    page.goto(f"{live_server.url}/admin/contact/history/{anna.pk}/")
    page.locator(".history-merge a[href*='/undo/']").click()
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".messages")).to_be_visible()
    assert set(Contact.objects.values_list("last_name", flat=True)) == {"Berg", "Bergh"}


def test_it_fits_a_phone(phone_page, live_server, log_in, staff, twice):
    anna, double = twice
    log_in(phone_page, staff)
    phone_page.goto(f"{live_server.url}/admin/contact/merge/{anna.pk}/{double.pk}/")
    assert fits(phone_page)
    phone_page.locator("button[value=swap]").click()
    expect(phone_page).to_have_url(f"{live_server.url}/admin/contact/merge/{double.pk}/{anna.pk}/")
    phone_page.locator("button[value=preview]").click()
    expect(phone_page.locator("button[value=carry_out]")).to_be_visible()
    assert fits(phone_page)
    phone_page.locator("button[value=carry_out]").click()
    expect(phone_page.locator(".record-name")).to_contain_text("Anna Bergh")
    phone_page.goto(f"{live_server.url}/admin/contact/history/{anna.pk}/")
    expect(phone_page.locator(".history-merge")).to_be_visible()
    assert fits(phone_page)
