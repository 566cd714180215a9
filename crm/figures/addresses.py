"""A figure of a period in one short value of an address: company_visits@2017/2018, contacts@2017/2018@2018-01-01@project:3."""

import datetime

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.figures.periods import Period
from crm.figures.registry import Figure, figure_of
from crm.figures.scopes import WHOLE, Scope
from crm.years import parse_operating_year

_UNKNOWN = _("“%(value)s” is not a figure.")


class Asked:
    """A figure of a period, as a condition of a list."""

    def __init__(self, figure: Figure, period: Period):
        self.figure, self.period = figure, period

    def __str__(self):
        return ", ".join([str(self.figure.label), *period_in_words(self.period)])

    @property
    def address(self):
        return address_of(self.figure.key, self.period)

    @property
    def rows(self):
        return self.figure.rows(self.period)


def address_of(key, period):
    parts = [key, str(period.year), period.as_of.isoformat() if period.as_of else "", str(period.scope)]
    return "@".join(part for part in parts if part)


def period_in_words(period):
    yield str(period.year)
    if period.scope.kind:
        yield period.scope.name
    if period.as_of:
        yield str(_("as of %(day)s") % {"day": date_format(period.as_of, "SHORT_DATE_FORMAT")})


def parse_address(text):
    """Return what is Asked; raise ValidationError for what is none."""
    key, *parts = text.split("@")
    figure = figure_of(key)
    if figure is None or not 1 <= len(parts) <= 3:
        raise ValidationError(_UNKNOWN, code="invalid", params={"value": text})
    year, as_of, scope = parse_operating_year(parts[0]), None, WHOLE
    for part in parts[1:]:
        if ":" in part:
            scope = Scope.parse(part)
        else:
            as_of = _day(part)
    if not figure.can_be_asked_of(scope):
        raise ValidationError(_UNKNOWN, code="invalid", params={"value": text})
    return Asked(figure, Period(year, as_of, scope))


def _day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValidationError(_UNKNOWN, code="invalid", params={"value": text}) from None
