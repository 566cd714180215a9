import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.models import Membership
from tests.factories.crm import FeeFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def test_memberships_of_one_organisation_cannot_overlap():
    first = MembershipFactory(since=datetime.date(2010, 1, 1), until=datetime.date(2015, 6, 30))
    Membership(organisation=first.organisation, since=datetime.date(2015, 7, 1)).full_clean()
    with pytest.raises(ValidationError, match=str(first.organisation)):
        Membership(organisation=first.organisation, since=datetime.date(2015, 6, 30)).full_clean()


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({}, "Inte fakturerad"),
        ({"invoiced_on": datetime.date(2017, 9, 1), "due_on": datetime.date(2999, 1, 1)}, "Fakturerad"),
        ({"invoiced_on": datetime.date(2017, 9, 1), "due_on": datetime.date(2017, 10, 1)}, "Förfallen"),
        ({"due_on": datetime.date(2017, 10, 1), "paid_on": datetime.date(2017, 12, 1)}, "Betald"),
    ],
)
def test_fee_says_where_it_stands(dates, state):
    assert str(FeeFactory(**dates).state) == state


def test_list_filters_by_unpaid_fee(staff_client):
    unpaid = FeeFactory().membership
    FeeFactory(paid_on=datetime.date(2017, 9, 1))
    response = staff_client.get("/admin/membership/", {"fee_unpaid": "2017/2018"})
    assert list(response.context["object_list"]) == [unpaid]


def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    FeeFactory.create_batch(3)
    staff_client.get("/admin/membership/")
    with django_assert_max_num_queries(25) as few:
        staff_client.get("/admin/membership/")
    FeeFactory.create_batch(30)
    with django_assert_max_num_queries(25) as many:
        staff_client.get("/admin/membership/")
    assert len(many) == len(few)
