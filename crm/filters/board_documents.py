import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.choices import operating_year_choices
from crm.models import BoardDocument
from crm.years import OperatingYear


def year_choices():
    return operating_year_choices(list(BoardDocument.objects.order_by().values_list("day", flat=True)))


class BoardDocumentFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=BoardDocument.Kind, widget=forms.CheckboxSelectMultiple)
    year = django_filters.ChoiceFilter(
        label=_("Operating year"), choices=year_choices, empty_label=_("All"), method="by_year", widget=forms.RadioSelect
    )

    class Meta:
        model = BoardDocument
        fields = []

    def by_year(self, queryset, name, value):
        year = OperatingYear.parse(value)
        return queryset.filter(day__gte=year.first_day, day__lte=year.last_day)
