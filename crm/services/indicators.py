"""What a project has reached of what it has promised, and how far it will come at this pace."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from crm.models import Activity, Evidence, Indicator, Mobility, Participation, Partner
from crm.services.curves import Curve, Level, Plot

_KINDS = {
    Indicator.Counted.VISITS: Activity.Kind.VISIT,
    Indicator.Counted.MEETINGS: Activity.Kind.MEETING,
    Indicator.Counted.JOB_SHADOWINGS: Activity.Kind.JOB_SHADOWING,
    Indicator.Counted.LECTURES: Activity.Kind.LECTURE,
    Indicator.Counted.CONFERENCES: Activity.Kind.CONFERENCE,
    Indicator.Counted.HOSTINGS: Activity.Kind.HOSTING,
}


@dataclass
class Standing:
    """Where an indicator stands on a day."""

    indicator: Indicator
    value: int
    forecast: int | None = None  # what it will be on the project's last day
    evidence: list = field(default_factory=list)  # the newest first

    @property
    def readings(self):
        """The values by day of what nothing counts, the newest first."""
        return [one for one in self.evidence if one.value is not None]

    @property
    def activity_kind(self):
        """The kind of activity that is counted, "" for all kinds, None for what is no activity."""
        counted = self.indicator.counted
        everything = counted in (Indicator.Counted.ACTIVITIES, Indicator.Counted.PARTICIPANTS)
        return _KINDS.get(counted, "" if everything else None)

    @property
    def plot(self):
        """The Plot of the values by day, of which there have to be two."""
        if len(self.readings) < 2:
            return None
        points = [(one.day, one.value) for one in reversed(self.readings)]
        return Plot([Curve(self.indicator.name, points)], [Level(_("Target"), self.indicator.target)])

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
    evidence = {}
    for one in Evidence.objects.by(day).filter(indicator__in=indicators).select_related("document", "added_by").newest_first():
        evidence.setdefault(one.indicator_id, []).append(one)
    return [_standing(one, counts[one.counted], evidence.get(one.pk, []), project, day) for one in indicators]


def _standing(indicator, counted, evidence, project, day):
    if indicator.counted == Indicator.Counted.BY_HAND:
        value = next((one.value for one in evidence if one.value is not None), None)
        if value is None:
            return Standing(indicator, indicator.value or 0, evidence=evidence)
        return Standing(indicator, value, forecast(value, project, day), evidence)
    ahead = None if indicator.counted == Indicator.Counted.PARTNERS else forecast(counted, project, day)
    return Standing(indicator, counted, ahead, evidence)


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
    activities = Activity.objects.active().not_cancelled().filter(project=project, day__lte=day)
    if counted == Indicator.Counted.PARTICIPANTS:
        attended = Participation.objects.filter(activity__in=activities, how=Participation.How.ATTENDED).exclude(contact=None)
        return attended.order_by().values("contact").distinct().count()
    return (activities.filter(kind=_KINDS[counted]) if counted in _KINDS else activities).count()
