import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.days import OperatingYearFilter
from crm.models import Evidence, Indicator, Project


class IndicatorField(ModelChoiceField):
    """Each with its project: several promise mobilities."""

    def label_from_instance(self, indicator):
        return f"{indicator.project}: {indicator}"


class IndicatorFilter(django_filters.ModelChoiceFilter):
    field_class = IndicatorField


class EvidenceFilterSet(WagtailFilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all())
    indicator = IndicatorFilter(
        label=_("Indicator"), queryset=Indicator.objects.select_related("project").order_by("project__sort_key", "pk")
    )
    about = django_filters.ChoiceFilter(
        label=_("About"),
        choices=[("indicator", _("An indicator")), ("activity", _("An activity"))],
        empty_label=_("All"),
        method="by_about",
        widget=forms.RadioSelect,
    )
    year = OperatingYearFilter(field_name="day", queryset=Evidence.objects.all())

    class Meta:
        model = Evidence
        fields = []

    def by_about(self, queryset, name, value):
        return queryset.filter(**{f"{value}__isnull": False})
