"""Narrowing down by the day something happened: from, to, or an operating year."""

import django_filters
from django import forms
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from crm.filters.choices import operating_year_choices
from crm.forms.dates import DayRangeField, DayRangeWidget
from crm.years import OperatingYear


class DayRangeFilter(django_filters.DateFromToRangeFilter):
    field_class = DayRangeField

    def __init__(self, **kwargs):
        super().__init__(**{"widget": DayRangeWidget, **kwargs})


class OperatingYearFilter(django_filters.ChoiceFilter):
    """The operating years in which anything happened, newest first."""

    def __init__(self, *, field_name, queryset, **kwargs):
        def choices():
            ends = queryset.order_by().aggregate(first=Min(field_name), last=Max(field_name))
            return operating_year_choices([day for day in ends.values() if day])

        super().__init__(
            label=_("Operating year"), field_name=field_name, choices=choices, empty_label=_("All"), widget=forms.RadioSelect, **kwargs
        )

    def filter(self, queryset, value):
        if not value:
            return queryset
        year = OperatingYear.parse(value)
        return queryset.filter(**{f"{self.field_name}__range": (year.first_day, year.last_day)})
