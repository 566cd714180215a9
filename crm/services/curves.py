"""Numbers over time, as a plot draws them and as words tell them to whoever does not see it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _


def cumulated(first, steps, last):
    """Return the points of a sum that begins with nothing on a day and grows by [(day, number)], up to a last day."""
    points, total = [(first, 0)], 0
    for day, number in steps:
        points += [(day, total), (day, total + number)]
        total += number
    return [*points, (last, total)]


@dataclass
class Curve:
    """`tone` names a class of static/css/admin/record.css."""

    label: str
    points: list  # (day, number), the days rising
    tone: str = "actual"


@dataclass
class Level:
    """A number to compare with that is the same on all days."""

    label: str
    number: object
    tone: str = "level"


@dataclass
class Plot:
    curves: list
    levels: list = field(default_factory=list)
    shown: Callable = str  # how a number is written
    day: object = None  # that is marked

    @cached_property
    def days(self):
        return sorted(day for curve in self.curves for day, _number in curve.points)

    @property
    def first(self):
        return self.days[0]

    @property
    def last(self):
        return self.days[-1]

    @cached_property
    def numbers(self):
        return [*(number for curve in self.curves for _day, number in curve.points), *(level.number for level in self.levels)]

    @property
    def top(self):
        return max(self.numbers)

    @property
    def bottom(self):
        return min(0, *self.numbers)

    @property
    def words(self):
        """What the plot shows, curve by curve."""
        told = [_("%(label)s: %(number)s") % {"label": level.label, "number": self.shown(level.number)} for level in self.levels]
        for curve in self.curves:
            (first, began), (last, ended) = curve.points[0], curve.points[-1]
            words = {"label": curve.label, "first": date_format(first), "last": date_format(last)}
            words |= {"began": self.shown(began), "ended": self.shown(ended)}
            told.append(_("%(label)s: from %(began)s on %(first)s to %(ended)s on %(last)s") % words)
        return ". ".join(told) + "."
