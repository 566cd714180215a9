import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.days import OperatingYearFilter
from crm.models import Evidence, Indicator, Project


class EvidenceFilterSet(WagtailFilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all())
    indicator = django_filters.ModelChoiceFilter(label=_("Indicator"), queryset=Indicator.objects.order_by("name", "pk"))
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
