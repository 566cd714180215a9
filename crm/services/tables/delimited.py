"""Tables as plain text: CSV with any delimiter, quotation mark and line end, read line by line."""

import csv
import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from . import encodings
from .damage import OPEN_QUOTE

DELIMITERS = (";", ",", "\t", "|")
QUOTES = ('"', "'", "")
LONGEST_LINE = 1 << 20
_LENGTH_AT_ONCE = 1 << 16
_LINES_IN_A_CELL = 1000  # more than that, and a quotation mark has been left open
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n?$', re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    quote: str

    @property
    def arguments(self):
        quoting = {"quotechar": self.quote, "quoting": csv.QUOTE_MINIMAL} if self.quote else {"quotechar": None, "quoting": csv.QUOTE_NONE}
        return {"delimiter": self.delimiter, "skipinitialspace": True, "strict": False, **quoting}


class DelimitedFile:
    headings = None
    sheets = ()

    def __init__(self, path, options):
        self.path = path
        self._text = encodings.examine(path, encoding=options.encoding, longest_line=LONGEST_LINE)
        self.notes = list(self._text.notes)
        with self._open() as stream:
            self._has_sep_line, given = False, _SEP_LINE.match(stream.readline(20))
            if given and _usable_delimiter(given[1]):
                self._has_sep_line = True
            else:
                given = None
                stream.seek(0)
            head = stream.read(1 << 16).replace("\x00", "")
        delimiter = options.delimiter if _usable_delimiter(options.delimiter) else None
        quote = options.quote if options.quote in QUOTES else None
        self._dialect = guess_dialect(head, delimiter=delimiter or (given[1] if given else None), quote=quote)
        self.options = replace(
            options,
            format="csv",
            encoding=self._text.encoding,
            delimiter=self._dialect.delimiter,
            quote=self._dialect.quote,
            sheet=None,
        )

    def _open(self):
        return open(self.path, encoding=self._text.codec, errors=self._text.errors, newline="")

    def records(self, report=None):
        """Yield (row number, cells), unstripped. Numbers are those of a spreadsheet program, which hides the line `sep=;`."""
        with self._open() as stream:
            if self._has_sep_line:
                stream.readline()
            lines = (line.replace("\x00", "") for line in stream) if self._text.has_nul else stream
            yield from split_rows(lines, self._dialect, report)

    def estimate(self, rows, characters):
        """How many rows the file has, when this many hold this many characters."""
        width = 2 if self._text.encoding == "utf-16" else 1
        return round(rows * Path(self.path).stat().st_size / max(characters * width, 1))


def _usable_delimiter(text):
    return isinstance(text, str) and len(text) == 1 and text.isprintable() | (text == "\t") and not (text.isalnum() or text in " \"'_@")


def split_rows(lines, dialect, report=None):
    """Yield (row number, cells) and survive quotation marks that are never closed.

    csv.reader takes everything up to the next quotation mark into one cell, the whole file if there is none. A row of
    several lines therefore has to be faultless; else its first line is read for itself and the rest once more.
    """
    lines, number, waiting = iter(lines), 0, []
    carefully = _split_carefully(lines, waiting, dialect)
    while chunk := _next_lines(lines):
        if (rows := _split_at_once(chunk, dialect)) is not None:
            yield from enumerate(rows, number + 1)
            number += len(rows)
            continue
        waiting.extend(reversed(chunk))
        while waiting:
            number += 1
            row, is_open = next(carefully)
            if report and is_open:
                report(OPEN_QUOTE, number)
            yield number, row


def _next_lines(lines):
    taken, length = [], 0
    for line in lines:
        taken.append(line)
        length += len(line)
        if length > _LENGTH_AT_ONCE:
            break
    return taken


def _split_at_once(lines, dialect):
    """Return the rows where each line plainly is one: there is no quotation mark."""
    if dialect.quote and dialect.quote in "".join(lines):
        return None
    try:
        rows = list(csv.reader(lines, **dialect.arguments))
    except csv.Error:  # a cell longer than csv.field_size_limit()
        return None
    return rows if len(rows) == len(lines) else None


def _split_carefully(lines, waiting, dialect):
    """Yield (cells, whether a quotation mark was left open) of the lines that wait, the next one last, and those that belong to them."""
    taken, state = [], {"ended": False}

    def feed():
        while True:
            line = waiting.pop() if waiting else next(lines, None)
            if line is None or len(taken) >= _LINES_IN_A_CELL:
                if line is not None:
                    waiting.append(line)
                state["ended"] = True
                return
            taken.append(line)
            yield line

    while True:
        state["ended"] = False
        reader = csv.reader(feed(), **dialect.arguments)
        damaged = is_open = False
        while not damaged:
            try:
                row = next(reader, None)
            except csv.Error:
                row, damaged = None, True
            if row is None and not taken:
                return
            if damaged or state["ended"] or (len(taken) > 1 and not _faultless(taken, dialect)):
                damaged = True
                waiting.extend(reversed(taken[1:]))
                row = _literally(taken[0], dialect)
                is_open = len(taken) > 1 or state["ended"]
            taken.clear()
            yield row, is_open


def _faultless(lines, dialect):
    try:
        return len(list(csv.reader(lines, **{**dialect.arguments, "strict": True}))) == 1
    except csv.Error:
        return False


def _literally(line, dialect):
    """Split a line without regard to what its quotation marks hold together."""
    cells = [cell.strip() for cell in line.rstrip("\r\n").split(dialect.delimiter)]
    if not dialect.quote:
        return cells
    return [cell.removeprefix(dialect.quote).removesuffix(dialect.quote) if cell.startswith(dialect.quote) else cell for cell in cells]


def guess_dialect(head, *, delimiter=None, quote=None):
    """The delimiter under which most rows have the same number of cells, counting from the row that looks like headings."""
    delimiters = (delimiter,) if delimiter else DELIMITERS
    candidates = [Dialect(one, quote if quote is not None else _guess_quote(head, one)) for one in delimiters]
    scores = [_agreement(head, dialect) for dialect in candidates]
    return candidates[scores.index(max(scores))]


def _guess_quote(head, delimiter):
    edge = re.escape(delimiter)
    single = len(re.findall(rf"(?:^|{edge})'[^'\r\n]*'(?={edge}|\r?$)", head, re.MULTILINE))
    return "'" if single > 3 and single > head.count('"') and single > head.count("\n") / 2 else '"'


def _agreement(head, dialect):
    lines = head.splitlines(keepends=True)
    if len(lines) > 3:
        del lines[-1]  # probably cut off
    with closing(split_rows(lines[:200], dialect)) as rows:
        widths = [len(row) for _number, row in rows if any(row)]
    several = [width for width in widths if width > 1]
    if not several:
        return 0
    usual, times = Counter(several).most_common(1)[0]
    # The headings themselves have to be divided: “1,5” in every row doesn't make the comma a delimiter.
    return times / len(widths) * (1 if several[0] >= usual and len(several) * 2 > len(widths) else 0.5)
