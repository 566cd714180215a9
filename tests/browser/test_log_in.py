import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from playwright.sync_api import expect


@pytest.fixture
def anna(transactional_db):
    return get_user_model().objects.create_superuser("anna", "anna@larnatet.example", "en-lang-hemlighet", first_name="Anna")


def test_user_logs_in_by_the_form_and_sees_the_dashboard(page, live_server, anna):
    page.goto(live_server.url + reverse("wagtailadmin_login"))
    page.locator("input[name=username]").fill("anna")
    page.locator("input[name=password]").fill("en-lang-hemlighet")
    page.locator("button[type=submit]").click()

    page.wait_for_url(live_server.url + reverse("wagtailadmin_home"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_dashboard_fits_a_phone(phone_page, live_server, log_in, anna):
    log_in(phone_page, anna)
    phone_page.goto(live_server.url + reverse("wagtailadmin_home"))

    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
