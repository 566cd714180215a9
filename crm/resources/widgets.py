"""How a cell is read and written: in the words and formats of a Swedish office. Each refusal says what to do."""

import datetime
import re
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.widgets import Widget

from crm.countries import country_choices, country_code
from crm.text import fold
from crm.validators import normalise_email, normalise_phone
from crm.years import OperatingYear, parse_operating_year

_YES = {"ja", "j", "yes", "y", "x", "1", "sant", "true"}
_NO = {"nej", "n", "no", "0", "falskt", "false"}
_DAY_PATTERNS = (
    (re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})"), "ymd"),
    (re.compile(r"^(\d{4})(\d{2})(\d{2})$"), "ymd"),
    (re.compile(r"^(\d{4})[./](\d{1,2})[./](\d{1,2})$"), "ymd"),
    (re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$"), "dmy"),
)
_EXCEL_DAY_ZERO = datetime.date(1899, 12, 30)  # Excel counts 1900 as a leap year (ECMA-376, 18.17.4.1)


class TextWidget(Widget):
    def clean(self, value, row=None, **kwargs):
        return " ".join(str(value).split())

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class LongTextWidget(TextWidget):
    def clean(self, value, row=None, **kwargs):
        return str(value).strip()


class NumberWidget(TextWidget):
    """A number with a decimal comma or point, with or without blanks between the thousands."""

    def clean(self, value, row=None, **kwargs):
        text = re.sub(r"\s|kr|:-", "", str(value).replace("\u2212", "-"))
        try:
            return Decimal(text.replace(",", "."))
        except InvalidOperation:
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": value}) from None


class WholeNumberWidget(NumberWidget):
    def clean(self, value, row=None, **kwargs):
        return int(super().clean(value))


class DayWidget(Widget):
    """A day as Excel writes it: 2017-08-15, 2017-08-15 00:00:00, 15.08.2017, 15/8/2017, 20170815 or Excel's own number."""

    def clean(self, value, row=None, **kwargs):
        text = str(value).strip()
        for pattern, order in _DAY_PATTERNS:
            if match := pattern.match(text):
                numbers = [int(group) for group in match.groups()]
                year, month, day = numbers if order == "ymd" else reversed(numbers)
                try:
                    return datetime.date(year, month, day)
                except ValueError:
                    break
        if re.fullmatch(r"\d{5}", text):
            return _EXCEL_DAY_ZERO + datetime.timedelta(days=int(text))
        raise ValidationError(_("“%(value)s” is not a date. Write it as 2017-08-15.") % {"value": value})

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


class YesNoWidget(Widget):
    def clean(self, value, row=None, **kwargs):
        word = fold(value)
        if word in _YES | _NO:
            return word in _YES
        raise ValidationError(_("“%(value)s” is neither yes nor no.") % {"value": value})

    def render(self, value, obj=None, **kwargs):
        return _("yes") if value else _("no")


class ChoiceWidget(Widget):
    """One of a field's choices, by its Swedish or English label, its stored value or another word for it, in any case."""

    def __init__(self, choices, **other_words):
        super().__init__()
        self.choices = choices
        self.other_words = {fold(word): stored for word, stored in other_words.items()}

    def clean(self, value, row=None, **kwargs):
        wanted = fold(value)
        if wanted in self.other_words:
            return self.other_words[wanted]
        for language in ("sv", "en"):
            with override(language):
                for stored, label in self.choices.choices:
                    if wanted in (fold(label), stored):
                        return stored
        allowed = ", ".join(str(label) for label in self.choices.labels)
        raise ValidationError(_("“%(value)s” is not one of: %(allowed)s.") % {"value": value, "allowed": allowed})

    def render(self, value, obj=None, **kwargs):
        return str(self.choices(value).label) if value else ""


class CountryWidget(Widget):
    def clean(self, value, row=None, **kwargs):
        if code := country_code(value):
            return code
        raise ValidationError(_("“%(value)s” is not a country.") % {"value": value})

    def render(self, value, obj=None, **kwargs):
        return dict(country_choices()).get(value, value or "")


class RecordWidget(Widget):
    """A record of the register by its name, å kept apart from a; refused when there is none or more than one."""

    def __init__(self, model, missing):
        super().__init__()
        self.model = model
        self.missing = missing  # what to say, with %(value)s, when nothing has that name

    def clean(self, value, row=None, **kwargs):
        name = " ".join(str(value).split())
        found = list(self.model.objects.filter(name__iexact=name)[:2])
        if not found:  # SQLite's iexact knows only the letters a-z
            found = [record for record in self.model.objects.all() if record.name.casefold() == name.casefold()][:2]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("There is more than one “%(value)s” in the register. Rename one of them first.") % {"value": name})
        raise ValidationError(self.missing % {"value": name})

    def render(self, value, obj=None, **kwargs):
        return value.name if value else ""


class OperatingYearWidget(Widget):
    def clean(self, value, row=None, **kwargs):
        return value if isinstance(value, OperatingYear) else parse_operating_year(value)

    def render(self, value, obj=None, **kwargs):
        return str(value or "")


class EmailWidget(TextWidget):
    def clean(self, value, row=None, **kwargs):
        text = str(value).strip()
        normalise_email(text)
        return text


class PhoneWidget(TextWidget):
    def clean(self, value, row=None, **kwargs):
        text = str(value).strip()
        normalise_phone(text)
        return text


def display(value):
    """A value as the preview shows it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return date_format(value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)
