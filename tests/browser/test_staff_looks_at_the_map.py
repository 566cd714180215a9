"""The relationship map in a browser: the picture and the table show the same, for the day and the focus that are chosen."""

import datetime

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from tests.factories.crm import OrganisationFactory, PartnerFactory, RelationshipFactory, SeatFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def connected(transactional_db):
    centre = OrganisationFactory(name="Lärcentrum Skara")
    RelationshipFactory(organisation=centre, other__name="Verkstan AB", since=datetime.date(2017, 9, 1), until=datetime.date(2018, 5, 31))
    SeatFactory(organisation=centre, network__name="Nätverk industri", since=datetime.date(2016, 1, 1))
    SeatFactory(organisation__name="Komvux Borås", network__name="Nätverk handel", since=datetime.date(2016, 1, 1))
    PartnerFactory(organisation=centre, project__name="Bron", since=datetime.date(2017, 1, 1))
    return centre


def test_picture_and_table_show_the_day_and_the_focus(page, live_server, log_in, staff, connected):
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/register/map/?on=2018-05-31&places=0")
    rows, labels = page.locator(".map-table tbody tr"), page.locator(".map-svg .map-label:not(.is-gone)")
    expect(rows).to_have_count(4)
    expect(labels.filter(has_text="Verkstan")).to_have_count(1)

    page.locator("#map-day").fill("2018-06-01")
    expect(rows).to_have_count(3)
    expect(labels.filter(has_text="Verkstan")).to_have_count(0)

    page.get_by_label("Fokus på").fill("Lärcentrum Skara")
    page.get_by_label("Fokus på").press("Tab")
    expect(rows).to_have_count(2)
    expect(page.locator(".map-svg .map-node.is-focus")).to_have_count(1)
    assert f"focus=o{connected.pk}" in page.url

    slider = page.get_by_label("Tidpunkt")
    slider.focus()
    slider.press("ArrowLeft")
    expect(rows).to_have_count(3)
    rows.get_by_role("link", name="Verkstan AB").click()
    expect(page.get_by_role("heading", name="Verkstan AB").first).to_be_visible()
