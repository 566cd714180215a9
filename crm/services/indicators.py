"""What a project has reached of what it has promised, and how far it will come at this pace."""

from dataclasses import dataclass

from crm.models import Activity, Indicator, Mobility, Participation, Partner

_KINDS = {
    Indicator.Counted.VISITS: Activity.Kind.VISIT,
    Indicator.Counted.MEETINGS: Activity.Kind.MEETING,
    Indicator.Counted.JOB_SHADOWINGS: Activity.Kind.JOB_SHADOWING,
}


@dataclass
class Standing:
    """Where an indicator stands on a day."""

    indicator: Indicator
    value: int
    forecast: int | None = None  # what it will be on the project's last day

    @property
    def percent(self):
        return 100 * self.value // self.indicator.target

    @property
    def is_reached(self):
        return self.value >= self.indicator.needed

    @property
    def falls_short(self):
        return not self.is_reached and self.forecast is not None and self.forecast < self.indicator.needed


def standings(project, day):
    """Return the Standings of a project's indicators on a day, with one query for each thing that is counted."""
    indicators = list(project.indicators.all())
    counts = {counted: _count(project, counted, day) for counted in {one.counted for one in indicators}}
    return [_standing(one, counts[one.counted], project, day) for one in indicators]


def _standing(indicator, counted, project, day):
    if indicator.counted == Indicator.Counted.BY_HAND:
        return Standing(indicator, indicator.value or 0)
    ahead = None if indicator.counted == Indicator.Counted.PARTNERS else forecast(counted, project, day)
    return Standing(indicator, counted, ahead)


def forecast(value, project, day):
    """Return what a number will be on the project's last day if it grows as it has since the first; None when there is no pace."""
    if not project.since or not project.until or not project.since < day < project.until:
        return None
    return round(value * (project.until - project.since).days / (day - project.since).days)


def _count(project, counted, day):
    if counted == Indicator.Counted.BY_HAND:
        return None
    if counted == Indicator.Counted.PARTNERS:
        partners = Partner.objects.in_projects_on(day).filter(project=project).order_by()
        return partners.values("organisation").distinct().count()
    if counted == Indicator.Counted.MOBILITIES:
        carried_out = Mobility.objects.active().carried_out().filter(project=project)
        return carried_out.exclude(since__gt=day).count()
    activities = Activity.objects.active().filter(project=project, day__lte=day)
    if counted == Indicator.Counted.PARTICIPANTS:
        attended = Participation.objects.filter(activity__in=activities, how=Participation.How.ATTENDED).exclude(contact=None)
        return attended.order_by().values("contact").distinct().count()
    return (activities.filter(kind=_KINDS[counted]) if counted in _KINDS else activities).count()
