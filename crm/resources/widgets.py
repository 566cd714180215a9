"""How a cell is read and written: in the words and formats of a Swedish office. Each refusal says what to do."""

import datetime
import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import cached_property
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
    (re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d\d:\d\d.*)?$"), "ymd"),
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
        if not re.fullmatch(r"-?[0-9]{1,12}(?:[.,][0-9]+)?", text):
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": value})
        return Decimal(text.replace(",", "."))


class WholeNumberWidget(NumberWidget):
    def clean(self, value, row=None, **kwargs):
        number = super().clean(value)
        if number < 0 or number != int(number):
            raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": value})
        return int(number)


class MoneyWidget(NumberWidget):
    """A sum, which is the same with decimals and without."""

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else f"{value:.2f}".removesuffix(".00")


class RecordNumberWidget(TextWidget):
    """The number that an export gives a record."""

    def clean(self, value, row=None, **kwargs):
        text = str(value).strip()
        if not re.fullmatch(r"[0-9]{1,12}", text):
            raise ValidationError(_("“%(value)s” is not a number from the column No. of an export.") % {"value": value})
        return int(text)


class DayWidget(Widget):
    """A day as Excel writes it: 2017-08-15, 2017-08-15 00:00:00, 15.08.2017, 15/8/2017, 20170815 or Excel's own number."""

    def clean(self, value, row=None, **kwargs):
        text = str(value).strip()
        for pattern, order in _DAY_PATTERNS:
            if match := pattern.match(text):
                numbers = [int(group) for group in match.groups()]
                year, month, day = numbers if order == "ymd" else reversed(numbers)
                try:
                    return self.plausible(datetime.date(year, month, day), value)
                except ValueError:
                    break
        if re.fullmatch(r"\d{5}", text):
            return self.plausible(_EXCEL_DAY_ZERO + datetime.timedelta(days=int(text)), value)
        raise ValidationError(_("“%(value)s” is not a date. Write it as 2017-08-15.") % {"value": value})

    def plausible(self, day, value):
        if 1900 <= day.year <= 2100:
            return day
        raise ValidationError(_("“%(value)s” is not a date. Write it as 2017-08-15.") % {"value": value})

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


class TimeWidget(Widget):
    """A time of day: 09:30, 9.30, or 09:30:00 as Excel writes it."""

    def clean(self, value, row=None, **kwargs):
        match = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?", str(value).strip())
        if not match:
            raise ValidationError(_("“%(value)s” is not a time of day. Write it as 09:30.") % {"value": value})
        return datetime.time(int(match[1]), int(match[2]))

    def render(self, value, obj=None, **kwargs):
        return f"{value:%H:%M}" if value else ""


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

    def __init__(self, model, missing, *, archived=False):
        super().__init__()
        self.model = model
        self.archived = archived  # whether an archived record will do when there is no active one
        self.missing = missing  # what to say, with %(value)s, when nothing has that name

    @cached_property
    def _by_name(self):
        """All records by name in lower case, asked for once an import: a widget lives as long as its resource."""
        records = {}
        for record in self.model.objects.all():
            records.setdefault(record.name.casefold(), []).append(record)
        return records

    def clean(self, value, row=None, **kwargs):
        name = " ".join(str(value).split())
        # What an earlier row of the same file has brought in is not among those yet.
        found = self._by_name.get(name.casefold()) or list(self.model.objects.filter(name=name))
        active = [record for record in found if not getattr(record, "is_archived", False)]
        if len(active) == 1:
            return active[0]
        if self.archived and len(found) == 1:
            return found[0]
        if active:
            raise ValidationError(_("There is more than one “%(value)s” in the register. Rename one of them first.") % {"value": name})
        if found:
            raise ValidationError(_("“%(value)s” is archived. Restore it first, if it is meant.") % {"value": name})
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
