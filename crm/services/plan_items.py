"""The activity plan of an operating year, by focus area: why, what, how, how far it has come, and what was done for it."""

from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import ChangeSet, PlanItem, PlanLink
from crm.services.ledger import change_set
from crm.training import FocusArea
from crm.years import OperatingYear


@dataclass
class Reason:
    """The items of a focus area that are done for the same reason, one after the other."""

    why: str
    items: list


@dataclass
class AreaPlan:
    area: FocusArea
    reasons: list = field(default_factory=list)

    @property
    def items(self):
        return [item for reason in self.reasons for item in reason.items]


@dataclass
class YearPlan:
    year: OperatingYear
    areas: list
    today: object

    @property
    def items(self):
        return [item for area in self.areas for item in area.items]

    @property
    def states(self):
        """[(state, label, number)] of all states, for the sentence on top."""
        numbers = {state: sum(item.state == state for item in self.items) for state in PlanItem.State.values}
        return [(state, label, numbers[state]) for state, label in PlanItem.State.choices]

    @property
    def overdue(self):
        return [item for item in self.items if is_overdue(item, self.today)]


def is_overdue(item, today):
    return item.state in PlanItem.OPEN and item.target_day is not None and item.target_day < today


def plan_of(year, today):
    """Return the YearPlan, in a fixed number of queries. Archived activities and projects fulfil nothing."""
    links = PlanLink.objects.filter(activity__archived_at=None, project__archived_at=None).select_related("activity", "project")
    links = links.order_by("activity__day", "project__sort_key", "pk")
    items = PlanItem.objects.of_year(year).select_related("responsible").prefetch_related(Prefetch("links", links, to_attr="fulfilled_by"))
    by_area = {
        area: list(of_area) for area, of_area in groupby(items.order_by("focus_area", "position", "pk"), lambda item: item.focus_area)
    }
    areas = []
    for area in FocusArea:
        reasons = [Reason(why, list(several)) for why, several in groupby(by_area.get(area, []), lambda item: item.why.strip())]
        areas.append(AreaPlan(area, reasons))
    for item in (one for area in areas for one in area.items):
        item.is_overdue = is_overdue(item, today)
        item.activities_held = _activities_by(item, today)
    return YearPlan(year, areas, today)


def _activities_by(item, today):
    """How many of its activities have taken place by a day."""
    return sum(link.activity_id is not None and link.activity.day <= today for link in item.fulfilled_by)


def copy_plan(source, target, *, acting_user, with_done=False):
    """Begin a year's plan with what another year has left open, as not begun; return the new items.

    What stands in the year's plan already is not copied once more, so that doing it again does no harm. Days go along as many
    years as lie between. Raises RegisterError where there is nothing to copy.
    """
    items = PlanItem.objects.of_year(source).order_by("focus_area", "position", "pk")
    if not with_done:
        items = items.exclude(state__in=[PlanItem.State.DONE, PlanItem.State.DROPPED])
    there = set(PlanItem.objects.of_year(target).values_list("focus_area", "what"))
    new = [item for item in items if (item.focus_area, item.what) not in there]
    if not new:
        raise RegisterError(_("There is nothing in the plan of %(year)s that is not in this one already.") % {"year": source})
    years = target.start - source.start
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        return [_copied(item, target, years) for item in new]


def _copied(item, year, years):
    kept = {name: getattr(item, name) for name in ("focus_area", "what", "why", "how", "responsible_id", "position")}
    return PlanItem.objects.create(year=year, target_day=_later(item.target_day, years), **kept)


def _later(day, years):
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def set_state(item, state, *, acting_user):
    """Say how far something has come. Saying the same once more changes nothing."""
    if item.state != state:
        with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
            item.state = state
            item.save(update_fields=["state"])
    return item


def next_position(year, focus_area):
    """The place after the last one of a focus area."""
    last = PlanItem.objects.of_year(year).filter(focus_area=focus_area).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
