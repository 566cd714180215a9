"""What a member got for its fee: each number counted from rows, its days at the edges of the year, and who may see what."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import Activity, Mobility, Participation, SeatRequest
from crm.services.member_years import member_year
from crm.years import OperatingYear
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    CourseFactory,
    FeeFactory,
    FeeReminderFactory,
    HoldingFactory,
    MembershipFactory,
    MobilityFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    SeatFactory,
    SeatRequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

YEAR = OperatingYear(2017)
FIRST, LAST = YEAR.first_day, YEAR.last_day
DAY = datetime.timedelta(days=1)
EDGES = [(FIRST, 1), (LAST, 1), (FIRST - DAY, 0), (LAST + DAY, 0)]


@pytest.fixture
def member():
    return MembershipFactory(organisation__municipality=MunicipalityFactory()).organisation


@pytest.fixture
def centre(member):
    return OrganisationFactory(name="Lärcentrum", parent=member)


def numbers(member, user):
    return {part.key: part.number for part in member_year(member, YEAR, user).parts if part.number}


def test_person_with_two_roles_at_two_units_counts_once(member, centre, staff):
    contact = AffiliationFactory(organisation=centre).contact
    AffiliationFactory(organisation=member, contact=contact)
    AffiliationFactory()
    assert numbers(member, staff) == {"people": 1}


@pytest.mark.parametrize(
    ("since", "until", "number"), [(LAST, None, 1), (LAST + DAY, None, 0), (None, FIRST, 1), (None, FIRST - DAY, 0), (None, None, 1)]
)
def test_what_held_a_day_of_the_year_counts(member, staff, since, until, number):
    AffiliationFactory(organisation=member, since=since, until=until)
    SeatFactory(organisation=member, since=since, until=until)
    HoldingFactory(organisation=member, contact=None, since=since, until=until)
    PartnerFactory(organisation=member, since=since, until=until)
    assert numbers(member, staff) == ({key: 1 for key in ("people", "networks", "licences", "projects")} if number else {})


@pytest.mark.parametrize(("day", "number"), EDGES)
def test_meetings_of_the_year_that_somebody_attended_for_the_member(member, centre, staff, day, number):
    person = AffiliationFactory(organisation=centre, since=None).contact
    meeting = ActivityFactory(day=day)
    ParticipationFactory(activity=meeting, contact=person)
    ParticipationFactory(activity=meeting, contact=None, organisation=member)
    assert numbers(member, staff).get("meetings", 0) == number


@pytest.mark.parametrize(
    "values",
    [
        {"how": Participation.How.STAYED_AWAY},
        {"how": Participation.How.INVITED},
        {"activity__kind": Activity.Kind.NOTE},
        {"activity__archived_at": timezone.now()},
    ],
)
def test_meeting_that_nobody_attended_does_not_count(member, staff, values):
    ParticipationFactory(contact=None, organisation=member, **{"activity__day": FIRST, **values})
    assert numbers(member, staff) == {}


def test_meeting_after_the_person_had_left_is_not_the_members(member, staff):
    person = AffiliationFactory(organisation=member, until=FIRST).contact
    ParticipationFactory(contact=person, activity__day=FIRST + DAY)
    assert "meetings" not in numbers(member, staff)


@pytest.mark.parametrize(("day", "number"), EDGES)
def test_visits_to_anybody_in_the_municipality(member, staff, day, number):
    company = OrganisationFactory(kind="company", municipality=member.municipality)
    visit = ActivityFactory(kind=Activity.Kind.VISIT, day=day)
    ParticipationFactory(activity=visit, contact=None, organisation=company)
    ParticipationFactory(activity=visit, contact=None, organisation=member)
    assert numbers(member, staff).get("visits", 0) == number


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"since": FIRST}, 1),
        ({"since": LAST + DAY}, 0),
        ({"since": None}, 0),
        ({"state": Mobility.State.GRANTED}, 0),
        ({"archived_at": timezone.now()}, 0),
    ],
)
def test_journeys_that_were_made(member, centre, staff, values, number):
    MobilityFactory(sending=centre, **{"state": Mobility.State.TRAVELLED, "since": FIRST, **values})
    assert numbers(member, staff).get("mobilities", 0) == number


def test_licences_tell_their_list_price(member, staff):
    HoldingFactory.create_batch(2, organisation=member, licence__value=2000)
    HoldingFactory(organisation=member, licence__value=None)
    (part,) = [part for part in member_year(member, YEAR, staff).parts if part.key == "licences"]
    assert part.number == 3
    assert "4\u00a0000 kr" in part.meaning


def test_courses_count_confirmed_seats(member, staff):
    course = CourseFactory(since=FIRST)
    SeatRequestFactory(course=course, organisation=member, seats=3, state=SeatRequest.State.CONFIRMED)
    SeatRequestFactory(course=course, organisation=member, seats=5, state=SeatRequest.State.WAITING)
    SeatRequestFactory(course=CourseFactory(since=LAST + DAY), organisation=member, seats=7, state=SeatRequest.State.CONFIRMED)
    assert numbers(member, staff) == {"courses": 3}


# The page


def url(member, start=2017):
    return f"/admin/register/fees/members/{member.pk}/{start}/"


def test_page_leads_to_the_rows_behind_each_number(staff_client, member):
    FeeFactory(membership=member.memberships.get(), year=YEAR)
    person = AffiliationFactory(organisation=member).contact
    html = staff_client.get(url(member)).content.decode()
    assert f'href="/admin/contact/inspect/{person.pk}/"' in html
    assert "15\u00a0000" in html


def test_pdf_holds_the_same(staff_client, member):
    AffiliationFactory.create_batch(35, organisation=member)
    response = staff_client.get(url(member) + "pdf/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert b"pdfuaid:part" in response.content


def test_pdf_of_a_year_without_anything(staff_client, member):
    assert staff_client.get(url(member) + "pdf/").content.startswith(b"%PDF")


@pytest.mark.parametrize("start", [1, 99999, 10**30])
def test_year_that_cannot_be_is_not_found(staff_client, member, start):
    assert staff_client.get(url(member, start)).status_code == 404


def test_who_was_no_member_has_no_such_page(staff_client):
    assert staff_client.get(url(OrganisationFactory())).status_code == 404
    assert staff_client.get(f"/admin/register/fees/members/{10**30}/2017/").status_code == 404


def test_names_are_for_those_who_may_see_contacts(client, member):
    contact = ContactFactory(first_name="Hemliga", last_name="Anna")
    AffiliationFactory(contact=contact, organisation=member)
    SeatFactory(contact=contact, organisation=member)
    HoldingFactory(contact=contact, organisation=member)
    MobilityFactory(contact=contact, sending=member, state=Mobility.State.TRAVELLED, since=FIRST)
    user = UserFactory()
    names = ["access_admin", "view_fee", "view_organisation", "view_seat", "view_holding", "view_mobility"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    page = client.get(url(member))
    assert {part.key for part in page.context["found"].shown_parts} == {"networks", "licences", "mobilities"}
    assert "Hemliga" not in page.content.decode()


def test_whoever_may_not_see_fees_is_sent_away(client, member):
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_organisation", "view_membership"]))
    client.force_login(user)
    FeeFactory(membership=member.memberships.get(), year=YEAR)
    assert client.get(url(member)).status_code == 302
    record = client.get(f"/admin/organisation/inspect/{member.pk}/").content.decode()
    assert "2017/2018" in record
    assert "/admin/register/fees/" not in record


def test_page_keeps_its_queries_when_rows_grow(staff_client, member, django_assert_max_num_queries):
    def grow(number):
        for _time in range(number):
            contact = AffiliationFactory(organisation=member).contact
            SeatFactory(organisation=member, contact=contact)
            HoldingFactory(organisation=member, contact=contact)
            PartnerFactory(organisation=member)
            ParticipationFactory(contact=contact, organisation=member, activity__day=FIRST)

    grow(2)
    staff_client.get(url(member))
    with django_assert_max_num_queries(45) as few:
        staff_client.get(url(member))
    grow(12)
    with django_assert_max_num_queries(45) as many:
        staff_client.get(url(member))
    assert len(many) == len(few)


# In the story of the member


def test_timeline_tells_of_fees_and_reminders(staff_client, member):
    fee = FeeFactory(membership=member.memberships.get(), year=YEAR, invoiced_on=FIRST, paid_on=LAST)
    FeeReminderFactory(fee=fee)
    html = staff_client.get(f"/admin/organisation/inspect/{member.pk}/?kind=fee").content.decode()
    for sentence in ("Avgiften för 2017/2018 fakturerades", "Avgiften för 2017/2018 betalades", "Påminnelse 1 om avgiften för 2017/2018"):
        assert sentence in html
    assert f'href="/admin/register/fees/{fee.pk}/"' in html
