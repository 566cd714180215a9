"""Dates as people write them, in filters and forms."""

import datetime
import re

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters.fields import DateRangeField, RangeField
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.widgets import AdminDateInput

FIRST_YEAR, LAST_YEAR = 1900, 2100
# The day before the month, as in config.formats.sv.
FORMATS = ["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%d/%m %Y", "%d-%m-%Y"]
MONTHS = [
    ("jan", "januari", "january"),
    ("feb", "februari", "february"),
    ("mar", "mars", "march"),
    ("apr", "april"),
    ("maj", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "augusti", "august"),
    ("sep", "sept", "september"),
    ("okt", "oct", "oktober", "october"),
    ("nov", "november"),
    ("dec", "december"),
]
NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_IN_WORDS = re.compile(r"(?:den )?(\d{1,2})[.:]?(?:[ae]|st|nd|rd|th)? ([a-z]+)[.,]? (\d{4})", re.ASCII)


def spelled_out(text):
    """ "1 mars 2015" as "2015-3-1"; what is not written in words as it is."""
    found = _IN_WORDS.fullmatch(" ".join(text.lower().split()))
    month = NUMBERS.get(found[2]) if found else None
    return f"{found[3]}-{month}-{found[1]}" if month else text


class DateInput(AdminDateInput):
    """Wagtail's, without its habit of replacing what it cannot read by today's date when one leaves the field."""

    def get_config(self):
        return {**super().get_config(), "validateOnBlur": False}


class DayField(forms.DateField):
    """A day of a filter's address. It is read the same in every language: a saved filter must not change its meaning."""

    widget = DateInput
    default_error_messages = {"invalid": _("This is not a date. Write it as 2017-08-15.")}

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "input_formats": FORMATS})

    def to_python(self, value):
        day = super().to_python(spelled_out(value) if isinstance(value, str) else value)
        if isinstance(day, datetime.date) and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class DayRangeWidget(DateRangePickerWidget):
    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets = [DateInput(attrs=widget.attrs) for widget in self.widgets]


class DayRangeField(DateRangeField):
    """From one day to another, each as people write it."""

    def __init__(self, **kwargs):
        RangeField.__init__(self, (DayField(), DayField()), **kwargs)
