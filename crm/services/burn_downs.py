"""The mobilities that a funder demands: how many are left to carry out, by any day, and where this pace leads.

The pace is what has been carried out a day since the project's first day, quiet beginnings included. It is a straight line on
purpose: anybody can follow it, and a late start shows.
"""

import datetime
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Indicator, Mobility
from crm.services.curves import Curve, Plot
from crm.services.indicators import forecast

DAYS_A_MONTH = 365.25 / 12


@dataclass
class BurnDown:
    """Where a project stands on a day with the mobilities that are demanded of it."""

    project: object
    day: datetime.date
    target: int
    needed: int
    carried_out: int
    by_day: list = field(default_factory=list)  # [(day, number)] of those carried out, the days rising
    planned: list = field(default_factory=list)  # the same for those to come
    overdue: int = 0  # planned, but their day has passed

    @property
    def left(self):
        return max(self.needed - self.carried_out, 0)

    @property
    def is_reached(self):
        return self.carried_out >= self.needed

    @property
    def has_period(self):
        return bool(self.project.since and self.project.until)

    @property
    def is_over(self):
        return bool(self.project.until) and self.day >= self.project.until

    @property
    def forecast(self):
        """How many it will be on the last day at this pace; None without a period, before the second day and when it is over."""
        return forecast(self.carried_out, self.project, self.day)

    @property
    def reached_on(self):
        """The day on which enough are carried out: the day it was, or will be at this pace; None when never."""
        if self.is_reached:
            return self._day_of(self.needed)
        if not self.carried_out or self.forecast is None:
            return None
        days = (self.day - self.project.since).days * self.needed / self.carried_out
        return self.project.since + datetime.timedelta(days=-int(-days // 1)) if days < 200 * 366 else None

    def _day_of(self, number):
        total = 0
        for day, more in self.by_day:
            total += more
            if total >= number:
                return day
        return None  # some of them have no day

    @property
    def planned_number(self):
        return sum(number for _day, number in self.planned) + self.overdue

    # In words

    @property
    def headline(self):
        """“184 of 229 needed; at this pace 121.”"""
        words = {"needed": self.needed, "target": self.target, "number": self.carried_out, "forecast": self.forecast}
        if self.is_reached:
            return _("%(needed)s of %(target)s needed, and that is reached: %(number)s are carried out.") % words
        if self.is_over:
            return _("%(needed)s of %(target)s needed; when the project ended it was %(number)s.") % words
        if not self.carried_out:
            return _("%(needed)s of %(target)s needed; none is carried out yet.") % words
        if self.forecast is None:
            return _("%(needed)s of %(target)s needed; %(number)s are carried out.") % words
        return _("%(needed)s of %(target)s needed; at this pace it will be %(forecast)s.") % words

    @property
    def sentences(self):
        """What the headline rests upon, and what would have to happen."""
        yield from self._pace_sentences()
        if self.planned_number and not self.is_over:
            words = {"number": self.planned_number, "sum": self.carried_out + self.planned_number}
            yield (
                ngettext(
                    "%(number)s more is planned, which makes %(sum)s.",
                    "%(number)s more are planned, which makes %(sum)s.",
                    self.planned_number,
                )
                % words
            )
        if self.overdue:
            yield ngettext(
                "The day of %(number)s that is planned has passed: has it taken place?",
                "The day of %(number)s that are planned has passed: have they taken place?",
                self.overdue,
            ) % {"number": self.overdue}

    def _pace_sentences(self):
        project, reached = self.project, self.reached_on
        if not self.has_period:
            yield _("Where it leads cannot be told before the project has a first and a last day.")
        elif self.day < project.since:
            yield _("The project begins on %(day)s.") % {"day": date_format(project.since)}
        elif self.is_reached:
            if reached:
                yield _("It was reached on %(day)s.") % {"day": date_format(reached)}
        elif self.is_over:
            yield ngettext("%(number)s was missing.", "%(number)s were missing.", self.left) % {"number": self.left}
        else:
            elapsed, remaining = (self.day - project.since).days, (project.until - self.day).days
            words = {"day": date_format(project.since), "pace": shown(self.carried_out / max(elapsed, 1))}
            if self.carried_out:
                yield _("The pace is what has been carried out since the first day, %(day)s: %(pace)s a month.") % words
            if reached:
                words = {"day": date_format(reached), "needed": self.needed, "until": date_format(project.until)}
                if reached <= project.until:
                    yield _("%(needed)s would be reached on %(day)s.") % words
                else:
                    yield _("%(needed)s would not be reached until %(day)s; the project ends on %(until)s.") % words
            words = {"pace": shown(self.left / remaining), "left": self.left}
            yield _("%(left)s are left, which takes %(pace)s a month from now on.") % words

    # Drawn

    @property
    def plot(self):
        """What is left to carry out, day by day; None for what nothing can be drawn of."""
        days = [day for day, _number in self.by_day]
        first = min([one for one in [self.project.since, *days[:1]] if one], default=None)
        last = min(self.day, max([self.project.until or self.day, *days[-1:]]))
        if first is None or first >= last:
            return None
        undated = self.carried_out - sum(number for _day, number in self.by_day)
        points, left = [(first, self.needed - undated)], self.needed - undated
        for day, number in self.by_day:
            points += [(day, left), (day, left - number)]
            left -= number
        curves = [Curve(_("Left to carry out"), [(day, max(number, 0)) for day, number in [*points, (last, left)]])]
        if self.has_period and self.project.since < self.project.until:
            curves.append(Curve(_("At an even pace"), [(self.project.since, self.needed), (self.project.until, 0)], "pace"))
        if self.forecast and not self.is_reached:
            curves.append(Curve(_("At this pace"), [(last, self.left), self._end_of_forecast()], "forecast"))
        if planned := [(day, number) for day, number in self.planned if not self.is_over]:
            points, left = [(last, self.left)], self.left
            for day, number in planned:
                points += [(day, left), (day, max(left - number, 0))]
                left = max(left - number, 0)
            curves.append(Curve(_("With those planned"), points, "planned"))
        return Plot(curves)

    def _end_of_forecast(self):
        """Where the line of this pace ends: on the day nothing is left, or on the project's last."""
        if self.reached_on and self.reached_on <= self.project.until:
            return self.reached_on, 0
        return self.project.until, max(self.needed - self.forecast, 0)

    @property
    def months(self):
        """Return [(first day of the month, carried out, left at its end)]."""
        numbers = {}
        for day, number in self.by_day:
            month = day.replace(day=1)
            numbers[month] = numbers.get(month, 0) + number
        left = self.needed - (self.carried_out - sum(numbers.values()))
        rows = []
        for month, number in numbers.items():
            left -= number
            rows.append((month, number, max(left, 0)))
        return rows


def shown(pace):
    return number_format(round(pace * DAYS_A_MONTH, 1), 1)


def burn_down(project, day):
    """Return the BurnDown of a project's mobilities on a day, or None where nobody demands any.

    What is demanded stands in the indicator that counts mobilities, or else it is all that the funder has granted.
    """
    indicator = project.indicators.filter(counted=Indicator.Counted.MOBILITIES).order_by("pk").first()
    target, needed = (indicator.target, indicator.needed) if indicator else (project.granted_places, project.granted_places)
    if not needed:
        return None
    mobilities = Mobility.objects.active().filter(project=project)
    carried_out, by_then = mobilities.carried_out(), mobilities.carried_out().exclude(since__gt=day)
    to_come = carried_out.filter(since__gt=day) | mobilities.filter(state=Mobility.State.PLANNED, since__gt=day)
    overdue = mobilities.filter(state=Mobility.State.PLANNED, since__lte=day)

    def count(found):
        return list(found.exclude(since=None).order_by("since").values_list("since").annotate(number=Count("pk")))

    return BurnDown(project, day, target, needed, by_then.count(), by_day=count(by_then), planned=count(to_come), overdue=overdue.count())
