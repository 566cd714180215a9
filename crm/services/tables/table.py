"""The one shape in which the rest of the house sees an uploaded file."""

from contextlib import closing
from dataclasses import replace
from itertools import chain, islice

from django.utils.translation import gettext as _

from crm.exceptions import SpreadsheetError

from .cells import LONGEST_CELL, clean, clean_row, is_blank, is_twice_encoded
from .damage import CUT_CELL, LONG_ROW, TWICE_ENCODED, Damage
from .delimited import DelimitedFile
from .headings import guess_header_row, name_columns
from .kinds import WORKBOOKS, recognise
from .options import Options
from .vcards import VCardFile
from .workbooks import Workbook

MAX_COLUMNS = 500
_HEAD = 40  # rows that are looked at to find the headings
_SURVEY = 200_000  # rows that are looked at to find the columns and what to note


def open_table(path, *, filename="", options=None):
    """Return the Table in a file on disk. Raises SpreadsheetError, which says what is wrong and what to do."""
    options = options or Options()
    kind, notes = recognise(path, wanted=options.format)
    readers = {"csv": DelimitedFile, "vcard": VCardFile, **dict.fromkeys(WORKBOOKS, Workbook)}
    return Table(readers[kind](path, replace(options, format=kind)), notes)


class Table:
    def __init__(self, source, notes=()):
        self._source = source
        damage = Damage()
        with closing(source.records(damage)) as records:
            self._survey(records, damage)
        self.sheets = list(source.sheets)
        self.notes = [*notes, *source.notes, *damage.notes(longest_cell=LONGEST_CELL)]

    def _survey(self, records, damage):
        """Look through the file once: which columns have something in them, how many rows, what is odd."""
        filled = (record for record in records if any(cell.strip() for cell in record[1]))
        head = list(islice(filled, max(_HEAD, min(self._source.options.header_row or 0, _SURVEY))))
        heading_row = self._find_headings(head)
        columns = _Columns(heading_row, self.options.header_row, damage, optional=self._source.headings is not None)
        for number, row in chain(head, records):
            if number > self.options.header_row:
                columns.add(number, row)
                if columns.rows == _SURVEY and not self._source.headings:
                    break
        if not columns.rows:
            raise self._no_rows(head)
        self._columns = columns.used()
        self.headings = name_columns(heading_row, self._columns)
        whole = next(records, None) is None
        self.row_estimate = columns.rows if whole else max(columns.rows, self._source.estimate(columns.rows, columns.characters))

    def _no_rows(self, head):
        if self._source.headings is not None:
            return SpreadsheetError(" ".join([_("The file holds no card of a person that could be read."), *self._source.notes]))
        if head:
            return SpreadsheetError(_("The file has headings but no rows below them."))
        return SpreadsheetError(_("The file has no rows. The first row should hold the headings."))

    def _find_headings(self, head):
        given = self._source.options.header_row
        if self._source.headings is not None:
            self.options = replace(self._source.options, header_row=0)
            return self._source.headings
        self.options = replace(self._source.options, header_row=guess_header_row(head) if given is None else given)
        number = self.options.header_row
        heading_row = next((row for at, row in head if at == number), None)
        if number and heading_row is None:
            raise SpreadsheetError(
                _("Row %(row)d, which should hold the headings, is empty or stands too far down. Choose another row.") % {"row": number}
            )
        widest = heading_row or (head[0][1] if head else [])
        if sum(1 for cell in widest if cell.strip()) > MAX_COLUMNS:
            raise SpreadsheetError(
                _("The file has more than %(count)d columns. Keep those that are to be imported.") % {"count": MAX_COLUMNS}
            )
        return [clean(cell) for cell in heading_row or ()]

    def sample(self, n=20):
        with closing(self.rows()) as rows:
            return list(islice(rows, n))

    def rows(self):
        """Yield (row number, cells as the headings stand); empty rows are left out. May be called again at any time."""
        header_row, columns, width = self.options.header_row, self._columns, len(self._columns)
        straight = columns == list(range(width))
        with closing(self._source.records()) as records:
            for number, row in records:
                if number <= header_row:
                    continue
                cells = clean_row(row)
                length = len(cells)
                if length != width or not straight:
                    cells = [cells[index] if index < length else "" for index in columns]
                if any(cells):
                    yield number, cells


class _Columns:
    """Learns which columns are used, row by row."""

    def __init__(self, heading_row, header_row, damage, *, optional):
        self._named = set() if optional else {index for index, heading in enumerate(heading_row) if heading}
        self._unseen = {index for index in range(len(heading_row)) if index not in self._named}
        self._width = len(heading_row)
        self._has_headings = header_row > 0
        self._extra = set()
        self._damage = damage
        self.rows = self.characters = 0

    def used(self):
        return sorted(self._named | self._extra)[:MAX_COLUMNS]

    def add(self, number, row):
        text = "".join(row)
        if is_blank(text):
            return
        self.rows += 1
        self.characters += len(text) + len(row)
        if not text.isascii() and is_twice_encoded(text):
            self._damage(TWICE_ENCODED, number)
        if len(text) > LONGEST_CELL and any(len(cell) > LONGEST_CELL for cell in row):
            self._damage(CUT_CELL, number)
        for index in [index for index in self._unseen if index < len(row) and row[index].strip()]:
            self._unseen.discard(index)
            self._named.add(index)
        if len(row) > self._width:
            self._add_beyond(number, row)

    def _add_beyond(self, number, row):
        beyond = [index for index in range(self._width, len(row)) if row[index].strip()]
        self._extra.update(index for index in beyond if index < MAX_COLUMNS)
        if beyond and self._has_headings:
            self._damage(LONG_ROW, number)
