"""What stays of two records' own fields: for each field the value of one of them, for a note also both."""

from dataclasses import dataclass

from django.db.models import Field, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.services.merge_rules import mergeable_fields
from crm.services.values import show_value

BOTH = "both"
_EMPTY = (None, "")


@dataclass
class FieldChoice:
    """One field of two records. A choice is the number of the record whose value stays, as text, or BOTH."""

    field: Field
    kept: dict  # the rows of the record that stays and of the other one
    gone: dict
    chosen: str = ""

    def __post_init__(self):
        if self.chosen not in self.values:
            self.chosen = self.default

    @property
    def name(self):
        return self.field.name

    @property
    def label(self):
        return capfirst(self.field.verbose_name)

    @property
    def is_same(self):
        return self._of(self.kept) == self._of(self.gone)

    @property
    def values(self):
        """{choice: value}"""
        kept, gone = self._of(self.kept), self._of(self.gone)
        values = {str(self.kept["id"]): kept, str(self.gone["id"]): gone}
        if isinstance(self.field, TextField) and kept and gone and kept != gone:
            values[BOTH] = f"{kept}\n\n{gone}"
        return values

    @property
    def default(self):
        """What the one that stays says, unless it says nothing; no note is lost."""
        if BOTH in self.values:
            return BOTH
        stays = self.kept if self._of(self.kept) not in _EMPTY else self.gone
        return str(self.kept["id"] if self._of(stays) in _EMPTY else stays["id"])

    @property
    def value(self):
        return self.values[self.chosen]

    def options(self, names):
        """Return [(choice, value as people read it)], that of the one that stays first."""
        return [
            (choice, _("Both, one after the other") if choice == BOTH else show_value(self.field, value, names))
            for choice, value in self.values.items()
        ]

    def _of(self, row):
        return row[self.field.attname]


def field_choices(model, kept, gone, choices):
    """Return the FieldChoices of two rows; `choices` is {field name: choice}."""
    return [FieldChoice(one, kept, gone, choices.get(one.name, "")) for one in mergeable_fields(model)]
