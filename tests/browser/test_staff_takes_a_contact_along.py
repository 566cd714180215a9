"""Journey: somebody goes through the contacts by key, takes one over to a phone, and keeps a photo and an agreement."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from tests.crm.test_pictures import drawn
from tests.factories.crm import ContactFactory, EmailFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def contacts(transactional_db):
    return [EmailFactory(contact=ContactFactory(first_name="Kim", last_name=name)).contact for name in ("Adamsson", "Öberg")]


def test_keys_lead_through_the_list_unless_somebody_is_writing(page, live_server, log_in, staff, contacts):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/inspect/{contacts[0].pk}/?list=")
    page.locator("#quick-subject").press_sequentially("jek")
    expect(page.locator("#quick-subject")).to_have_value("jek")
    page.locator("#quick-subject").blur()
    page.keyboard.press("j")
    page.wait_for_url(f"**/inspect/{contacts[1].pk}/*")  # loaded, with what listens to the keys
    expect(page.locator("h2.record-name")).to_contain_text("Kim Öberg")
    page.keyboard.press("k")
    expect(page.locator("h2.record-name")).to_contain_text("Kim Adamsson")


def test_code_is_drawn_when_it_is_asked_for(phone_page, live_server, log_in, staff, contacts):
    page = phone_page
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/inspect/{contacts[0].pk}/")
    code = page.locator("details img")
    expect(code).to_be_hidden()
    page.locator("details:has(img) summary").click()
    expect(code).to_be_visible()
    page.wait_for_function("document.querySelector('details img').naturalWidth > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_photo_and_document_are_kept(page, live_server, log_in, staff, contacts):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/inspect/{contacts[0].pk}/?edit=picture")
    page.locator("#spot-photo").set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": drawn()})
    page.locator(".record-head").get_by_role("button", name="Spara").click()
    page.wait_for_function("document.querySelector('.face-head img')?.naturalWidth > 0")

    page.locator("#documents-files").set_input_files({"name": "Avtal.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.get_by_role("button", name="Lägg till", exact=True).click()
    with page.expect_download() as download:
        page.locator("#documents").get_by_role("link", name="Avtal", exact=True).click()
    assert download.value.suggested_filename == "Avtal.pdf"
