"""What happened between us and others."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from crm.figures.activities import people_in
from crm.models import Activity, ChangeSet, SavedView, Task
from crm.services.activities import log_activity, people
from tests.crm.exports import export, table
from tests.crm.test_list_options import footer
from tests.factories.crm import (
    ActivityFactory,
    ContactFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
)

pytestmark = pytest.mark.django_db


def test_logged_call_belongs_to_whom_it_was_with_and_is_found_by_name(staff):
    anna, centre = ContactFactory(first_name="Åsa", last_name="Berg"), OrganisationFactory()

    call = log_activity(
        kind=Activity.Kind.CALL,
        subject="Behöver svetsare",
        day=datetime.date(2018, 3, 1),
        participants=[(anna, centre)],
        acting_user=staff,
    )

    assert list(Activity.objects.about_contact(anna)) == [call]
    assert list(Activity.objects.search("asa svetsare")) == [call]
    assert call.created_by == staff


# The form


def filled_in(*participants, **values):
    lines = {f"participations-{number}-{name}": value for number, line in enumerate(participants) for name, value in line.items()}
    counts = {"participations-TOTAL_FORMS": len(participants), "participations-INITIAL_FORMS": 0}
    return {"kind": "call", "subject": "Behöver svetsare", "day": "2018-03-01", **counts, **lines, **values}


def line(**values):
    return {"id": "", "contact": "", "organisation": "", "how": "attended", "DELETE": "", **values}


def test_whoever_logs_a_call_stands_in_it_with_those_who_took_part(staff_client, staff):
    anna, centre = ContactFactory(), OrganisationFactory()

    response = staff_client.post(
        "/admin/activity/new/", filled_in(line(contact=anna.pk, organisation=centre.pk), line(organisation=centre.pk))
    )

    assert response.status_code == 302
    call = Activity.objects.get()
    assert (call.kind, call.day, call.created_by) == ("call", datetime.date(2018, 3, 1), staff)
    assert [(one.contact, one.organisation) for one in call.participations.all()] == [(anna, centre), (None, centre)]
    assert ChangeSet.objects.filter(actor=staff).latest("pk").changes.count() == 3


def test_participant_who_is_nobody_is_refused_and_nothing_is_lost(staff_client):
    response = staff_client.post("/admin/activity/new/", filled_in(line(how="invited")))

    assert gettext("Choose an organisation, a contact, or both.") in response.content.decode()
    assert "Behöver svetsare" in response.content.decode()
    assert not Activity.objects.exists()


def test_address_fills_in_the_form(staff_client):
    anna, centre, network = ContactFactory(first_name="Åsa"), OrganisationFactory(name="Lärcentrum Lidköping"), NetworkFactory()

    query = {"kind": "visit", "contact": anna.pk, "organisation": centre.pk, "network": network.pk, "subject": "Besök"}
    form = staff_client.get("/admin/activity/new/", query).context["form"]

    assert (form["kind"].value(), form["subject"].value(), form["network"].value()) == ("visit", "Besök", network.pk)
    assert form["day"].value() == timezone.localdate()
    (participant,) = form.formsets["participations"].forms
    assert (participant["contact"].value(), participant["organisation"].value()) == (anna.pk, centre.pk)


def test_line_that_the_address_has_filled_in_is_saved_as_any_other(staff_client):
    anna = ContactFactory()
    data = filled_in(line(contact=anna.pk), **{"participations-INITIAL_FORMS": 1})

    staff_client.post(f"/admin/activity/new/?contact={anna.pk}", data)
    staff_client.post(f"/admin/activity/new/?contact={anna.pk}", filled_in())

    assert sorted(one.participations.count() for one in Activity.objects.all()) == [0, 1]


@pytest.mark.parametrize("query", ["kind=nonsense", "contact=99999999999999999999", "contact=x", "organisation=0", "day=never"])
def test_address_that_makes_no_sense_leaves_the_form_empty(query, staff_client):
    form = staff_client.get(f"/admin/activity/new/?{query}").context["form"]
    assert form["kind"].value() == "meeting"
    assert not form.formsets["participations"].forms


def test_whoever_logged_it_stays_when_somebody_else_corrects_it(staff_client):
    meeting = ActivityFactory()
    staff_client.post(f"/admin/activity/edit/{meeting.pk}/", filled_in())
    meeting.refresh_from_db()
    assert (meeting.subject, meeting.created_by) == ("Behöver svetsare", None)


# The list


def subjects(client, query=""):
    return [one.subject for one in client.get(f"/admin/activity/{query}").context["object_list"]]


def test_newest_come_first_and_of_one_day_the_latest_hour(staff_client):
    for subject, day, hour in [("a", 1, None), ("b", 2, 9), ("c", 2, 14), ("d", 3, None)]:
        ActivityFactory(subject=subject, day=datetime.date(2018, 3, day), starts_at=hour and datetime.time(hour))
    assert subjects(staff_client) == ["d", "c", "b", "a"]
    assert subjects(staff_client, "?ordering=day")[0] == "a"


def test_list_names_who_took_part_and_how_many_more(staff_client):
    meeting = ActivityFactory(head_count=30)
    for number in range(6):
        ParticipationFactory(activity=meeting, contact__first_name="Åsa", contact__last_name=f"Berg{number}")
    page = staff_client.get("/admin/activity/").content.decode()
    assert "Åsa Berg0<br>Åsa Berg1<br>Åsa Berg2<br>Åsa Berg3<br>" in page
    assert "Berg4" not in page


def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    def make():
        ParticipationFactory(activity__network=NetworkFactory(), organisation=OrganisationFactory())

    make()
    staff_client.get("/admin/activity/")
    with django_assert_max_num_queries(30) as few:
        staff_client.get("/admin/activity/")
    for _number in range(20):
        make()
    with django_assert_max_num_queries(30) as many:
        assert staff_client.get("/admin/activity/").status_code == 200
    assert len(many) == len(few)


@pytest.fixture
def visit(db):
    """A visit of the operating year 2017/2018, among others."""
    ActivityFactory(subject="annat", day=datetime.date(2019, 3, 1))
    ActivityFactory(subject="arkiverat", archived_at=timezone.now())
    visit = ActivityFactory(subject="besök", kind="visit", day=datetime.date(2018, 6, 30), network=NetworkFactory())
    ParticipationFactory(activity=visit, organisation=OrganisationFactory())
    ParticipationFactory(activity=visit, organisation=visit.participations.get().organisation)
    return visit


@pytest.mark.parametrize(
    "query",
    [
        "kind=visit",
        "day_from=2018-03-02&day_to=2018-06-30",
        "day_to=30 juni 2018&kind=visit&kind=call",
        "year=2017/2018&kind=visit",
        "contact={contact}",
        "organisation={organisation}",
        "network={network}",
        "q=besok",
    ],
)
def test_list_is_narrowed_down(query, visit, staff_client):
    one = visit.participations.first()
    found = subjects(staff_client, "?" + query.format(contact=one.contact_id, organisation=one.organisation_id, network=visit.network_id))
    assert found == ["besök"]


def test_operating_years_are_offered_and_end_in_june(visit, staff_client):
    assert subjects(staff_client, "?year=2018/2019") == ["annat"]
    assert subjects(staff_client, "?year=nonsense") == []


def test_archived_ones_are_shown_when_asked_for_and_come_back(visit, staff_client):
    assert subjects(staff_client, "?archived=archived") == ["arkiverat"]
    archived = Activity.objects.get(subject="arkiverat")
    staff_client.post(f"/admin/activity/restore/{archived.pk}/")
    staff_client.post(f"/admin/activity/delete/{visit.pk}/")
    assert subjects(staff_client, "?year=2017/2018") == ["arkiverat"]


def test_export_has_a_row_for_each_who_took_part(visit, staff_client):
    ActivityFactory(subject="ingen där", kind="visit")
    rows = table(export(staff_client, "activity", "?kind=visit"))
    assert [(day, subject, row["Organisation"] != "") for row in rows for day, _kind, subject, *_others in [row.values()]] == [
        ("2018-06-30", "besök", True),
        ("2018-06-30", "besök", True),
        ("2018-03-01", "ingen där", False),
    ]


# Who may


def test_onlooker_sees_the_list_and_changes_nothing(onlooker_client, visit):
    assert subjects(onlooker_client, "?kind=visit") == ["besök"]
    for url in ("new/", f"edit/{visit.pk}/", f"delete/{visit.pk}/", "export/"):
        assert onlooker_client.post(f"/admin/activity/{url}", filled_in()).status_code in (302, 403)
    assert Activity.objects.count() == 3
    assert not Activity.objects.filter(subject="Behöver svetsare").exists()


def test_menu_of_the_register_leads_to_activities(staff_client):
    assert "/admin/activity/" in staff_client.get("/admin/").content.decode()


# What only one kind has, and what is to be done next


def test_form_asks_of_a_job_shadowing_where_it_leads(staff_client):
    page = staff_client.get("/admin/activity/new/").content.decode()
    assert 'data-only-of="kind:job_shadowing"' in page
    assert "js/only_of.js" in page

    response = staff_client.post("/admin/activity/new/", filled_in(kind="job_shadowing", scope="", direction=""))
    assert "regional eller transnationell" in response.content.decode()
    response = staff_client.post("/admin/activity/new/", filled_in(kind="job_shadowing", scope="transnational", direction=""))
    assert "utgående eller inkommande" in response.content.decode()
    staff_client.post("/admin/activity/new/", filled_in(kind="job_shadowing", scope="transnational", direction="incoming"))
    staff_client.post("/admin/activity/new/", filled_in(kind="job_shadowing", scope="regional"))
    assert [(one.scope, one.direction) for one in Activity.objects.order_by("pk")] == [("transnational", "incoming"), ("regional", "")]


def test_what_another_kind_would_have_does_not_count(staff_client):
    staff_client.post("/admin/activity/new/", filled_in(kind="visit", scope="regional", direction="nonsense", conference="annual"))
    visit = Activity.objects.get()
    assert (visit.kind, visit.scope, visit.direction, visit.conference) == ("visit", "", "", "")


def test_conference_is_another_one_unless_somebody_says_which(staff_client):
    staff_client.post("/admin/activity/new/", filled_in(kind="conference"))
    staff_client.post("/admin/activity/new/", filled_in(kind="conference", conference="annual"))
    assert [one.conference for one in Activity.objects.order_by("pk")] == ["other", "annual"]


def test_next_step_becomes_a_task_about_the_same(staff_client, staff):
    anna, centre = ContactFactory(), OrganisationFactory()
    data = filled_in(line(contact=anna.pk, organisation=centre.pk), next_step="Skicka kurslistan", next_step_due="2018-03-08")
    staff_client.post("/admin/activity/new/", data)
    task = Task.objects.get()
    assert (task.what, task.due, task.assignee) == ("Skicka kurslistan", datetime.date(2018, 3, 8), staff)
    assert task.about == [anna, centre, Activity.objects.get()]
    assert {change.model for change in ChangeSet.objects.latest("pk").changes.all()} == {"crm.activity", "crm.participation", "crm.task"}


def test_day_without_a_next_step_is_refused(staff_client):
    response = staff_client.post("/admin/activity/new/", filled_in(next_step_due="2018-03-08"))
    assert gettext("Say what is to be done by that day.") in response.content.decode()
    assert not Activity.objects.exists()


# Counting people


def test_people_are_counted_once():
    anna, bo = ContactFactory(), ContactFactory()
    first, second, third = ActivityFactory(head_count=10), ActivityFactory(), ActivityFactory(head_count=1)
    for activity in (first, second, third):
        ParticipationFactory(activity=activity, contact=anna)
        ParticipationFactory(activity=activity, contact=anna, organisation=OrganisationFactory())
    ParticipationFactory(activity=third, contact=bo)
    ParticipationFactory(activity=third, how="stayed_away")
    ParticipationFactory(activity=third, contact=None, organisation=OrganisationFactory())
    assert people_in(Activity.objects.all()) == 2 + 9
    counted = dict(Activity.objects.annotate(people=people()).values_list("pk", "people"))
    assert counted == {first.pk: 10, second.pk: 1, third.pk: 2}


def test_call_in_the_future_is_refused_with_what_to_do_instead():
    day = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="något att göra"):
        Activity(kind=Activity.Kind.CALL, subject="Om hösten", day=day).full_clean()
    Activity(kind=Activity.Kind.VISIT, subject="Om hösten", day=day).full_clean()


def test_list_is_narrowed_down_by_what_only_some_have(staff_client):
    place = OrganisationFactory(municipality=MunicipalityFactory(name="Skara"))
    away = ActivityFactory(subject="ute", kind="job_shadowing", scope="transnational", direction="outgoing")
    ParticipationFactory(activity=away, contact=None, organisation=place, how="invited")
    other = ParticipationFactory(activity=away, how="stayed_away").contact
    ActivityFactory(subject="årets", kind="conference", conference="annual")
    for query, found in [
        ("scope=transnational", ["ute"]),
        ("scope=regional", []),
        ("direction=outgoing", ["ute"]),
        ("conference=annual", ["årets"]),
        (f"municipality={place.municipality_id}", ["ute"]),
        ("how=invited", ["ute"]),
        (f"how=invited&contact={other.pk}", []),
        (f"how=stayed_away&contact={other.pk}", ["ute"]),
    ]:
        assert subjects(staff_client, f"?{query}") == found, query


# The list as people set it up


def test_people_of_the_list_are_summed_up_and_nobody_counted_twice(staff_client):
    anna = ContactFactory()
    for head_count in (20, None):
        ParticipationFactory(activity=ActivityFactory(kind="visit", head_count=head_count), contact=anna)
    ActivityFactory(kind="meeting", head_count=30)
    response = staff_client.get("/admin/activity/?kind=visit&columns=kind,people")
    assert footer(response)["people"] == "20"
    assert {one.people_count for one in response.context["object_list"]} == {20, 1}


def test_grouped_by_kind_the_newest_come_first_in_each(staff_client):
    for day in (1, 2):
        ActivityFactory(kind="visit", subject=f"Besök {day}", day=datetime.date(2018, 3, day))
    ActivityFactory(kind="call", subject="Samtal", day=datetime.date(2018, 3, 9))
    assert subjects(staff_client, "?group=kind") == ["Samtal", "Besök 2", "Besök 1"]


def test_glance_beside_the_list_tells_who_took_part_and_how(staff_client):
    one = ParticipationFactory(contact__first_name="Åsa", contact__last_name="Berg", organisation=None, how="registered")
    page = staff_client.get(f"/admin/activity/peek/{one.activity_id}/").content.decode()
    assert "Åsa Berg · Anmäld" in page


def test_own_view_of_the_list_is_kept(staff_client, staff):
    staff_client.post("/admin/activity/views/add/", {"name": "Skuggningar", "query": "kind=job_shadowing&columns=scope,direction"})
    assert SavedView.objects.get(owner=staff, kind="activity").name == "Skuggningar"
    assert "Skuggningar" in staff_client.get("/admin/activity/").content.decode()
