"""A register of ten thousand costs as many queries as one of ten: lists, filters, groups, the glance, pages, palette, dashboard."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Activity, Affiliation, Contact, ContactPoint, Organisation, Participation, Task
from crm.services.ledger import suspended
from tests.factories.crm import MembershipFactory, MunicipalityFactory, OrganisationFactory, RoleFactory, SegmentFactory

pytestmark = pytest.mark.django_db

FEW, MANY = 10, 10_000
SHARING = 5  # contacts of one organisation, beside the one organisation where all of them have a role
FIRST_DAY = datetime.date(2018, 1, 1)


@pytest.fixture
def role(db):
    return RoleFactory()


@pytest.fixture
def employer(db):
    """The organisation where everybody works."""
    return MembershipFactory(organisation=OrganisationFactory(municipality=MunicipalityFactory(subregion="Fyrbodal"))).organisation


@pytest.fixture
def pages(role, employer):
    segment = SegmentFactory(query=f"role={role.pk}&subregion=Fyrbodal")
    reaching = f"role={role.pk}&subregion=Fyrbodal&member=yes"
    return [
        "/admin/",
        "/admin/contact/",
        f"/admin/contact/?{reaching}",
        "/admin/contact/?q=person",
        "/admin/contact/?group=organisation",
        f"/admin/contact/?segment={segment.pk}",
        "/admin/register/tidying/",
        "/admin/register/tidying/list/",
        "/admin/organisation/",
        "/admin/organisation/?q=skola",
        f"/admin/organisation/inspect/{employer.pk}/",
        "/admin/activity/",
        "/admin/activity/?group=kind",
        "/admin/task/",
        f"/admin/segment/{segment.pk}/",
        "/admin/register/vacancies/",
        "/admin/palette/results/?q=person",
    ]


def grow(count, employer, role):
    """Add so many contacts, each with an address, two roles, a visit and a task."""
    begun = Contact.objects.count()
    municipality = employer.municipality
    numbers = range(begun, begun + count)
    with suspended():
        organisations = Organisation.objects.bulk_create(
            Organisation(name=f"Skola {n}", search_text=f"skola {n}", sort_key=f"s{n:06}", municipality=municipality)
            for n in numbers[::SHARING]
        )
        contacts = Contact.objects.bulk_create(
            Contact(first_name="Person", last_name=f"{n}", search_text=f"person {n}", sort_key=f"p{n:06}") for n in numbers
        )
        ContactPoint.objects.bulk_create(
            ContactPoint(contact=one, kind=ContactPoint.Kind.EMAIL, value=f"p{one.pk}@skola.example", normalised=f"p{one.pk}@skola.example")
            for one in contacts
        )
        Affiliation.objects.bulk_create(
            Affiliation(contact=one, organisation=place, role=role)
            for n, one in enumerate(contacts)
            for place in (employer, organisations[n // SHARING])
        )
        activities = Activity.objects.bulk_create(
            Activity(kind=Activity.Kind.VISIT, subject=f"Besök {n}", day=FIRST_DAY + datetime.timedelta(days=n % 2900), sort_key=f"b{n:06}")
            for n in numbers
        )
        Participation.objects.bulk_create(
            Participation(activity=activity, contact=one, organisation=employer) for activity, one in zip(activities, contacts, strict=True)
        )
        Task.objects.bulk_create(Task(what=f"Ring {one}", contact=one) for one in contacts)


def count_queries(client, pages):
    counted = {}
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200, page
        counted[page] = len(queries)
    return counted


def test_pages_keep_their_queries_from_ten_to_ten_thousand_rows(staff_client, pages, employer, role):
    grow(FEW, employer, role)
    pages = [*pages, f"/admin/contact/inspect/{Contact.objects.first().pk}/"]
    count_queries(staff_client, pages)  # with what is asked once only: content types and the like
    few = count_queries(staff_client, pages)
    grow(MANY - FEW, employer, role)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a server does by itself once rows are committed: without it, it plans for empty tables
    assert Contact.objects.count() == Activity.objects.count() == MANY
    many = count_queries(staff_client, pages)
    # A list of more than one page may ask once more.
    assert {page: number for page, number in many.items() if number > few[page] + 1} == {}
