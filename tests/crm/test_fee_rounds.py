"""Who gets which fee by a round's rules, who is left out and why, and that writing it is one change set."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.exceptions import RegisterError
from crm.models import ChangeSet, Fee, FeeRound, FeeSettings, Membership
from crm.services.fee_rounds import RoundChanged, carry_out, plan_round
from crm.services.undo import undo
from crm.years import OperatingYear
from tests.factories.crm import FeeFactory, FeeRoundFactory, FeeRuleFactory, MembershipFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db

YEAR = OperatingYear(2017)
FIRST_DAY, LAST_DAY = YEAR.first_day, YEAR.last_day
DAY = datetime.timedelta(days=1)


def town(population, **values):
    return MembershipFactory(organisation__municipality=MunicipalityFactory(population=population), **values)


@pytest.fixture
def by_size():
    found = FeeRoundFactory()
    for beginning, amount in ((0, 15000), (20000, 25000), (50000, 40000)):
        FeeRuleFactory(fee_round=found, from_population=beginning, amount=amount)
    return found


@pytest.fixture
def fixed():
    return FeeRuleFactory(amount=15000).fee_round


def amounts(fee_round):
    return {line.membership: line.amount for line in plan_round(fee_round).lines}


def reasons(fee_round):
    return {one.membership: one.why for one in plan_round(fee_round).left_out}


@pytest.mark.parametrize(("population", "amount"), [(0, 15000), (19999, 15000), (20000, 25000), (49999, 25000), (50000, 40000)])
def test_fee_follows_the_steps_of_inhabitants(by_size, population, amount):
    member = town(population)
    assert amounts(by_size) == {member: amount}


def test_each_kind_of_member_has_rules_of_its_own(by_size):
    FeeRuleFactory(fee_round=by_size, kind=Membership.Kind.FEDERATION, amount=9000)
    federation = MembershipFactory(kind=Membership.Kind.FEDERATION)
    associate = MembershipFactory(kind=Membership.Kind.ASSOCIATE)
    assert amounts(by_size) == {federation: 9000}
    assert reasons(by_size) == {associate: "det finns ingen regel för den här medlemstypen"}


def test_member_whose_size_nobody_knows_is_left_out_with_the_reason(by_size):
    without_number, without_town = town(None), MembershipFactory()
    assert amounts(by_size) == {}
    assert reasons(by_size)[without_number] == "invånarantal saknas"
    assert "hör inte till någon kommun" in reasons(by_size)[without_town]


def test_smaller_than_the_first_step(fixed):
    fixed.rules.update(from_population=5000)
    member = town(4999)
    assert "färre invånare" in reasons(FeeRound.objects.get())[member]


@pytest.mark.parametrize(
    ("since", "until", "is_charged"),
    [
        (None, FIRST_DAY - DAY, False),
        (None, FIRST_DAY, True),
        (LAST_DAY, None, True),
        (LAST_DAY + DAY, None, False),
        (None, None, True),
    ],
)
def test_whoever_was_a_member_a_day_of_the_year_is_charged(fixed, since, until, is_charged):
    member = MembershipFactory(since=since, until=until)
    assert (member in amounts(fixed), member in reasons(fixed)) == (is_charged, not is_charged)


def test_ended_during_the_year_is_pointed_out(fixed):
    MembershipFactory(until=datetime.date(2017, 12, 31))
    (line,) = plan_round(fixed).lines
    assert "31 december 2017" in line.remark


def test_archived_memberships_are_not_there_and_archived_organisations_are_left_out(fixed):
    MembershipFactory(archived_at=timezone.now())
    member = MembershipFactory(organisation__archived_at=timezone.now())
    assert amounts(fixed) == {}
    assert reasons(fixed) == {member: "organisationen är arkiverad"}


def test_who_has_a_fee_for_the_year_gets_no_second_one(fixed):
    charged = FeeFactory(year=YEAR).membership
    other_year = FeeFactory(year=OperatingYear(2016)).membership
    assert amounts(fixed) == {other_year: 15000}
    assert reasons(fixed) == {charged: "har redan en avgift för året"}


def test_left_and_joined_again_within_the_year_pays_once(fixed):
    first = MembershipFactory(until=datetime.date(2017, 9, 30))
    second = MembershipFactory(organisation=first.organisation, since=datetime.date(2018, 1, 1))
    assert amounts(fixed) == {second: 15000}
    assert first in reasons(fixed)


def write(fee_round, staff, **options):
    return carry_out(fee_round, mark=plan_round(fee_round).mark, acting_user=staff, **options)


def test_written_fees_are_numbered_and_dated(fixed, staff):
    FeeFactory(year=OperatingYear(2016), number=1040)
    MembershipFactory.create_batch(2)
    fees = write(fixed, staff)
    assert sorted(fee.number for fee in fees) == [1041, 1042, 1043]
    assert {(fee.invoiced_on, fee.due_on, fee.amount) for fee in fees} == {(fixed.invoiced_on, fixed.due_on, Decimal(15000))}


def test_first_number_ever_is_a_setting(fixed, staff):
    FeeSettings.objects.create(first_number=20170001)
    MembershipFactory()
    assert [fee.number for fee in write(fixed, staff)] == [20170001]


def test_nothing_to_pay_gets_neither_number_nor_days(fixed, staff):
    fixed.rules.update(amount=0)
    MembershipFactory()
    (fee,) = write(FeeRound.objects.get(), staff)
    assert (fee.number, fee.invoiced_on, fee.due_on) == (None, None, None)
    assert Fee.objects.get().standing_on(datetime.date(2030, 1, 1)) == Fee.Standing.FREE


def test_one_undo_takes_the_whole_round_back(fixed, staff):
    MembershipFactory.create_batch(3)
    write(fixed, staff)
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    assert not Fee.objects.exists()
    assert len(plan_round(fixed).lines) == 3


def test_done_once_more_only_late_members_get_a_fee(fixed, staff):
    MembershipFactory()
    write(fixed, staff)
    late = MembershipFactory()
    assert [fee.membership for fee in write(fixed, staff)] == [late]
    with pytest.raises(RegisterError):
        write(fixed, staff)


def test_what_the_preview_did_not_show_is_not_written(fixed, staff):
    MembershipFactory()
    mark = plan_round(fixed).mark
    MembershipFactory()
    with pytest.raises(RoundChanged):
        carry_out(fixed, mark=mark, acting_user=staff)
    assert not Fee.objects.exists()


# The pages


def test_new_round_begins_with_the_rules_of_the_last_one(staff_client, by_size):
    page = staff_client.get("/admin/feeround/new/")
    instance = page.context["form"].instance
    assert [rule.amount for rule in instance.rules.all()] == [15000, 25000, 40000]
    assert instance.year == OperatingYear.current()


def test_round_is_made_in_the_form(staff_client):
    data = {
        "year": "2018/2019", "invoiced_on": "2018-08-15", "due_on": "2018-09-14", "note": "Årsmötet",
        "rules-TOTAL_FORMS": 1, "rules-INITIAL_FORMS": 0, "rules-MIN_NUM_FORMS": 1, "rules-MAX_NUM_FORMS": 1000,
        "rules-0-kind": "municipality", "rules-0-from_population": "", "rules-0-amount": "15000",
    }  # fmt: skip
    response = staff_client.post("/admin/feeround/new/", data)
    made = FeeRound.objects.get()
    assert response.url == f"/admin/feeround/{made.pk}/"
    assert [rule.amount for rule in made.rules.all()] == [15000]


def test_unticked_member_gets_nothing(staff_client, fixed):
    kept, other = MembershipFactory(), MembershipFactory()
    url = f"/admin/feeround/{fixed.pk}/"
    mark = staff_client.get(url).context["plan"].mark
    response = staff_client.post(url, {"mark": mark, "offered": [kept.pk, other.pk], "member": [kept.pk]}, follow=True)
    assert [fee.membership for fee in Fee.objects.all()] == [kept]
    assert "Ångra" in response.content.decode()


def test_second_press_of_the_button_writes_nothing_more(staff_client, fixed):
    member = MembershipFactory()
    url = f"/admin/feeround/{fixed.pk}/"
    data = {"mark": staff_client.get(url).context["plan"].mark, "offered": [member.pk], "member": [member.pk]}
    staff_client.post(url, data)
    page = staff_client.post(url, data, follow=True).content.decode()
    assert Fee.objects.count() == 1
    assert "ändrats sedan förhandsvisningen" in page


def test_onlooker_sees_the_round_and_cannot_write_it(onlooker_client, fixed):
    member = MembershipFactory()
    url = f"/admin/feeround/{fixed.pk}/"
    page = onlooker_client.get(url)
    assert 'name="mark"' in page.content.decode()
    assert 'name="offered"' not in page.content.decode()
    data = {"mark": page.context["plan"].mark, "offered": [member.pk], "member": [member.pk]}
    assert onlooker_client.post(url, data).status_code == 302
    assert not Fee.objects.exists()


def test_round_with_fees_is_not_deleted(staff_client, fixed, staff):
    MembershipFactory()
    write(fixed, staff)
    staff_client.post(f"/admin/feeround/delete/{fixed.pk}/")
    assert FeeRound.objects.filter(pk=fixed.pk).exists()
