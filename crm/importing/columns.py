"""A column that an importer knows: what it is called in files, and how its cells are read."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm.text import fold

CACHED = 20_000


def one_line(text):
    return " ".join(text.split())


class Column:
    """`read(text)` gives (value, None) or (None, sentence). `clean` makes the value of a cell's text or raises ValidationError."""

    related = False

    def __init__(self, name, label, *aliases, clean=one_line, max_length=None, repeats=True):
        self.name = name
        self.label = label
        self.aliases = aliases
        self.clean = clean
        self.max_length = max_length
        self.required = False
        self._cleaned = {}
        self.read = self._read_again if repeats else self._read

    def headings(self):
        """Return every heading, as `plain_heading` makes it, that stands for this column."""
        known = {plain_heading(alias) for alias in (*self.aliases, self.name.replace("_", " "), self.name)}
        for language in ("sv", "en"):
            with override(language):
                known.add(plain_heading(self.label))
        return known

    def _read_again(self, text):
        """Read a cell of a column in which the same texts come again and again."""
        if (found := self._cleaned.get(text)) is None:
            found = self._read(text)
            if len(self._cleaned) < CACHED:
                self._cleaned[text] = found
        return found

    def _read(self, text):
        """Return (value, None) or (None, sentence)."""
        try:
            value = self.clean(text)
        except ValidationError as error:
            return None, " ".join(error.messages)
        if self.max_length and len(text) > self.max_length:
            return None, _("The text is too long: at most %(limit)d characters.") % {"limit": self.max_length}
        return value, None


def plain_heading(heading):
    """Return a heading without case, accents and marks: "E-mail 1 - Value" → "e mail 1 value"."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(heading)).split())
