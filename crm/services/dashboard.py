"""What an office looks at first in the morning: figures of today, each with the rows behind it."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from crm.ages import AGES, is_of_age, months_before
from crm.models import Activity, Fee, Membership
from crm.services.ages import confirmed_field
from crm.services.tidying import confirmable


@dataclass(frozen=True)
class FeeStanding:
    """Where the members of one operating year stand with its fee; `outstanding` in SEK."""

    year: object
    paid: int
    open: int
    overdue: int
    outstanding: object


def fee_standing(day):
    """Return the FeeStanding of the newest year that has fees and has begun, or None."""
    fees = Fee.objects.filter(membership__archived_at=None).begun_by(day)
    year = fees.order_by("-year").values_list("year", flat=True).first()
    if year is None:
        return None
    not_paid = Q(paid_on=None) | Q(paid_on__gt=day)
    unpaid = not_paid & Q(amount__gt=0)
    found = fees.filter(year=year).aggregate(
        paid=Count("pk", filter=~not_paid),
        overdue=Count("pk", filter=unpaid & Q(due_on__lt=day)),
        open=Count("pk", filter=unpaid),
        outstanding=Sum("amount", filter=unpaid),
    )
    found["open"] -= found["overdue"]
    return FeeStanding(year, **{**found, "outstanding": found["outstanding"] or 0})


def next_meetings(day):
    """Activities from a day on, the soonest first."""
    return Activity.objects.active().not_cancelled().filter(day__gte=day).order_by("day", "starts_at", "pk")


def activities_by_month(day, months=12):
    """Return [(first day of the month, number of activities)] of the last months up to a day, those without any included."""
    first = months_before(day.replace(day=1), months - 1)
    met = Activity.objects.active().not_cancelled().filter(day__gte=first, day__lte=day).exclude(kind=Activity.Kind.NOTE)
    found = dict(met.annotate(month=TruncMonth("day")).values_list("month").annotate(number=Count("pk")).order_by("month"))
    return [(month, found.get(month, 0)) for month in (months_before(day.replace(day=1), months - 1 - n) for n in range(months))]


def number_of_members(day):
    return Membership.objects.held_on(day).filter(organisation__archived_at=None).values("organisation").distinct().count()


@dataclass(frozen=True)
class Ages:
    """How many roles, addresses and numbers were confirmed within a year, within two, before that, or never."""

    fresh: int
    ageing: int
    stale: int
    never: int

    @property
    def total(self):
        return self.fresh + self.ageing + self.stale + self.never


def data_ages(day, kinds):
    """Count what holds and is used today by when somebody last said that it is right."""
    counted = [_ages(rows, day) for rows in confirmable(day, kinds).values()]
    return Ages(**{age: sum(one[age] for one in counted) for age in AGES})


def _ages(rows, day):
    field = confirmed_field(rows.model)
    return rows.order_by().aggregate(**{age: Count("pk", filter=is_of_age(field, age, day)) for age in AGES})
