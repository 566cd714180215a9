"""A fee round: who gets which fee by its rules and who does not and why, and then the writing, in one change set."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from django.db.models import F, Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.exceptions import RegisterError
from crm.models import ChangeSet, Fee, FeeRound, FeeSettings, Membership
from crm.services.ledger import change_set


class RoundChanged(RegisterError):
    """What would be written now is not what somebody has seen in the preview."""


@dataclass(frozen=True)
class Line:
    """What a member gets, and by which rule. `remark` is something to look at before it is written."""

    membership: Membership
    amount: Decimal
    rule: str
    remark: str = ""


@dataclass(frozen=True)
class LeftOut:
    membership: Membership
    why: str


@dataclass
class Plan:
    lines: list = field(default_factory=list)
    left_out: list = field(default_factory=list)

    @property
    def total(self):
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def mark(self):
        """The same for two plans that give the same members the same amounts."""
        told = "\n".join(f"{line.membership.pk} {line.amount:.2f}" for line in self.lines)
        return sha256(told.encode()).hexdigest()[:32]

    @property
    def reasons(self):
        """[(why, the members left out for that)], the most frequent first."""
        found = defaultdict(list)
        for one in self.left_out:
            found[one.why].append(one.membership)
        return sorted(found.items(), key=lambda reason: -len(reason[1]))


def suggested_rules():
    """Return the rules of the latest round, to begin a new one with."""
    latest = FeeRound.objects.order_by("-year", "-invoiced_on", "-pk").first()
    return (
        [{"kind": rule.kind, "from_population": rule.from_population, "amount": rule.amount} for rule in latest.rules.all()]
        if latest
        else []
    )


def plan_round(fee_round):
    """Return the Plan of a round, computed anew from the register as it is now."""
    plan, year = Plan(), fee_round.year
    rules = defaultdict(list)
    for rule in fee_round.rules.all():
        rules[rule.kind].append(rule)
    charged = dict(Fee.objects.of_members().filter(year=year).values_list("membership__organisation", "membership"))
    memberships = Membership.objects.active().select_related("organisation__municipality")
    # Of two memberships of one organisation in a year, the later one pays.
    for membership in memberships.order_by("organisation__sort_key", "organisation", F("since").desc(nulls_last=True), "-pk"):
        if why := _why_not(membership, year, rules[membership.kind], charged):
            plan.left_out.append(LeftOut(membership, why))
            continue
        rule = _rule_for(membership, rules[membership.kind])
        charged[membership.organisation_id] = membership.pk
        plan.lines.append(Line(membership, rule.amount, _in_words(rule), _remark(membership, year)))
    return plan


def _why_not(membership, year, rules, charged):
    """Return why a member gets no fee in the round, "" for one that does."""
    if membership.until and membership.until < year.first_day:
        return _("was no longer a member in the year")
    if membership.since and membership.since > year.last_day:
        return _("was not yet a member in the year")
    if membership.organisation.is_archived:
        return _("the organisation is archived")
    if membership.organisation_id in charged:
        if charged[membership.organisation_id] == membership.pk:
            return _("already has a fee for the year")
        return _("another membership of the organisation has a fee for the year")
    if not rules:
        return _("there is no rule for this kind of membership")
    if _rule_for(membership, rules) is None:
        municipality = membership.organisation.municipality
        if municipality is None:
            return _("belongs to no municipality, and the fee depends on its inhabitants")
        if municipality.population is None:
            return _("the number of inhabitants is missing")
        return _("has fewer inhabitants than any rule begins with")
    return ""


def _rule_for(membership, rules):
    """Return the rule with the highest beginning that the member reaches; one without a beginning is for all others."""
    municipality = membership.organisation.municipality
    population = municipality.population if municipality else None
    reached = [rule for rule in rules if rule.from_population is None or (population is not None and rule.from_population <= population)]
    if population is None and any(rule.from_population is not None for rule in rules):
        return None  # nobody knows which one holds
    return max(reached, key=lambda rule: -1 if rule.from_population is None else rule.from_population, default=None)


def _in_words(rule):
    if rule.from_population is None:
        return _("fixed")
    return _("from %(number)s inhabitants") % {"number": f"{rule.from_population:,}".replace(",", "\N{NO-BREAK SPACE}")}


def _remark(membership, year):
    if membership.until and membership.until <= year.last_day:
        return _("Leaves on %(day)s.") % {"day": date_format(membership.until)}
    if membership.since and membership.since > year.first_day:
        return _("Joined on %(day)s.") % {"day": date_format(membership.since)}
    return ""


def carry_out(fee_round, *, without=(), mark, acting_user):
    """Write the fees that the preview with this mark has shown, but for those of some memberships; return them.

    Raises RoundChanged when they would be others. What is nothing to pay gets no document: no number and no days.
    """
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT, note=_("Fee round %(year)s") % {"year": fee_round.year}):
        FeeRound.objects.select_for_update().get(pk=fee_round.pk)
        plan = plan_round(fee_round)
        if plan.mark != mark:
            raise RoundChanged(_("Something has changed since the preview. Look at it once more; nothing is written yet."))
        lines = [line for line in plan.lines if line.membership.pk not in without]
        if not lines:
            raise RegisterError(_("Nobody is chosen, so nothing is written."))
        number, fees = next_number(), []
        for line in lines:
            fee = Fee(membership=line.membership, year=fee_round.year, amount=line.amount, fee_round=fee_round)
            if line.amount:
                fee.number, fee.invoiced_on, fee.due_on = number, fee_round.invoiced_on, fee_round.due_on
                number += 1
            fees.append(fee)
        return Fee.objects.bulk_create(fees)


def next_number():
    highest = Fee.objects.aggregate(highest=Max("number"))["highest"]
    return max((highest or 0) + 1, FeeSettings.current().first_number)


def done_in_words(fees):
    return ngettext("%(number)d fee is written.", "%(number)d fees are written.", len(fees)) % {"number": len(fees)}
