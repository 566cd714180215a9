"""Fields and choices that several filters share."""

import django_filters
from django.core.exceptions import ValidationError

from crm.models import Fee, MergedRecord, Municipality
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


class RecordField(django_filters.fields.ModelChoiceField):
    def to_python(self, value):
        """A number that has become part of another record means that one: in segments, views and bookmarks from before."""
        try:
            return super().to_python(value)
        except ValidationError:
            number = str(value)
            known = [int(number)] if number.isdecimal() and len(number) < 19 else []
            survivors = MergedRecord.objects.survivors(self.queryset.model, known)
            if not survivors:
                raise
            return super().to_python(survivors[int(number)])


class RecordFilter(django_filters.ModelChoiceFilter):
    """One contact or organisation."""

    field_class = RecordField
