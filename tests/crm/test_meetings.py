"""Meetings of a network: cancelled ones count nowhere, and whose seat was empty the last two times."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.filters.missed import contacts_who_missed, organisations_that_missed, seats_that_missed
from crm.models import Activity, Participation, Task
from crm.services.dashboard import activities_by_month, next_meetings
from crm.services.meetings import numbers_of
from tests.crm.exports import export, table
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db

How = Participation.How
FIRST, SECOND, TODAY = datetime.date(2018, 1, 10), datetime.date(2018, 3, 14), datetime.date(2018, 4, 1)


@pytest.fixture
def network():
    return NetworkFactory(name="Nätverk besöksnäring")


def meeting(network, day, *came, kind="meeting", **values):
    """A meeting with somebody at it whom nobody asks for, so that it counts as held."""
    activity = ActivityFactory(network=network, day=day, kind=kind, **values)
    ParticipationFactory(activity=activity, contact=ContactFactory(), organisation=None, how=How.ATTENDED)
    for contact, organisation in came:
        ParticipationFactory(activity=activity, contact=contact, organisation=organisation, how=How.ATTENDED)
    return activity


def test_pages_open(staff_client, network):
    SeatFactory(network=network, contact=ContactFactory())
    activity = ActivityFactory(network=network, kind="meeting")
    ParticipationFactory(activity=activity, contact=ContactFactory(), organisation=OrganisationFactory())
    for url in (
        f"/admin/network/inspect/{network.pk}/",
        f"/admin/network/call/{network.pk}/",
        f"/admin/activity/meeting/{activity.pk}/?edit=text",
        f"/admin/activity/meeting/{activity.pk}/attendance/?q=x",
        f"/admin/activity/meeting/{activity.pk}/change/",
        f"/admin/activity/meeting/{activity.pk}/cancel/",
        f"/admin/activity/meeting/{activity.pk}/minutes/",
    ):
        assert staff_client.get(url).status_code == 200, url


# Cancelled


def test_cancelled_meeting_counts_nowhere_and_says_so(staff_client, network):
    organisation = OrganisationFactory()
    today = timezone.localdate()
    activity = ActivityFactory(network=network, day=today, subject="Höstträff", kind="meeting", cancelled_on=today, cancel_reason="För få")
    ParticipationFactory(activity=activity, contact=None, organisation=organisation, how=How.ATTENDED)
    assert list(next_meetings(today)) == []
    assert sum(number for _month, number in activities_by_month(today)) == 0
    assert organisation.name not in staff_client.get("/admin/organisation/?met=last_365_days").content.decode()
    assert list(staff_client.get("/admin/activity/?cancelled=no").context["object_list"]) == []
    assert list(staff_client.get("/admin/activity/?cancelled=yes").context["object_list"]) == [activity]
    for url in ("/admin/activity/", f"/admin/network/inspect/{network.pk}/", f"/admin/organisation/inspect/{organisation.pk}/"):
        assert "Inställt: " in staff_client.get(url).content.decode(), url
    page = staff_client.get(f"/admin/network/inspect/{network.pk}/")
    assert next(section.count for section in page.context["sections"] if section.key == "meetings") == 0


def test_meeting_is_cancelled_with_one_undo(staff_client, network):
    activity = ActivityFactory(network=network, kind="meeting", day=timezone.localdate() + datetime.timedelta(days=1))
    url = f"/admin/activity/meeting/{activity.pk}/cancel/"
    key = "8f3c1c1e-3d57-4a71-9a3a-3f6b6a0c9d11"
    page = staff_client.post(url, {"key": key, "reason": "Snöstorm"}, follow=True)
    activity.refresh_from_db()
    assert (activity.cancelled_on, activity.cancel_reason) == (timezone.localdate(), "Snöstorm")
    assert "Snöstorm" in page.content.decode()
    staff_client.post(url, {"key": key, "reason": "Något annat"})
    activity.refresh_from_db()
    assert activity.cancel_reason == "Snöstorm"


def test_export_says_when_and_why_it_was_cancelled(staff_client, network):
    ActivityFactory(network=network, cancelled_on=FIRST, cancel_reason="För få")
    (row,) = table(export(staff_client, "activity", fields=["subject", "cancelled_on", "cancel_reason"]))
    assert (row["Inställd den"], row["Varför den ställdes in"]) == ("2018-01-10", "För få")


# Numbers


def test_people_without_names_are_counted_once():
    activity = ActivityFactory(head_count=25)
    ParticipationFactory.create_batch(3, activity=activity, how=How.ATTENDED)
    ParticipationFactory(activity=activity, how=How.STAYED_AWAY)
    ParticipationFactory(activity=activity, how=How.DECLINED)
    numbers = numbers_of([activity])[activity.pk]
    assert (numbers.attended, numbers.unnamed, numbers.came, numbers.listed) == (3, 22, 25, 5)


def test_numbers_of_many_meetings_take_one_query(network, django_assert_num_queries):
    activities = [meeting(network, FIRST) for _number in range(5)]
    with django_assert_num_queries(1):
        numbers_of(activities)


# Missed the last two


def test_who_came_to_neither_of_the_last_two_has_missed_them(network):
    seats = {name: SeatFactory(network=network, organisation=None, contact=ContactFactory(first_name=name)) for name in "ABCD"}
    meeting(network, datetime.date(2017, 11, 1), *[(seat.contact, None) for seat in seats.values()])
    meeting(network, FIRST, (seats["A"].contact, None))
    last = meeting(network, SECOND, (seats["B"].contact, None))
    ParticipationFactory(activity=last, contact=seats["C"].contact, organisation=None, how=How.STAYED_AWAY)
    assert seats_that_missed(network, TODAY) == [seats["C"], seats["D"]]
    assert contacts_who_missed(network, TODAY) == {seats["C"].contact.pk, seats["D"].contact.pk}


@pytest.mark.parametrize(
    ("since", "until", "missed"),
    [
        (FIRST, None, True),
        (FIRST + datetime.timedelta(days=1), None, False),  # was not there yet
        (None, TODAY, True),
        (None, TODAY - datetime.timedelta(days=1), False),  # is there no more
        (None, None, True),
    ],
)
def test_only_who_had_the_seat_both_times_and_has_it_still_can_miss(network, since, until, missed):
    meeting(network, FIRST)
    meeting(network, SECOND)
    SeatFactory(network=network, organisation=OrganisationFactory(), since=since, until=until)
    assert bool(organisations_that_missed(network, TODAY)) is missed


def test_colleague_unit_and_person_with_a_role_come_for_the_organisation(network):
    for_it, unit, through_role, nobody = OrganisationFactory.create_batch(4)
    child = OrganisationFactory(parent=OrganisationFactory(parent=unit))
    worker = AffiliationFactory(organisation=through_role, since=FIRST, until=FIRST).contact
    for organisation in (for_it, unit, through_role, nobody):
        SeatFactory(network=network, organisation=organisation, contact=ContactFactory())
    meeting(network, FIRST, (ContactFactory(), for_it), (ContactFactory(), child), (worker, None))
    meeting(network, SECOND)
    assert organisations_that_missed(network, TODAY) == {nobody.pk}


def test_meetings_that_do_not_count(network):
    seat = SeatFactory(network=network, organisation=None, contact=ContactFactory())
    meeting(network, FIRST)
    came = meeting(network, SECOND, (seat.contact, None))
    assert seats_that_missed(network, TODAY) == []
    # None of these comes in the place of the last two: cancelled, to come, nobody knows who came, no meeting, archived.
    meeting(network, TODAY, cancelled_on=TODAY)
    meeting(network, TODAY + datetime.timedelta(days=1))
    ParticipationFactory(activity=ActivityFactory(network=network, day=TODAY, kind="meeting"), how=How.INVITED)
    meeting(network, TODAY, kind="call")
    meeting(network, TODAY, archived_at=timezone.now())
    assert seats_that_missed(network, TODAY) == []
    came.participations.filter(contact=seat.contact).update(how=How.STAYED_AWAY)
    assert seats_that_missed(network, TODAY) == [seat]


def test_one_meeting_alone_cannot_be_missed_twice(network):
    SeatFactory(network=network)
    meeting(network, FIRST)
    assert seats_that_missed(network, TODAY) == []


def test_of_a_seat_without_a_person_those_who_were_called_have_missed(network):
    seat = SeatFactory(network=network)
    called = ContactFactory(first_name="Kallad")
    for day in (FIRST, SECOND):
        activity = meeting(network, day)
        ParticipationFactory(activity=activity, contact=called, organisation=seat.organisation, how=How.INVITED)
    assert contacts_who_missed(network, TODAY) == {called.pk}


def test_lists_filter_by_it_as_of_a_day_and_the_page_leads_there(staff_client, network):
    seat = SeatFactory(network=network, contact=ContactFactory(last_name="Borta"))
    meeting(network, FIRST)
    meeting(network, SECOND)
    query = f"missed={network.pk}"
    assert list(staff_client.get(f"/admin/contact/?{query}").context["object_list"]) == [seat.contact]
    assert list(staff_client.get(f"/admin/organisation/?{query}").context["object_list"]) == [seat.organisation]
    assert list(staff_client.get(f"/admin/contact/?{query}&on=2018-03-13").context["object_list"]) == []
    page = staff_client.get(f"/admin/network/inspect/{network.pk}/").content.decode()
    assert f"/admin/contact/?missed={network.pk}" in page


# The page of a network


def test_members_are_shown_as_of_a_day(staff_client, network):
    SeatFactory(network=network, organisation=OrganisationFactory(name="Från våren"), since=SECOND)
    SeatFactory(network=network, organisation=OrganisationFactory(name="Till våren"), until=FIRST)

    def members(query=""):
        page = staff_client.get(f"/admin/network/inspect/{network.pk}/{query}")
        (section,) = [section for section in page.context["sections"] if section.key == "members"]
        return [[str(seat.organisation) for seat in section.values[name]] for name in ("now", "before")]

    assert members() == [["Från våren"], ["Till våren"]]
    assert members("?on=2018-01-10") == [["Till våren"], []]
    assert members("?on=2018-01-11") == [[], ["Till våren"]]
    assert members("?on=2018-03-14") == [["Från våren"], ["Till våren"]]
    assert members("?on=nonsense") == members()


def test_timeline_tells_of_seats_meetings_and_tasks(staff_client, network):
    SeatFactory(network=network, organisation=OrganisationFactory(name="Komvux Ale"), since=FIRST, until=SECOND)
    ActivityFactory(network=network, subject="Vårträff", kind="meeting", day=FIRST)
    page = staff_client.get(f"/admin/network/inspect/{network.pk}/").content.decode()
    for text in ("Komvux Ale gick med", "Komvux Ale lämnade", "Möte: Vårträff"):
        assert text in page, text


def test_quick_box_logs_for_the_network(staff_client, network):
    seat = SeatFactory(network=network)
    data = {"do": "log", "what": "meeting", "subject": "Vårträff", "text": "", "day": "2018-03-14", "other": seat.organisation.pk}
    staff_client.post(f"/admin/network/inspect/{network.pk}/", data)
    activity = Activity.objects.get()
    assert (activity.network, activity.participations.get().organisation) == (network, seat.organisation)


def test_names_are_for_those_who_may_see_contacts(client, onlooker, network):
    seat = SeatFactory(network=network, contact=ContactFactory(last_name="Hemlig"))
    activity = meeting(network, FIRST, (seat.contact, seat.organisation))
    onlooker.user_permissions.remove(*Permission.objects.filter(codename__in=["view_contact"]))
    client.force_login(onlooker)
    for url in (f"/admin/network/inspect/{network.pk}/", f"/admin/activity/meeting/{activity.pk}/"):
        page = client.get(url)
        assert page.status_code == 200, url
        assert "Hemlig" not in page.content.decode(), url


def test_who_may_only_look_changes_nothing(onlooker_client, network):
    activity = meeting(network, FIRST)
    page = onlooker_client.get(f"/admin/activity/meeting/{activity.pk}/").content.decode()
    assert "Närvaro" not in page
    assert "Ställ in" not in page
    for step in ("attendance", "call", "change", "cancel", "minutes"):
        assert onlooker_client.post(f"/admin/activity/meeting/{activity.pk}/{step}/", {"unnamed": "5"}).status_code in (302, 403), step
    activity.refresh_from_db()
    assert (activity.head_count, activity.cancelled_on) == (None, None)


def test_task_agreed_on_is_about_the_network_and_the_meeting(staff_client, staff, network):
    activity = meeting(network, FIRST)
    data = {"do": "agree", "what": "Boka sal", "assignee": staff.pk, "due": "2018-04-01"}
    staff_client.post(f"/admin/activity/meeting/{activity.pk}/", data)
    task = Task.objects.get()
    assert (task.activity, task.network, task.assignee, task.due) == (activity, network, staff, datetime.date(2018, 4, 1))
    assert "Boka sal" in staff_client.get(f"/admin/activity/meeting/{activity.pk}/").content.decode()
