"""Fields and choices that several filters share."""

import django_filters
from django.core.exceptions import ValidationError

from crm.models import Fee, Municipality
from crm.years import OperatingYear


def subregion_choices():
    names = Municipality.objects.exclude(subregion="").order_by("subregion").values_list("subregion", flat=True).distinct()
    return [(name, name) for name in names]


def fee_year_choices():
    years = Fee.objects.order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


def operating_year_choices(days):
    """The operating years from the first of some days to the last, the newest first."""
    if not days:
        return []
    first, last = OperatingYear.of(min(days)), OperatingYear.of(max(days))
    return [(str(year), str(year)) for year in map(OperatingYear, range(last.start, first.start - 1, -1))]


class RecordsField(django_filters.fields.ModelMultipleChoiceField):
    def _check_values(self, value):
        try:
            return super()._check_values(value)
        except OverflowError:  # SQLite: a number in the address that no key can be
            raise ValidationError(self.error_messages["invalid_choice"], params={"value": value}) from None


class RecordsFilter(django_filters.ModelMultipleChoiceFilter):
    """Any of several records."""

    field_class = RecordsField
