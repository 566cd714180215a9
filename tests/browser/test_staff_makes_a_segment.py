"""Journey: somebody at the office saves a filter as a segment, takes one person out of it by hand, and asks why."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Segment
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    MunicipalityFactory,
    OrganisationFactory,
    RoleFactory,
    SegmentExceptionFactory,
    SegmentFactory,
    UserFactory,
)


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def heads(transactional_db):
    """Two heads in Fyrbodal, and somebody who is head elsewhere."""
    role = RoleFactory(name="Rektor")
    fyrbodal = OrganisationFactory(name="Lärcentrum Åmål", municipality=MunicipalityFactory(subregion="Fyrbodal"))
    for first_name, last_name in (("Åsa", "Öberg"), ("Bo", "Ek")):
        AffiliationFactory(contact=ContactFactory(first_name=first_name, last_name=last_name), organisation=fyrbodal, role=role)
    AffiliationFactory(contact=ContactFactory(first_name="Ada", last_name="Borta"), role=role)
    return role


def tab_to(page, target):
    """Reach an element as somebody does who has no mouse."""
    for _step in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by the Tab key")


def test_segment_is_made_and_corrected_by_hand(page, live_server, log_in, staff, heads):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/contact/?role={heads.pk}&subregion=Fyrbodal")
    expect(page.get_by_role("link", name="Åsa Öberg", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Ada Borta")).to_be_hidden()

    page.get_by_role("button", name="Åtgärder").first.press("Enter")
    page.get_by_role("link", name="Spara som urval").press("Enter")
    page.get_by_role("textbox", name="Namn").fill("Rektorer i Fyrbodal")
    page.get_by_role("textbox", name="Namn").press("Enter")
    expect(page.get_by_text("2 kontakter i dag")).to_be_visible()

    by_hand = page.locator("#by-hand")
    by_hand.get_by_text("Lägg till eller ta bort någon").press("Enter")
    choose = by_hand.get_by_role("button", name="Välj en kontakt")
    choose.focus()
    page.keyboard.press("Enter")
    page.locator(".modal a", has_text="Bo Ek").click()
    expect(by_hand.get_by_text("Bo Ek")).to_be_visible()
    by_hand.get_by_role("radio", name="Ta bort").check()
    by_hand.get_by_role("textbox", name="Varför").fill("slutar i sommar")
    save = by_hand.get_by_role("button", name="Spara undantaget")
    tab_to(page, save)
    page.keyboard.press("Enter")

    expect(page.get_by_text("1 kontakt i dag")).to_be_visible()
    expect(by_hand.get_by_text("slutar i sommar")).to_be_visible()
    expect(page.get_by_role("link", name="Ångra")).to_be_visible()
    assert Segment.objects.get().exceptions.get().is_in is False


def test_page_of_a_segment_fits_a_phone(phone_page, live_server, log_in, staff, heads):
    contact = ContactFactory(first_name="Ett-mycket-långt-förnamn-med-bindestreck", last_name="Och-ett-lika-långt-efternamn")
    segment = SegmentFactory(name="Rektorer i Fyrbodal", query=f"role={heads.pk}&subregion=Fyrbodal")
    SegmentExceptionFactory(segment=segment, contact=contact, reason="har bett om att få vara med, fast hon inte är rektor")
    log_in(phone_page, staff)
    phone_page.goto(f"{live_server.url}/admin/segment/{segment.pk}/?why={contact.pk}&by=2030-01-01")
    expect(phone_page.get_by_text("Med: tillagd av")).to_be_visible()
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
