import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.choices import RecordFilter
from crm.models import Contact, PlanItem
from crm.training import FocusArea
from crm.years import OperatingYear


def plan_years():
    """The operating years that have a plan, the newest first."""
    return list(PlanItem.objects.order_by("-year").values_list("year", flat=True).distinct())


class PlanItemFilterSet(WagtailFilterSet):
    year = django_filters.ChoiceFilter(
        label=_("Operating year"),
        choices=lambda: [(str(year), str(year)) for year in plan_years()],
        empty_label=_("All"),
        method="by_year",
        widget=forms.RadioSelect,
    )
    focus_area = django_filters.MultipleChoiceFilter(label=_("Focus area"), choices=FocusArea.choices, widget=forms.CheckboxSelectMultiple)
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=PlanItem.State, widget=forms.CheckboxSelectMultiple)
    overdue = django_filters.ChoiceFilter(
        label=_("Day passed"),
        choices=[("yes", _("Not done in time"))],
        empty_label=_("All"),
        method="by_overdue",
        widget=forms.RadioSelect,
    )
    responsible = RecordFilter(label=_("Responsible"), queryset=Contact.objects.all(), widget=forms.NumberInput)

    class Meta:
        model = PlanItem
        fields = []

    def by_year(self, queryset, name, value):
        return queryset.of_year(OperatingYear.parse(value))

    def by_overdue(self, queryset, name, value):
        return queryset.overdue(timezone.localdate())
