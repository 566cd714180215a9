"""Any list can be asked as of a day: who held which role, who was a member, what was archived by then.

By the time in the data (from, until, archived), not by when something was typed. An unknown beginning counts as long ago.
"""

import datetime

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import AdminDateInput

FIRST_YEAR, LAST_YEAR = 1900, 2100


class DayField(forms.DateField):
    """A day of a filter's address. It is read the same in every language: a saved filter must not change its meaning."""

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "input_formats": ["%Y-%m-%d"]})
        self.error_messages["invalid"] = _("This is not a date. Write it as 2017-08-15.")

    def to_python(self, value):
        day = super().to_python(value)
        if isinstance(day, datetime.date) and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class DayFilter(django_filters.DateFilter):
    """Narrows nothing down by itself: the other filters mean the day that it holds."""

    field_class = DayField

    def __init__(self, **kwargs):
        super().__init__(label=_("As of"), widget=AdminDateInput(format="%Y-%m-%d", attrs={"placeholder": _("today")}), **kwargs)

    def filter(self, queryset, value):
        return queryset


class AsOfFilterSet(WagtailFilterSet):
    on = DayFilter()

    @property
    def as_of(self):
        """The day that is asked for, or None: then everything is as it is today."""
        return self.form.cleaned_data.get("on") if self.is_valid() else None

    @property
    def day(self):
        return self.as_of or timezone.localdate()
