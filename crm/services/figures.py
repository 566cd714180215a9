"""Figures are counted, not typed: each has a definition, and the rows behind its value can be opened."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Contact, Fee, Holding, Licence, Organisation
from crm.years import OperatingYear

_figures = {}


@dataclass(frozen=True)
class Period:
    """An operating year, seen as of a day: what was entered or held later doesn't count."""

    year: OperatingYear
    as_of: datetime.date | None = None

    @property
    def day(self):
        """The day that "at the moment" means: the last day of the year, or the day it is seen from if that is earlier."""
        return min(self.year.last_day, self.as_of or timezone.localdate())


@dataclass(frozen=True)
class Figure:
    key: str
    label: Any
    definition: Any
    unit: Any
    rows: Callable[[Period], QuerySet]

    def value(self, period):
        return self.rows(period).count()


def figure(key, *, label, definition, unit):
    """Register a function of a period, returning the rows that are counted, as a figure."""

    def register(rows):
        _figures[key] = Figure(key, label, definition, unit, rows)
        return rows

    return register


def all_figures():
    return list(_figures.values())


def count_figures(period):
    """Return {key: value} of every figure."""
    return {entry.key: entry.value(period) for entry in all_figures()}


@figure(
    "contacts",
    label=_("Contact persons"),
    definition=_("Contacts who are not archived and hold a role at an active organisation on the last day."),
    unit=_("people"),
)
def contacts(period):
    return Contact.objects.in_role(period.day)


@figure(
    "contact_organisations",
    label=_("Organisations with contact persons"),
    definition=_("Active organisations where at least one active contact person holds a role on the last day."),
    unit=_("organisations"),
)
def contact_organisations(period):
    return Organisation.objects.with_contacts(period.day)


@figure(
    "paying_member_municipalities",
    label=_("Member municipalities that have paid"),
    definition=_("Municipalities with a membership in the year whose fee for it is paid."),
    unit=_("municipalities"),
)
def paying_member_municipalities(period):
    year = period.year
    paid = Fee.objects.paid().filter(year=year, membership__archived_at=None)
    if period.as_of:
        paid = paid.filter(paid_on__lte=period.as_of)
    return Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY, pk__in=paid.values("membership__organisation"))


@figure(
    "licence_users",
    label=_("Users of the survey tool"),
    definition=_("Contacts who hold a licence for a survey tool on the last day, each counted once."),
    unit=_("people"),
)
def licence_users(period):
    held = Holding.objects.on(period.day).filter(licence__kind=Licence.Kind.SURVEY, contact__isnull=False)
    return Contact.objects.filter(pk__in=held.order_by().values("contact"))
