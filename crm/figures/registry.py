from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.figures.periods import Period
from crm.years import OperatingYear

PERCENT = "%"
SUBJECTS = {
    "people": _("People and organisations"),
    "membership": _("Membership and licences"),
    "meetings": _("Meetings and conferences"),
    "companies": _("Companies and courses"),
    "projects": _("Projects and exchange"),
}

_figures = {}
_families = []


@dataclass(frozen=True)
class Places:
    """Where the rows of a figure are: pairs of something that lies in a municipality, and a row or what is counted of it."""

    pairs: QuerySet
    municipality: str  # the path from a pair to its municipality
    counted: str = "pk"  # the path from a pair to what is counted


@dataclass(frozen=True)
class Figure:
    key: str
    label: Any
    definition: Any
    unit: Any
    subject: str
    rows_of_all: Callable[[Period], QuerySet]
    measure: Callable[[QuerySet], int] | None = None
    places: Callable[[QuerySet, Period], Places] | None = None
    depends_on: tuple = ()  # [(model, path to a row)] of what is no part of the rows, but decides whether they count
    project: Any = None  # the path from a row to its project, or a function (rows, project's number) → rows

    @property
    def is_percent(self):
        return self.unit == PERCENT

    @cached_property
    def model(self):
        return self.rows_of_all(Period(OperatingYear.current())).model

    def can_be_asked_of(self, scope):
        return not scope.kind or bool(self.places if scope.is_area else self.project)

    def rows(self, period):
        """The rows that are counted. Raises LookupError for a scope that the figure cannot be asked of."""
        rows, scope = self.rows_of_all(period), period.scope
        if not scope.kind:
            return rows
        if not self.can_be_asked_of(scope):
            raise LookupError(self.key)
        if not scope.is_area:
            return self.project(rows, period) if callable(self.project) else rows.filter(**{self.project: scope.key})
        found = self.places(rows, period)
        return rows.filter(pk__in=found.pairs.filter(scope.at(found.municipality)).order_by().values(found.counted))

    def value(self, period):
        """A number, or None when it cannot be asked of the period's scope or there is nothing to take a share of."""
        if not self.can_be_asked_of(period.scope):
            return None
        rows = self.rows(period)
        return self.measure(rows) if self.measure else rows.order_by().count()

    def by_area(self, period, kind="municipality"):
        """Return {code of the municipality, or name of the sub-region: number of rows}, with one query.

        A row that belongs to two of them is counted in both, so that the sum may be larger than the figure.
        """
        if self.places is None or self.measure:
            return {}
        rows = self.rows(period)
        found = self.places(rows, period)
        path = f"{found.municipality}__{'code' if kind == 'municipality' else 'subregion'}"
        pairs = found.pairs.order_by().exclude(**{path: None})
        if found.counted != "pk":
            pairs = pairs.filter(**{f"{found.counted}__in": rows.order_by().values("pk")})
        return dict(pairs.values_list(path).annotate(number=Count(found.counted, distinct=True)).order_by(path))


def figure(key, *, label, definition, unit, subject, **options):
    """Register a function of a period, returning the rows that are counted for the whole association, as a figure."""

    def register(rows_of_all):
        _figures[key] = Figure(key, label, definition, unit, subject, rows_of_all, **options)
        return rows_of_all

    return register


def family(function):
    """Register a function that returns figures which depend on what the register holds, those of each project for example."""
    _families.append(function)
    return function


def all_figures():
    """In the order of their subjects."""
    found = [*_figures.values(), *(one for function in _families for one in function())]
    return sorted(found, key=lambda one: list(SUBJECTS).index(one.subject))


def figure_of(key):
    """Return the figure that a key names, or None."""
    return _figures.get(key) or next((one for one in all_figures() if one.key == key), None)


def figures_by_subject():
    """Return [(heading, figures)]."""
    figures = all_figures()
    grouped = [(label, [one for one in figures if one.subject == key]) for key, label in SUBJECTS.items()]
    return [(label, group) for label, group in grouped if group]


def count_figures(period):
    """Return {key: value} of every figure."""
    return {entry.key: entry.value(period) for entry in all_figures()}
