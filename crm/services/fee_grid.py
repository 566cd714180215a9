"""Members down, operating years across: where each fee stands, and what the years come to."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from crm.models import Fee, Membership, Organisation
from crm.years import OperatingYear

MOST_YEARS = 12


@dataclass
class Cell:
    """One member and one year. Without a fee it says whether the organisation was a member then."""

    year: OperatingYear
    fee: Fee | None = None
    was_member: bool = False

    @property
    def standing(self):
        return self.fee.standing if self.fee else ("missing" if self.was_member else "none")


@dataclass
class Row:
    organisation: Organisation
    cells: list


@dataclass
class Foot:
    """The sums of a year, in SEK and in numbers of fees."""

    year: OperatingYear
    amounts: dict = field(default_factory=dict)  # {standing: amount}
    numbers: dict = field(default_factory=dict)

    def amount(self, *standings):
        return sum((self.amounts.get(one, Decimal(0)) for one in standings), Decimal(0))

    @property
    def invoiced(self):
        """All that members have been asked for."""
        return self.amount(Fee.Standing.PAID, Fee.Standing.OVERDUE, Fee.Standing.INVOICED)

    @property
    def paid(self):
        return self.amount(Fee.Standing.PAID)

    @property
    def overdue(self):
        return self.amount(Fee.Standing.OVERDUE)

    @property
    def not_invoiced(self):
        return self.amount(Fee.Standing.NOT_INVOICED)


def years_between(first, last):
    """The years from one to another, at most so many, the newest ones."""
    return [OperatingYear(start) for start in range(max(first.start, last.start - MOST_YEARS + 1), last.start + 1)]


def default_years():
    """Return (first, last): the newest year with fees and the two before it, or the current one."""
    newest = Fee.objects.of_members().order_by("-year").values_list("year", flat=True).first() or OperatingYear.current()
    oldest = Fee.objects.of_members().order_by("year").values_list("year", flat=True).first() or newest
    return max(oldest, OperatingYear(newest.start - 2)), newest


def fees_of(years, *, day=None):
    """The fees of the grid, with their standings."""
    return Fee.objects.of_members().filter(year__gte=years[0], year__lte=years[-1]).with_standing(day)


def organisations_of(years, *, kinds=(), standings=(), subregions=(), query="", day=None):
    """Return the organisations that were members in any of the years or have a fee for one, narrowed down."""
    held = Membership.objects.active().during(years[0].first_day, years[-1].last_day).filter(organisation=OuterRef("pk"))
    fees = fees_of(years, day=day).filter(membership__organisation=OuterRef("pk"))
    if kinds:
        held, fees = held.filter(kind__in=kinds), fees.filter(membership__kind__in=kinds)
    found = Organisation.objects.filter(Exists(held) | Exists(fees))
    if standings:
        found = found.filter(Exists(fees.filter(standing__in=standings)))
    if subregions:
        found = found.filter(municipality__subregion__in=subregions)
    return (found.search(query) if query else found).order_by("sort_key", "pk")


def rows_of(organisations, years, *, day=None):
    """Return the Rows of some organisations: two queries, however many there are."""
    fees = {}
    for fee in fees_of(years, day=day).filter(membership__organisation__in=organisations).select_related("membership"):
        # Of two memberships in a year, each with a fee, the one that is not settled is to be seen.
        key = fee.membership.organisation_id, fee.year
        if key not in fees or fees[key].standing in (Fee.Standing.PAID, Fee.Standing.FREE):
            fees[key] = fee
    spans = {}
    for membership in Membership.objects.active().filter(organisation__in=organisations):
        spans.setdefault(membership.organisation_id, []).append(membership)
    return [
        Row(one, [Cell(year, fees.get((one.pk, year)), any(_covers(span, year) for span in spans.get(one.pk, ()))) for year in years])
        for one in organisations
    ]


def _covers(membership, year):
    begins, ends = membership.since, membership.until
    return (begins is None or begins <= year.last_day) and (ends is None or ends >= year.first_day)


def foots_of(organisations, years, *, kinds=(), day=None):
    """Return the Foot of each year, over all of the organisations: one query."""
    fees = fees_of(years, day=day or timezone.localdate()).filter(membership__organisation__in=organisations.order_by())
    if kinds:
        fees = fees.filter(membership__kind__in=kinds)
    foots = {year: Foot(year) for year in years}
    for one in fees.order_by().values("year", "standing").annotate(total=Sum("amount"), number=Count("pk", filter=Q())):
        foots[one["year"]].amounts[one["standing"]] = one["total"]
        foots[one["year"]].numbers[one["standing"]] = one["number"]
    return list(foots.values())
