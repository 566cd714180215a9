import datetime
from dataclasses import dataclass

from django.utils import timezone

from crm.figures.scopes import WHOLE, Scope
from crm.years import OperatingYear


@dataclass(frozen=True)
class Period:
    """An operating year, of the whole association or a part of it, seen as of a day: what was held later doesn't count."""

    year: OperatingYear
    as_of: datetime.date | None = None
    scope: Scope = WHOLE

    @property
    def day(self):
        """The day that "at the moment" means: the last day of the year, or the day it is seen from if that is earlier."""
        return min(self.year.last_day, self.as_of or timezone.localdate())

    @property
    def days(self):
        """The first and the last day that count. Before the year has begun there are none."""
        return self.year.first_day, self.day
