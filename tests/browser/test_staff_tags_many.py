"""Journey: somebody at the office finds people, ticks some of them, tags them, sees what will happen first, and takes it back."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Tagging
from tests.factories.crm import ContactFactory, TagFactory, TaggingFactory, UserFactory

PREVIEW = "form:has(input[name=step][value=preview]) button[type=submit]"
DO = "form:has(input[name=step][value=do]) button[type=submit]"


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def people(transactional_db):
    TagFactory(name="Talare")
    return [ContactFactory(first_name=name, last_name="Ek") for name in ("Anna", "Bo", "Cia", "Dan")] + [ContactFactory(last_name="Öberg")]


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_ticked_rows_are_tagged_and_the_tag_is_taken_back(page, live_server, log_in, staff, people):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/?q=ek")
    boxes = page.locator("[data-bulk-row]")
    expect(boxes).to_have_count(4)
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-row]:checked")).to_have_count(3)
    expect(page.locator("[data-bulk-count]")).to_contain_text("3")
    page.locator("#bulk-form select[name=action]").select_option("tag")
    page.locator("#bulk-form button").click()

    page.locator("input[name=names]").fill("talare")
    page.locator(PREVIEW).click()
    expect(page.locator(".bulk-lines tbody tr")).to_have_count(3)
    assert not Tagging.objects.exists()
    page.locator(DO).click()
    expect(page).to_have_url(f"{live_server.url}/admin/contact/?q=ek")
    assert Tagging.objects.count() == 3

    page.locator(".messages a[href*='/undo/']").click()
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".messages")).to_be_visible()
    assert not Tagging.objects.exists()


def test_whole_page_and_whole_list_are_chosen_after_a_search(page, live_server, log_in, staff, people):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/")
    expect(page.locator("[data-bulk-row]")).to_have_count(5)
    page.locator("main form[role=search] input[name=q]").fill("ek")
    expect(page.locator("[data-bulk-row]")).to_have_count(4)
    requests = []
    page.on("request", lambda request: request.resource_type == "fetch" and requests.append(request.url))
    page.clock.install()
    page.locator("[data-bulk-page]").check()
    page.clock.run_for(2_000)
    assert not requests, "leaving the search field loads the list anew, and the ticks are lost"
    expect(page.locator("[data-bulk-row]:checked")).to_have_count(4)
    page.locator("[data-bulk-row]").first.uncheck()
    expect(page.locator("[data-bulk-page]")).not_to_be_checked()
    page.locator("[data-bulk-everything]").check()
    page.locator("#bulk-form select[name=action]").select_option("contact-language")
    page.locator("#bulk-form button").click()
    page.locator("select[name=value]").select_option("en")
    page.locator(PREVIEW).click()
    expect(page.locator(".bulk-lines tbody tr")).to_have_count(4)


def test_it_fits_a_phone(phone_page, live_server, log_in, staff, people):
    TaggingFactory(contact=people[0])
    log_in(phone_page, staff)
    phone_page.goto(f"{live_server.url}/admin/contact/?q=ek")
    assert fits(phone_page)
    phone_page.locator("[data-bulk-row]").first.check()
    phone_page.locator("#bulk-form select[name=action]").select_option("tag")
    phone_page.locator("#bulk-form button").click()
    assert fits(phone_page)
    phone_page.locator("input[name=names]").fill("Talare, Pilotkommun")
    phone_page.locator(PREVIEW).click()
    expect(phone_page.locator(".bulk-lines tbody tr")).to_have_count(1)
    assert fits(phone_page)
