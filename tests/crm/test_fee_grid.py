"""The grid of members and years: states, sums, marking as paid, and who may."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import ChangeSet, Fee
from crm.services.undo import undo
from crm.years import OperatingYear
from tests.factories.crm import FeeFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

GRID = "/admin/register/fees/"
LONG_AGO = datetime.date(2017, 8, 15)
FUTURE = datetime.date(2999, 1, 1)

DATES = {
    Fee.Standing.PAID: {"invoiced_on": LONG_AGO, "due_on": LONG_AGO, "paid_on": LONG_AGO},
    Fee.Standing.OVERDUE: {"invoiced_on": LONG_AGO, "due_on": LONG_AGO},
    Fee.Standing.INVOICED: {"invoiced_on": LONG_AGO, "due_on": FUTURE},
    Fee.Standing.NOT_INVOICED: {},
    Fee.Standing.FREE: {"amount": 0, "due_on": LONG_AGO},
}


@pytest.mark.parametrize("standing", DATES)
def test_database_and_python_agree_on_where_a_fee_stands(standing):
    fee = FeeFactory(**DATES[standing])
    assert fee.standing_on(timezone.localdate()) == standing
    assert Fee.objects.with_standing().get().standing == standing


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (datetime.date(2017, 8, 14), Fee.Standing.NOT_INVOICED),
        (datetime.date(2017, 8, 15), Fee.Standing.INVOICED),
        (datetime.date(2017, 9, 14), Fee.Standing.INVOICED),
        (datetime.date(2017, 9, 15), Fee.Standing.OVERDUE),
        (datetime.date(2017, 10, 1), Fee.Standing.PAID),
    ],
)
def test_boundary_days(day, standing):
    fee = FeeFactory(invoiced_on=LONG_AGO, due_on=datetime.date(2017, 9, 14), paid_on=datetime.date(2017, 10, 1))
    assert fee.standing_on(day) == standing
    assert Fee.objects.with_standing(day).get().standing == standing


def test_cells_say_in_words_where_each_year_stands(staff_client):
    member = FeeFactory(year=OperatingYear(2016), **DATES[Fee.Standing.PAID]).membership
    FeeFactory(membership=member, year=OperatingYear(2017), **DATES[Fee.Standing.OVERDUE])
    page = staff_client.get(GRID)
    (row,) = page.context["rows"]
    assert [cell.standing for cell in row.cells] == ["paid", "overdue"]
    html = page.content.decode()
    assert "Betald" in html
    assert "Förfallen" in html


def test_year_without_a_fee_differs_for_who_was_a_member(staff_client):
    FeeFactory(year=OperatingYear(2016))
    MembershipFactory(since=datetime.date(2017, 7, 1))
    page = staff_client.get(GRID, {"first": "2016/2017", "last": "2017/2018"})
    assert {cell.standing for row in page.context["rows"] for cell in row.cells} == {"not_invoiced", "missing", "none"}


def test_sums_stand_below(staff_client):
    for dates in DATES.values():
        FeeFactory(**{"amount": 100, **dates})
    page = staff_client.get(GRID, {"first": "2017/2018", "last": "2017/2018"})
    (foot,) = page.context["foots"]
    assert (foot.invoiced, foot.paid, foot.overdue, foot.not_invoiced) == (Decimal(300), Decimal(100), Decimal(100), Decimal(100))


def test_memberships_by_mistake_are_left_out(staff_client):
    FeeFactory(membership__archived_at=timezone.now())
    assert staff_client.get(GRID).context["count"] == 0


def test_filters_narrow_down(staff_client):
    FeeFactory(**DATES[Fee.Standing.PAID])
    late = FeeFactory(membership__organisation__name="Åmåls kommun", **DATES[Fee.Standing.OVERDUE]).membership.organisation
    for query in ({"standing": "overdue"}, {"q": "amal"}):
        assert [row.organisation for row in staff_client.get(GRID, query).context["rows"]] == [late], query


@pytest.mark.parametrize("query", [{"first": "sjutton"}, {"first": "2018/2019", "last": "2017/2018"}])
def test_senseless_years_are_said(staff_client, query):
    page = staff_client.get(GRID, query)
    assert not page.context["is_valid"]
    assert "Rätta filtret ovan" in page.content.decode()


def test_page_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    FeeFactory.create_batch(3)
    staff_client.get(GRID)
    with django_assert_max_num_queries(30) as few:
        staff_client.get(GRID)
    FeeFactory.create_batch(30)
    with django_assert_max_num_queries(30) as many:
        staff_client.get(GRID)
    assert len(many) == len(few)


# Paying


def pay(client, **data):
    return client.post(f"{GRID}pay/", {"day": "2017-10-02", **data}, follow=True)


def test_ticked_fees_are_paid_on_a_day_and_one_undo_takes_it_back(staff_client, staff):
    fees = FeeFactory.create_batch(2, **DATES[Fee.Standing.OVERDUE])
    page = pay(staff_client, fee=[fee.pk for fee in fees])
    assert set(Fee.objects.values_list("paid_on", flat=True)) == {datetime.date(2017, 10, 2)}
    assert "Ångra" in page.content.decode()
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    assert set(Fee.objects.values_list("paid_on", flat=True)) == {None}


def test_button_of_a_cell_pays_that_one_alone(staff_client):
    one, other = FeeFactory.create_batch(2)
    pay(staff_client, one=one.pk, fee=[other.pk])
    assert list(Fee.objects.exclude(paid_on=None)) == [one]


def test_paid_fee_keeps_its_day_and_free_one_is_left_alone(staff_client):
    paid, free = FeeFactory(paid_on=LONG_AGO), FeeFactory(amount=0)
    pay(staff_client, fee=[paid.pk, free.pk])
    assert set(Fee.objects.values_list("pk", "paid_on")) == {(paid.pk, LONG_AGO), (free.pk, None)}


@pytest.mark.parametrize("data", [{"day": "2999-01-01"}, {"day": ""}, {"day": "snart"}, {"fee": []}, {"fee": ["x"]}])
def test_senseless_payment_changes_nothing(staff_client, data):
    fee = FeeFactory()
    pay(staff_client, **{"fee": [fee.pk], **data})
    assert Fee.objects.get().paid_on is None


def test_payment_of_the_wrong_member_is_taken_back(staff_client):
    fee = FeeFactory(paid_on=LONG_AGO)
    staff_client.post(f"{GRID}{fee.pk}/unpay/")
    assert Fee.objects.get().paid_on is None


def test_page_of_a_fee(staff_client):
    fee = FeeFactory(number=1017, **DATES[Fee.Standing.OVERDUE])
    html = staff_client.get(f"{GRID}{fee.pk}/").content.decode()
    assert "1017" in html
    assert "Förfallen" in html
    assert staff_client.get(f"{GRID}{10**30}/").status_code == 404


# Rights


def test_onlooker_sees_the_grid_and_marks_nothing(onlooker_client):
    fee = FeeFactory()
    assert 'type="checkbox" name="fee"' not in onlooker_client.get(GRID).content.decode()
    assert onlooker_client.get(f"{GRID}{fee.pk}/").status_code == 200
    pay(onlooker_client, fee=[fee.pk])
    assert Fee.objects.get().paid_on is None


def test_whoever_may_not_see_fees_is_sent_away(client):
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_organisation"]))
    client.force_login(user)
    OrganisationFactory()
    assert client.get(GRID).status_code == 302
