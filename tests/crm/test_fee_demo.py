"""The fees of the demo association: a round for each of its years, and the reminders that were sent."""

import pytest

from config.management.commands.demo import Command
from crm.demo import load_fee_reminders, load_fee_rounds
from crm.importing.jobs import import_file
from crm.models import ChangeSet, Fee, FeeReminder, FeeRound, FeeRule, Membership
from crm.services.fee_rounds import plan_round
from crm.services.ledger import change_set

pytestmark = pytest.mark.django_db

FOLDER = Command.default_folder / "register"
FILES = {
    "municipalities": "kommuner.csv",
    "roles": "roller.csv",
    "organisations": "organisationer.xlsx",
    "contacts": "kontakter.csv",
    "memberships": "medlemskap-och-avgifter.xlsx",
}


def load_rounds():
    with change_set(cause=ChangeSet.Cause.COMMAND):
        load_fee_rounds(FOLDER / "avgiftsomgangar.csv")
        load_fee_reminders(FOLDER / "avgiftspaminnelser.csv")


def test_fees_come_out_of_a_round_for_each_year_and_loading_again_changes_nothing():
    for kind, name in FILES.items():
        import_file(kind, content=(FOLDER / name).read_bytes(), filename=name, acting_user=None)
    for _time in range(2):
        load_rounds()
        assert [(one.fees.count(), one.rules.count()) for one in FeeRound.objects.order_by("year")] == [(36, 5), (35, 5)]
        assert sorted(Fee.objects.values_list("number", flat=True)) == list(range(1001, 1072))
        assert (FeeRule.objects.count(), FeeReminder.objects.count()) == (10, 9)
    assert Fee.objects.overdue().count() == 6
    assert Membership.objects.exclude(fee_contact=None).count() == 3
    assert not [line for fee_round in FeeRound.objects.all() for line in plan_round(fee_round).lines]
