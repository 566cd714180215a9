"""Members that become one: their fees, the numbers of the documents, the reminders, and who gets them; and all of it separated again."""

import pytest

from crm.models import Fee, FeeReminder, Membership
from crm.services.merge_plans import plan_merge
from crm.services.merges import MergeRefused
from crm.years import OperatingYear
from tests.crm.merges import dump, merged, planned, undo, written
from tests.factories.crm import ContactFactory, FeeFactory, FeeReminderFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return OrganisationFactory(name="Åmåls kommun"), OrganisationFactory(name="Åmåls kommun")


def fees_of(two, *numbers):
    return [FeeFactory(membership=MembershipFactory(organisation=one), number=number) for one, number in zip(two, numbers, strict=True)]


def test_fee_that_is_there_twice_keeps_its_number_and_its_letters(two):
    kept, gone = fees_of(two, 1001, None)
    FeeReminderFactory(fee=kept, address="ett@amal.example")
    FeeReminderFactory(fee=gone, address="tva@amal.example")
    FeeReminderFactory(fee=gone, number=2, address="tva@amal.example")
    before = dump()
    opened = merged(*two)
    fee = Fee.objects.get()
    assert (fee.pk, fee.number) == (kept.pk, 1001)
    assert list(fee.reminders.order_by("number").values_list("number", "address")) == [(1, "ett@amal.example"), (2, "tva@amal.example")]
    undo(opened, acting_user=None)
    assert dump() == before


@pytest.mark.parametrize("number", [1001, None])
def test_document_of_the_one_that_goes_is_for_a_person_to_decide(two, number):
    fees_of(two, number, 1002)
    with pytest.raises(MergeRefused, match="skiljer sig"):
        merged(*two)


def test_fees_of_different_years_both_stay(two):
    for one, year in zip(two, (2016, 2017), strict=True):
        FeeFactory(membership=MembershipFactory(organisation=one), year=OperatingYear(year), number=year)
    merged(*two)
    assert set(Fee.objects.values_list("number", flat=True)) == {2016, 2017}
    assert Membership.objects.count() == 1


def test_whoever_gets_the_fee_follows(two):
    kept, gone = ContactFactory(first_name="Ulrika", last_name="Fransson"), ContactFactory(first_name="Ulrika", last_name="Fransson")
    membership = MembershipFactory(fee_contact=gone)
    merged(kept, gone)
    membership.refresh_from_db()
    assert membership.fee_contact == kept


def test_plan_says_what_is_written(two):
    for one in two:
        FeeReminderFactory(fee=FeeFactory(membership=MembershipFactory(organisation=one)))
    plan = planned(plan_merge(*two))
    assert written(merged(*two)) == plan
    assert FeeReminder.objects.count() == 1
