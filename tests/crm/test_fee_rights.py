"""The group for those who keep the accounts: everything about fees, a look at the rest."""

import datetime

import pytest
from django.contrib.auth.models import Group

from cms.groups import ACCOUNTS, sync_groups
from crm.models import ChangeSet, Fee, FeeRound
from crm.services.rights import may_undo
from tests.factories.crm import ContactFactory, FeeFactory, FeeRuleFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    sync_groups()
    user = UserFactory(username="kassor")
    user.groups.add(Group.objects.get(name=ACCOUNTS))
    return user


@pytest.fixture
def keeper_client(client, keeper):
    client.force_login(keeper)
    return client


@pytest.mark.parametrize(
    "address",
    ["register/fees/", "register/fees/reminders/", "register/fees/accounts/", "register/fees/settings/", "feeround/", "feeround/new/"],
)
def test_every_page_about_fees_opens(keeper_client, address):
    FeeFactory(invoiced_on=datetime.date(2017, 8, 15), due_on=datetime.date(2017, 9, 14))
    assert keeper_client.get(f"/admin/{address}").status_code == 200


def test_marks_as_paid_and_takes_it_back(keeper_client, keeper):
    fee = FeeFactory()
    page = keeper_client.post("/admin/register/fees/pay/", {"day": "2017-10-02", "fee": fee.pk}, follow=True).content.decode()
    assert Fee.objects.get().paid_on
    assert "/undo/" in page
    assert may_undo(keeper, ChangeSet.objects.latest("pk"))


def test_writes_a_round_and_takes_it_back(keeper_client, keeper):
    fee_round = FeeRuleFactory().fee_round
    member = MembershipFactory()
    url = f"/admin/feeround/{fee_round.pk}/"
    keeper_client.post(url, {"mark": keeper_client.get(url).context["plan"].mark, "offered": member.pk, "member": member.pk})
    assert Fee.objects.get().membership == member
    opened = ChangeSet.objects.latest("pk")
    assert may_undo(keeper, opened)
    keeper_client.post(f"/admin/change_set/{opened.pk}/undo/", follow=True)
    assert FeeRound.objects.exists()


def test_may_look_at_people_and_not_change_them(keeper_client):
    contact = ContactFactory()
    assert keeper_client.get(f"/admin/contact/inspect/{contact.pk}/").status_code == 200
    assert keeper_client.get(f"/admin/contact/edit/{contact.pk}/").status_code == 302
