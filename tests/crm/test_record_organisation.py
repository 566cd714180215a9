"""The page of an organisation: its people, fees, vacant roles, and what it took part in."""

import datetime

import pytest
from django.utils import timezone

from crm.models import Activity, Organisation
from crm.years import OperatingYear
from tests.crm.changes import text
from tests.crm.test_record_page import log, titles, url
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    FeeFactory,
    MembershipFactory,
    OrganisationFactory,
    ParticipationFactory,
    RoleFactory,
    SeatFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


def section(response, key):
    return next((one for one in response.context["sections"] if one.key == key), None)


def test_people_stand_now_and_before(staff_client):
    centre = OrganisationFactory()
    AffiliationFactory(organisation=centre, contact__last_name="Nuvarande")
    AffiliationFactory(organisation=centre, contact__last_name="Tidigare", until=datetime.date(2017, 6, 30))
    people = section(staff_client.get(url(centre)), "roles").values
    assert [one.contact.last_name for one in people["now"]] == ["Nuvarande"]
    assert [one.contact.last_name for one in people["before"]] == ["Tidigare"]


def test_membership_shows_its_fees_by_year(staff_client):
    membership = MembershipFactory(since=datetime.date(2016, 7, 1))
    FeeFactory(membership=membership, year=OperatingYear(2016), paid_on=datetime.date(2016, 9, 1))
    FeeFactory(membership=membership, year=OperatingYear(2017), amount=17500)
    shown = text(staff_client.get(url(membership.organisation)))
    fees = shown[shown.rindex("Verksamhetsår") :]  # below the timeline, which tells of them, too
    assert fees.index("2017/2018") < fees.index("2016/2017")
    assert "2016-09-01" in fees


def test_role_that_nobody_holds_at_a_member_or_its_units_is_vacant(staff_client):
    head, erasmus = RoleFactory(name="Rektor", expected_at_members=True), RoleFactory(name="Erasmuskontakt", expected_at_members=True)
    RoleFactory(name="Lärare")
    member = MembershipFactory().organisation
    unit = OrganisationFactory(parent=OrganisationFactory(parent=member))
    AffiliationFactory(organisation=unit, role=head)
    AffiliationFactory(organisation=unit, role=erasmus, until=datetime.date(2017, 6, 30))
    assert section(staff_client.get(url(member)), "vacancies").values["posts"] == [erasmus]
    assert section(staff_client.get(url(unit)), "vacancies") is None


def test_units_and_networks_stand_on_the_page(staff_client):
    member = OrganisationFactory(name="Åmåls kommun", kind=Organisation.Kind.MUNICIPALITY)
    centre = OrganisationFactory(name="Komvux Åmål", parent=member)
    SeatFactory(organisation=centre, network__name="Svetsnätverket")
    assert "Komvux Åmål" in text(staff_client.get(url(member)))
    shown = text(staff_client.get(url(centre)))
    assert "Åmåls kommun" in shown
    assert "Svetsnätverket" in shown


def test_activities_are_summed_by_kind_and_operating_year(staff_client):
    centre = OrganisationFactory()
    for kind, day in (("visit", (2018, 6, 30)), ("visit", (2017, 7, 1)), ("call", (2018, 7, 1))):
        # Two people of it are one activity all the same.
        activity = ActivityFactory(kind=kind, day=datetime.date(*day))
        ParticipationFactory.create_batch(2, organisation=centre, activity=activity)
    values = section(staff_client.get(url(centre)), "activities").values
    assert [str(label) for label in values["kinds"]] == [Activity.Kind.CALL.label, Activity.Kind.VISIT.label]
    assert values["years"] == [(OperatingYear(2018), [1, 0], 1), (OperatingYear(2017), [0, 2], 2)]


def test_what_its_people_did_while_they_were_there_stands_in_its_timeline(staff_client):
    anna = AffiliationFactory(until=datetime.date(2018, 3, 31))
    for subject, day in (("Som rektor", (2018, 3, 31)), ("På nya jobbet", (2018, 4, 1))):
        ParticipationFactory(contact=anna.contact, activity=ActivityFactory(subject=subject, day=datetime.date(*day)))
    told = " ".join(titles(staff_client.get(url(anna.organisation))))
    assert "Som rektor" in told
    assert "På nya jobbet" not in told


def test_visit_is_logged_with_one_of_its_people(staff_client):
    anna = AffiliationFactory()
    log(staff_client, anna.organisation, what="visit", other=anna.contact_id)
    (one,) = Activity.objects.get().participations.all()
    assert (one.contact, one.organisation) == (anna.contact, anna.organisation)


def test_names_are_left_out_for_who_may_not_see_contacts(client, onlooker):
    anna = AffiliationFactory(contact__last_name="Hemligsson", since=datetime.date(2018, 1, 1))
    ParticipationFactory(contact=anna.contact, organisation=anna.organisation)
    SeatFactory(contact=anna.contact, organisation=anna.organisation)
    onlooker.user_permissions.remove(*onlooker.user_permissions.filter(codename="view_contact"))
    client.force_login(onlooker)
    assert "Hemligsson" not in client.get(url(anna.organisation)).content.decode()


def test_page_keeps_its_queries_when_the_history_grows(staff_client, django_assert_max_num_queries):
    membership = MembershipFactory()
    member = membership.organisation

    def live(times, first_year):
        for number in range(times):
            person = AffiliationFactory(organisation=member, since=datetime.date(2016, 1, 1)).contact
            ParticipationFactory(contact=person, organisation=member, activity=ActivityFactory(day=datetime.date(2018, 1, 1 + number % 28)))
            SeatFactory(organisation=member, contact=person)
            TaskFactory(organisation=member, done_at=timezone.now())
            OrganisationFactory(parent=member)
            FeeFactory(membership=membership, year=OperatingYear(first_year + number))

    live(3, 1990)
    staff_client.get(url(member, "?list="))
    with django_assert_max_num_queries(90) as few:
        staff_client.get(url(member, "?list="))
    live(60, 2000)
    with django_assert_max_num_queries(90) as many:
        staff_client.get(url(member, "?list="))
    assert len(many) <= len(few)  # fewer when the newest page holds fewer kinds


def test_organisation_nobody_knows_anything_about_has_a_page(staff_client):
    assert staff_client.get(url(OrganisationFactory())).status_code == 200
    assert staff_client.get(url(ContactFactory())).status_code == 200
