"""Whom we have met, and whom we have not met for long."""

from django.utils.translation import gettext_lazy as _

from crm.filters.as_of import AsOfFilterSet
from crm.filters.periods import PeriodFilter
from crm.models import Activity, Participation
from crm.periods import conditions


class MetFilterSet(AsOfFilterSet):
    """For what takes part in activities. A note is no meeting, nor is what one was invited to or stayed away from."""

    met = PeriodFilter(label=_("Met"), method="by_met")
    not_met = PeriodFilter(label=_("Not met"), method="by_not_met")

    def meetings(self, period):
        """Who took part in what, within a period; what is still to come has not happened."""
        held = Participation.objects.filter(how=Participation.How.ATTENDED, activity__archived_at=None, activity__cancelled_on=None)
        held = held.filter(activity__day__lte=self.day).filter(**conditions("activity__day", period.days(self.day)))
        return held.exclude(activity__kind=Activity.Kind.NOTE).order_by()

    def by_met(self, queryset, name, period):
        return self.met_in(queryset, self.meetings(period)) if period else queryset

    def by_not_met(self, queryset, name, period):
        return self.not_met_in(queryset, self.meetings(period)) if period else queryset

    def met_in(self, queryset, meetings):
        raise NotImplementedError

    def not_met_in(self, queryset, meetings):
        raise NotImplementedError
