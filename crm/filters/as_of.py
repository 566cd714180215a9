"""Any list can be asked as of a day: who held which role, who was a member, what was archived by then.

By the time in the data (from, until, archived), not by when something was typed. An unknown beginning counts as long ago.
"""

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.forms.dates import DateInput, DayField


class DayFilter(django_filters.DateFilter):
    """Narrows nothing down by itself: the other filters mean the day that it holds."""

    field_class = DayField

    def __init__(self, **kwargs):
        super().__init__(label=_("As of"), widget=DateInput(format="%Y-%m-%d", attrs={"placeholder": _("today")}), **kwargs)

    def filter(self, queryset, value):
        return queryset


class AsOfFilterSet(WagtailFilterSet):
    on = DayFilter()
    today = None  # another day to look from than today; unlike `on` it is no condition of its own

    @property
    def as_of(self):
        """The day that is asked for, or None: then everything is as it is today."""
        return self.form.cleaned_data.get("on") if self.is_valid() else None

    @property
    def given_day(self):
        return self.as_of or self.today

    @property
    def day(self):
        return self.given_day or timezone.localdate()
