"""Journey: five minutes before lunch, with the keyboard alone, somebody confirms, corrects and ends what has grown old."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import override, pgettext
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import ContactPoint
from tests.factories.crm import ContactFactory, EmailFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def points(transactional_db):
    names = ("rätt", "ändrad", "borta", "senare")
    return [EmailFactory(contact=ContactFactory(last_name=name), value=f"{number}@skara.example") for number, name in enumerate(names)]


def answer(page, name):
    """Press the underlined letter of an answer; as an event, since Playwright's keyboard knows no å, ä and ö."""
    with override("sv"):
        letter = pgettext(f"key for {name}", name[0])
    expect(page.locator("[data-tidying-hint]")).to_be_visible()  # shown by the script that listens
    page.locator("body").dispatch_event("keydown", {"key": letter, "bubbles": True})


def test_right_changed_gone_and_later_by_keyboard(page, live_server, log_in, staff, points):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/register/tidying/")
    card = page.locator("[data-tidying]")
    expect(card).to_contain_text("0@skara.example")
    answer(page, "right")

    expect(card).to_contain_text("1@skara.example")
    answer(page, "changed")
    field = page.locator("#tidying-value")
    expect(field).to_be_focused()
    page.keyboard.type("ny@skara.example")
    page.keyboard.press("Enter")

    expect(card).to_contain_text("2@skara.example")
    answer(page, "gone")

    expect(card).to_contain_text("3@skara.example")
    answer(page, "later")
    expect(card).to_be_hidden()

    right, changed, gone, later = (ContactPoint.objects.get(pk=point.pk) for point in points)
    assert (right.verified_at, right.status) == (timezone.localdate(), "works")
    assert (changed.status, gone.status) == ("historical", "historical")
    assert changed.contact.contact_points.usable().get().value == "ny@skara.example"
    assert (later.verified_at, later.status) == (None, "works")


def test_old_address_is_confirmed_from_the_record_on_a_phone(phone_page, live_server, log_in, staff, points):
    page, contact = phone_page, points[2].contact
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/inspect/{contact.pk}/")
    page.locator(".record-point .age a").click()
    expect(page.locator("[data-tidying]")).to_contain_text("2@skara.example")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.locator(".tidying__answers button[value=right]").click()

    expect(page).to_have_url(f"{live_server.url}/admin/contact/inspect/{contact.pk}/")
    expect(page.locator(".record-point .age--fresh")).to_be_visible()

    page.goto(f"{live_server.url}/admin/register/tidying/list/")
    expect(page.locator(".age--fresh")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
