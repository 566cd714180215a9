"""Periods as the address of a list names them: `last_90_days`, `operating_year_-1`, `this_month`, `2018-01-01..2018-03-31`.

A relative one means something else tomorrow, in a saved filter too. The words are read the same in every language.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from crm.forms.dates import DayField
from crm.years import OperatingYear

PRESETS = {
    "last_30_days": gettext_lazy("The last 30 days"),
    "last_90_days": gettext_lazy("The last 90 days"),
    "last_365_days": gettext_lazy("The last 365 days"),
    "this_month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "operating_year_0": gettext_lazy("This operating year"),
    "operating_year_-1": gettext_lazy("Last operating year"),
}
MOST_DAYS = 36500  # a century
_DAYS = re.compile(r"last_(\d{1,5})_days?", re.ASCII)
_OPERATING_YEAR = re.compile(r"operating_year_(-?\d{1,2})", re.ASCII)
_BETWEEN = re.compile(r"\s*\.\.\s*|\s+[–-]\s+|\s*–\s*")
INVALID = gettext_lazy("“%(value)s” is not a period. Write the days as 2018-01-01..2018-03-31, or an operating year as 2017/2018.")


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included, seen from a day; None where it is open."""

    key: str  # as in the address
    words: str
    seen_from: Callable

    def __str__(self):
        return self.words

    @classmethod
    def parse(cls, text):
        """Read what stands in the address; raise ValidationError for anything else."""
        text = text.strip()
        found = _relative(text) or _operating_year(text) or _from_to(text)
        if found is None:
            raise ValidationError(INVALID, code="invalid", params={"value": text})
        return found

    def days(self, day):
        """A condition's values for a field that holds a day: {"gte": first, "lte": last}, without those that are open."""
        first, last = self.seen_from(day)
        return {lookup: value for lookup, value in (("gte", first), ("lte", last)) if value is not None}

    def moments(self, day):
        """The same for a field that holds a moment."""
        first, last = self.seen_from(day)
        bounds = ("gte", first), ("lt", last and last + datetime.timedelta(days=1))
        return {lookup: _midnight(value) for lookup, value in bounds if value is not None}


def conditions(field, bounds):
    """Return the keyword arguments of filter() for what Period.days and Period.moments give."""
    return {f"{field}__{lookup}": value for lookup, value in bounds.items()}


def _midnight(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _relative(text):
    if text in ("this_month", "last_month"):
        return Period(text, str(PRESETS[text]), _this_month if text == "this_month" else _last_month)
    if found := _DAYS.fullmatch(text):
        return _last_days(text, int(found[1]))
    if found := _OPERATING_YEAR.fullmatch(text):
        offset = int(found[1])
        text = f"operating_year_{offset}"
        return Period(text, _years_away(text, offset), lambda day: _bounds(OperatingYear(OperatingYear.of(day).start + offset)))
    return None


def _last_days(text, number):
    if not 0 < number <= MOST_DAYS:
        return None
    words = PRESETS.get(text) or ngettext("The last day", "The last %(number)s days", number) % {"number": number}
    # The last 90 days are 90 days, today included.
    return Period(text, str(words), lambda day: (day - datetime.timedelta(days=number - 1), day))


def _years_away(text, offset):
    if text in PRESETS:
        return str(PRESETS[text])
    if offset < 0:
        return ngettext("%(number)s operating year ago", "%(number)s operating years ago", -offset) % {"number": -offset}
    return ngettext("In %(number)s operating year", "In %(number)s operating years", offset) % {"number": offset}


def _bounds(year):
    return year.first_day, year.last_day


def _this_month(day):
    first = day.replace(day=1)
    return first, (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


def _last_month(day):
    last = day.replace(day=1) - datetime.timedelta(days=1)
    return last.replace(day=1), last


def _operating_year(text):
    try:
        year = OperatingYear.parse(text)
    except ValueError:
        return None
    return Period(str(year), gettext("Operating year %(year)s") % {"year": year}, lambda day: _bounds(year))


def _from_to(text):
    parts = _BETWEEN.split(text)
    if len(parts) > 2 or not any(parts):
        return None
    try:
        first, last = [DayField(required=False).clean(part) for part in (parts if len(parts) == 2 else parts * 2)]
    except ValidationError:
        return None
    if first and last and last < first:
        raise ValidationError(gettext_lazy("The last day of the period is before its first."), code="invalid")
    return Period(f"{first or ''}..{last or ''}", _from_to_words(first, last), lambda day: (first, last))


def _from_to_words(first, last):
    words = {"first": first and date_format(first, "SHORT_DATE_FORMAT"), "last": last and date_format(last, "SHORT_DATE_FORMAT")}
    if not last:
        return gettext("From %(first)s") % words
    if not first:
        return gettext("Until %(last)s") % words
    return gettext("%(first)s – %(last)s") % words if first != last else words["first"]
