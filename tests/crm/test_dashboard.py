"""The admin's first page: figures of today, each with the rows behind it."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import Activity, Participation
from crm.services import dashboard
from crm.years import OperatingYear
from tests.crm.changes import text
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    EmailFactory,
    FeeFactory,
    MembershipFactory,
    OrganisationFactory,
    ParticipationFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 3, 1)
YEAR = OperatingYear(2017)


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def first_page(client):
    return text(client.get("/admin/"))


class TestFees:
    def test_standing_of_the_newest_year(self):
        FeeFactory(year=OperatingYear(2016), paid_on=None)
        FeeFactory(year=YEAR, paid_on=datetime.date(2018, 2, 1))
        FeeFactory(year=YEAR, due_on=datetime.date(2018, 2, 28), amount=Decimal(12000))
        FeeFactory(year=YEAR, due_on=datetime.date(2018, 3, 31), amount=Decimal(8000))
        FeeFactory(year=OperatingYear(2018))

        standing = dashboard.fee_standing(DAY)

        assert (standing.year, standing.paid, standing.open, standing.overdue) == (YEAR, 1, 1, 1)
        assert standing.outstanding == 20000

    def test_without_fees_there_is_none(self):
        assert dashboard.fee_standing(DAY) is None


class TestMembersNotMet:
    @pytest.fixture
    def member(self):
        return MembershipFactory().organisation

    def test_meeting_of_a_unit_counts_for_its_member(self, staff_client, member):
        MembershipFactory()
        unit = OrganisationFactory(parent=member)
        ParticipationFactory(organisation=unit, contact=None, activity=ActivityFactory(day=timezone.localdate()))

        assert "1 member not met for a year" in first_page(staff_client)

    @pytest.mark.parametrize(
        ("values", "how"),
        [
            ({"day": datetime.date(2018, 1, 10)}, Participation.How.ATTENDED),
            ({"kind": Activity.Kind.NOTE}, Participation.How.ATTENDED),
            ({}, Participation.How.STAYED_AWAY),
            ({"archived_at": timezone.now()}, Participation.How.ATTENDED),
        ],
    )
    def test_what_is_no_meeting_of_the_year_does_not_count(self, staff_client, member, values, how):
        activity = ActivityFactory(**{"day": timezone.localdate(), **values})
        ParticipationFactory(organisation=member, contact=None, activity=activity, how=how)

        assert "1 member not met for a year" in first_page(staff_client)


def test_ages_of_roles_and_addresses():
    AffiliationFactory(confirmed_at=datetime.date(2017, 6, 1))
    AffiliationFactory(confirmed_at=datetime.date(2016, 6, 1))
    AffiliationFactory(confirmed_at=datetime.date(2015, 6, 1))
    AffiliationFactory(until=datetime.date(2017, 12, 31))
    EmailFactory(verified_at=None)
    EmailFactory(contact__archived_at=timezone.now())

    ages = dashboard.data_ages(DAY, ("role", "point"))

    assert (ages.fresh, ages.ageing, ages.stale, ages.never, ages.total) == (1, 1, 1, 1, 4)


def test_months_without_activities_are_there_too():
    ActivityFactory(day=datetime.date(2018, 1, 10))
    ActivityFactory(day=datetime.date(2018, 1, 20))
    ActivityFactory(day=datetime.date(2018, 1, 20), kind=Activity.Kind.NOTE)

    months = dashboard.activities_by_month(DAY)

    assert len(months) == 12
    assert dict(months)[datetime.date(2018, 1, 1)] == 2
    assert sum(number for _month, number in months) == 2


class TestPage:
    def test_age_of_the_register_leads_to_the_rows_behind_it(self, staff_client):
        EmailFactory.create_batch(2)
        AffiliationFactory(confirmed_at=timezone.localdate())

        page = staff_client.get("/admin/").content.decode()

        assert "2 roles, addresses, numbers and licences that nobody has confirmed for two years" in first_page(staff_client)
        assert "/admin/register/tidying/list/?age=stale&amp;age=never" in page
        assert "/admin/register/tidying/list/?age=fresh" in page
        assert "2 roles, addresses, numbers and licences." in text(staff_client.get("/admin/register/tidying/list/?age=stale&age=never"))

    def test_own_tasks_wait(self, staff_client, staff):
        TaskFactory(what="Skicka avtalet", assignee=staff, due=datetime.date(2018, 5, 2))
        TaskFactory(what="Någon annans", assignee=UserFactory())

        waiting, _changes = first_page(staff_client).split("Newest changes")

        assert "1 thing to do, 1 overdue" in waiting
        assert "Skicka avtalet" in waiting
        assert "Någon annans" not in waiting

    def test_newest_changes_say_who_and_what(self, staff_client, staff):
        staff_client.post("/admin/role/new/", {"name": "Rektor", "name_en": ""})

        assert "Rektor" in first_page(staff_client)

    def test_empty_register_says_so(self, staff_client):
        read = first_page(staff_client)

        assert "Nothing is waiting for you." in read
        assert "Nothing is planned." in read
        assert "No fee is entered yet." in read

    def test_editor_sees_none_of_it(self, client):
        editor = UserFactory()
        editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(editor)

        read = first_page(client)

        assert "Waiting for you" not in read
        assert "Newest changes" not in read

    def test_queries_stay_the_same_when_rows_grow(self, staff_client, staff, django_assert_max_num_queries):
        def fill(number):
            for _one in range(number):
                TaskFactory(assignee=staff)
                ActivityFactory(day=timezone.localdate())
                FeeFactory(year=OperatingYear.current())

        fill(2)
        with django_assert_max_num_queries(100) as few:
            first_page(staff_client)
        fill(10)
        with django_assert_max_num_queries(len(few)):
            first_page(staff_client)
