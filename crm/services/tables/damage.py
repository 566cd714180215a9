"""What a reader may come across on its way, reported as (kind, row number), and the sentences made of it."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

OPEN_QUOTE = "open quote"
CUT_CELL = "cut cell"
LONG_ROW = "long row"
TWICE_ENCODED = "twice encoded"
FILLED = "filled"
FAR_RIGHT = "far right"


class Damage:
    """Counts each kind and remembers where it came first."""

    def __init__(self):
        self._first, self._count = {}, {}

    def __call__(self, kind, number):
        self._first.setdefault(kind, number)
        self._count[kind] = self._count.get(kind, 0) + 1

    def notes(self, *, longest_cell):
        return [
            sentence(self._count[kind]) % {"count": self._count[kind], "row": self._first[kind], "longest": number_format(longest_cell)}
            for kind, sentence in _SENTENCES.items()
            if kind in self._count
        ]


_SENTENCES = {
    OPEN_QUOTE: lambda count: ngettext(
        "A quotation mark on row %(row)s is never closed. Check that row.",
        "Quotation marks on %(count)s rows are never closed, first on row %(row)s. Check those rows.",
        count,
    ),
    LONG_ROW: lambda count: ngettext(
        "Row %(row)s has more cells than there are headings. Check it: a delimiter may stand inside a cell.",
        "%(count)s rows have more cells than there are headings, first row %(row)s. Check them: a delimiter may stand inside a cell.",
        count,
    ),
    CUT_CELL: lambda count: ngettext(
        "A cell on row %(row)s was cut: it is longer than %(longest)s characters.",
        "%(count)s cells were cut, first on row %(row)s: they are longer than %(longest)s characters.",
        count,
    ),
    TWICE_ENCODED: lambda count: ngettext(
        "On row %(row)s letters like å had become “Ã¥”. They were put right.",
        "On %(count)s rows, first row %(row)s, letters like å had become “Ã¥”. They were put right.",
        count,
    ),
    FILLED: lambda count: _("Cells merged over several rows were filled in on each of them."),
    FAR_RIGHT: lambda count: _("Something stands far out to the right of the sheet and was not read."),
}
