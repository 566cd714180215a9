"""The operating year (verksamhetsår): 1 July – 30 June, written 2017/2018."""

import datetime
import re
from dataclasses import dataclass
from functools import total_ordering

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_WRITTEN = re.compile(r"^\s*((?:19|20)\d{2})\s*[/–-]\s*(\d{4}|\d{2})\s*$", re.ASCII)


@total_ordering
@dataclass(frozen=True)
class OperatingYear:
    """The year that begins on 1 July of `start`."""

    start: int

    @classmethod
    def parse(cls, text):
        """Read "2017/2018", "2017-18" or "2017–2018"; raise ValueError for anything else."""
        match = _WRITTEN.match(str(text))
        if match is None:
            raise ValueError(text)
        start, end = match.groups()
        if int(start[: 4 - len(end)] + end) != int(start) + 1:
            raise ValueError(text)
        return cls(int(start))

    @classmethod
    def of(cls, day):
        return cls(day.year if day.month >= 7 else day.year - 1)

    @classmethod
    def current(cls):
        return cls.of(timezone.localdate())

    @property
    def first_day(self):
        return datetime.date(self.start, 7, 1)

    @property
    def last_day(self):
        return datetime.date(self.start + 1, 6, 30)

    def __str__(self):
        return f"{self.start}/{self.start + 1}"

    def __lt__(self, other):
        return self.start < other.start


def parse_operating_year(text):
    try:
        return OperatingYear.parse(text)
    except ValueError:
        raise ValidationError(
            _("“%(value)s” is not an operating year. Write it as 2017/2018."), code="invalid_year", params={"value": text}
        ) from None


class OperatingYearFormField(forms.CharField):
    def to_python(self, value):
        if isinstance(value, OperatingYear) or value in self.empty_values:
            return value or None
        return parse_operating_year(value)


class OperatingYearField(models.SmallIntegerField):
    """Stores an OperatingYear as the calendar year in which it begins."""

    def from_db_value(self, value, expression, connection):
        return None if value is None else OperatingYear(value)

    def to_python(self, value):
        if value is None or isinstance(value, OperatingYear):
            return value
        return OperatingYear(value) if isinstance(value, int) else parse_operating_year(value)

    def get_prep_value(self, value):
        value = self.to_python(value)
        return None if value is None else value.start

    def value_to_string(self, obj):
        return str(self.value_from_object(obj))

    def run_validators(self, value):
        super().run_validators(value.start)

    def formfield(self, **kwargs):
        return models.Field.formfield(self, form_class=OperatingYearFormField, **kwargs)
