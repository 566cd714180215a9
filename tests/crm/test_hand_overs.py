"""Licences outside of a change of job: handed over from the holding, asked about in tidying, and their age on another day."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import ChangeSet, Holding
from crm.services import tidying
from crm.services.undo import undo
from tests.dumps import dump
from tests.factories.crm import ContactFactory, HoldingFactory, LicenceFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def holding(today):
    licence = LicenceFactory(name="Enkätverktyget", seats=1)
    return HoldingFactory(
        licence=licence, contact=ContactFactory(last_name="Fridsjö"), organisation=OrganisationFactory(), since=today - 500 * DAY
    )


def hand_over(client, holding, to, since, query=""):
    return client.post(f"/admin/holding/hand_over/{holding.pk}/{query}", {"to": to.pk, "since": str(since)})


def test_hand_over_ends_one_and_begins_the_other_in_one_change_set(staff_client, staff, holding, today):
    to, before = ContactFactory(last_name="Öberg"), dump("crm.contact")
    page = f"/admin/contact/inspect/{holding.contact_id}/"
    assert f"/admin/holding/hand_over/{holding.pk}/" in staff_client.get(page).content.decode()
    assert staff_client.get(f"/admin/holding/hand_over/{holding.pk}/").context["form"].initial["since"] == today
    response = hand_over(staff_client, holding, to, today, f"?next={page}")
    assert response["Location"] == page
    holding.refresh_from_db()
    new = Holding.objects.exclude(pk=holding.pk).get()
    assert (holding.until, new.contact, new.organisation, new.since, new.until) == (today - DAY, to, holding.organisation, today, None)
    undo(ChangeSet.objects.exclude(actor=None).get(), acting_user=staff)
    assert dump("crm.contact") == before


@pytest.mark.parametrize("day", ["later", "before_it_began"])
def test_hand_over_on_another_day(staff_client, holding, today, day):
    since = {"later": today + 30 * DAY, "before_it_began": holding.since - DAY}[day]
    hand_over(staff_client, holding, ContactFactory(), since)
    if day == "later":
        holding.refresh_from_db()
        assert holding.until == since - DAY
    else:  # it never was
        assert not Holding.objects.filter(pk=holding.pk).exists()
    assert Holding.objects.get(since=since).licence == holding.licence


def test_what_makes_no_sense_is_refused(staff_client, holding, today):
    other = HoldingFactory(licence__seats=None, contact=ContactFactory(), organisation=None, until=today + DAY)
    twice = HoldingFactory(licence=other.licence, contact=ContactFactory(), organisation=None)
    before = dump()
    for one, to, since, field in [
        (holding, holding.contact, today, "to"),
        (holding, ContactFactory.build(pk=999), today, "to"),
        (holding, ContactFactory(archived_at=timezone.now()), today, "to"),
        (holding, ContactFactory(), "i morgon", "since"),
        (other, ContactFactory(), today + 2 * DAY, "since"),
        (other, twice.contact, today, "__all__"),
    ]:
        response = hand_over(staff_client, one, to, since)
        assert list(response.context["form"].errors) == [field]
    assert dump("crm.contact") == {label: rows for label, rows in before.items() if label != "crm.contact"}
    assert hand_over(staff_client, Holding(pk=2**70), holding.contact, today).status_code == 404


def test_onlooker_hands_nothing_over(onlooker_client, holding, today):
    assert "hand_over" not in onlooker_client.get("/admin/holding/").content.decode()
    assert onlooker_client.get(f"/admin/holding/hand_over/{holding.pk}/").status_code == 302
    assert hand_over(onlooker_client, holding, ContactFactory(), today).status_code == 302
    assert Holding.objects.count() == 1


def test_what_has_ended_is_not_offered(staff_client, holding, today):
    assert f"hand_over/{holding.pk}/" in staff_client.get("/admin/holding/?when=all").content.decode()
    Holding.objects.update(until=today - DAY)
    assert f"hand_over/{holding.pk}/" not in staff_client.get("/admin/holding/?when=all").content.decode()


def test_age_is_reckoned_from_the_day_of_the_list(staff_client, holding, today):
    holding.confirmed_at = today - 400 * DAY
    holding.save()

    def age(query):
        return 'class="age age--' + staff_client.get(f"/admin/holding/{query}").content.decode().split('class="age age--')[1].split('"')[0]

    assert age("").endswith("ageing")
    assert age(f"?on={today - 300 * DAY}").endswith("fresh")
    assert age(f"?on={today + 400 * DAY}").endswith("stale")


# Five minutes of tidying


def test_licence_that_nobody_confirms_is_asked_about(staff_client, staff, holding, today):
    assert [row["what"] for row in tidying.stalest(today, kinds=tidying.kinds_for(staff))] == ["licence"]
    card = staff_client.get("/admin/register/tidying/").content.decode()
    assert "Enkätverktyget" in card
    assert f"/admin/holding/edit/{holding.pk}/" in card
    assert "Enkätverktyget" in staff_client.get("/admin/register/tidying/list/").content.decode()
    staff_client.post("/admin/register/tidying/", {"action": "right", "thing": f"licence-{holding.pk}"})
    holding.refresh_from_db()
    assert (holding.confirmed_at, holding.confirmed_by) == (today, staff.username)
    assert tidying.next_thing(today, kinds=tidying.kinds_for(staff)) is None


def test_gone_licence_ends_today(staff_client, holding, today):
    staff_client.post("/admin/register/tidying/", {"action": "gone", "thing": f"licence-{holding.pk}"})
    holding.refresh_from_db()
    assert holding.until == today


def test_only_licences_that_are_held_by_somebody_active_are_asked_about(today):
    mine = HoldingFactory(contact=None, organisation=OrganisationFactory())
    HoldingFactory(contact=ContactFactory(archived_at=timezone.now()))
    HoldingFactory(organisation=OrganisationFactory(archived_at=timezone.now()))
    HoldingFactory(licence__archived_at=timezone.now())
    HoldingFactory(until=today - DAY)
    HoldingFactory(since=today + DAY)
    found = tidying.things(tidying.stalest(today, kinds=("licence",)))
    assert [(thing.record, thing.owner, thing.text) for thing in found] == [(mine, mine.organisation, str(mine.licence))]


def test_licences_are_for_those_who_may_change_them(client, staff, holding):
    staff.groups.clear()
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=["access_admin", "change_contact", "change_organisation", "view_contact"])
    )
    client.force_login(type(staff).objects.get(pk=staff.pk))
    assert "Enkätverktyget" not in client.get("/admin/register/tidying/").content.decode()
    assert "Enkätverktyget" not in client.get(f"/admin/register/tidying/?thing=licence-{holding.pk}").content.decode()
    client.post("/admin/register/tidying/", {"action": "gone", "thing": f"licence-{holding.pk}"})
    holding.refresh_from_db()
    assert holding.until is None
