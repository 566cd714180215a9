"""A filter on when something happened, relative or from a day to a day; the periods themselves are in crm/periods.py."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.periods import PRESETS, Period


class PeriodWidget(forms.MultiWidget):
    """A choice of periods, and a line for one's own. Both have the field's own name, so that the address holds one short value."""

    template_name = "wagtailadmin/widgets/range_input.html"

    def __init__(self, attrs=None):
        choices = [("", _("Any time")), *PRESETS.items()]
        own = {"placeholder": "2016/2017", "aria-label": _("or days of your own")}
        super().__init__([forms.Select(choices=choices, attrs={"aria-label": _("Period")}), forms.TextInput(attrs=own)], attrs)
        self.widgets_names = ["", ""]

    def value_from_datadict(self, data, files, name):
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        return list(dict.fromkeys(value.strip() for value in values if value and value.strip()))

    def decompress(self, value):
        return [value, ""] if value in PRESETS else ["", value or ""]

    def get_context(self, name, value, attrs):
        chosen = value if isinstance(value, list) else [value or ""]
        preset = next((one for one in chosen if one in PRESETS), "")
        return super().get_context(name, [preset, " ".join(one for one in chosen if one != preset)], attrs)


class PeriodField(forms.Field):
    widget = PeriodWidget

    def to_python(self, value):
        values = value if isinstance(value, list) else [value]
        values = [one for one in values if one]
        if len(values) > 1:
            raise ValidationError(_("Choose one period, or write one, not both."), code="invalid")
        return Period.parse(values[0]) if values else None

    def in_words(self, value):
        """What a value of the address is called; one that makes no sense as it stands there."""
        try:
            return str(Period.parse(value))
        except ValidationError:
            return value


class PeriodFilter(django_filters.Filter):
    field_class = PeriodField

    def __init__(self, **kwargs):
        help_text = _("Or days of your own: 2016-01-01..2016-03-31, or an operating year: 2016/2017")
        super().__init__(help_text=help_text, **kwargs)
