"""How old what we know of somebody is: when somebody last said that an address, a number or a role is right."""

import datetime

from django.db.models import DateField, Min, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Least, NullIf
from django.utils import timezone

from crm.models import Affiliation, ContactPoint

NEVER, NOTHING = datetime.date.min, datetime.date.max  # in a list that is sorted by age: never confirmed, and nothing to confirm


def confirmed_field(model):
    """What the day is called on which somebody has confirmed a record."""
    return "verified_at" if model is ContactPoint else "confirmed_at"


def confirmed_on(record):
    """Return the day on which somebody last said that a role, an address or a number is right, or None."""
    return getattr(record, confirmed_field(type(record)))


def oldest_confirmation(day):
    """Return an expression for contacts: when the oldest of their roles on a day and their addresses and numbers was confirmed.

    It is NEVER where one of them never was, so that those come first, and null where there is nothing to confirm.
    """
    day = day or timezone.localdate()
    roles = Affiliation.objects.on(day).at_active_organisations(day)
    points = ContactPoint.objects.filter(status=ContactPoint.Status.WORKS)
    return NullIf(Least(_oldest_of(roles), _oldest_of(points)), _date(NOTHING))


def _oldest_of(rows):
    confirmed = Coalesce(confirmed_field(rows.model), _date(NEVER))
    oldest = rows.filter(contact=OuterRef("pk")).order_by().values("contact").annotate(oldest=Min(confirmed)).values("oldest")
    return Coalesce(Subquery(oldest), _date(NOTHING))


def _date(day):
    return Value(day, output_field=DateField())
