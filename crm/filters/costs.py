import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.days import DayRangeFilter, OperatingYearFilter
from crm.filters.figures import FigureFilter
from crm.models import Cost, Project


class CostFilterSet(WagtailFilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all())
    reported = django_filters.ChoiceFilter(
        label=_("Reported to the funder"),
        choices=[("yes", _("Reported")), ("no", _("Not yet"))],
        empty_label=_("All"),
        method="by_reported",
        widget=forms.RadioSelect,
    )
    evidence = django_filters.ChoiceFilter(
        label=_("Evidence"),
        choices=[("yes", _("With a document")), ("no", _("Without one"))],
        empty_label=_("All"),
        method="by_evidence",
        widget=forms.RadioSelect,
    )
    day = DayRangeFilter(label=_("Day"))
    year = OperatingYearFilter(field_name="day", queryset=Cost.objects.all())
    figure = FigureFilter()

    class Meta:
        model = Cost
        fields = []

    def by_reported(self, queryset, name, value):
        return queryset.filter(reported_on__isnull=value == "no")

    def by_evidence(self, queryset, name, value):
        return queryset.filter(document__isnull=value == "no")
