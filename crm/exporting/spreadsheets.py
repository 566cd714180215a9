"""Writes rows as a spreadsheet while they are read: CSV for Swedish Excel, and XLSX. No cell is ever a formula."""

import csv
import datetime
import io
import re
from decimal import Decimal

import openpyxl
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# Excel, LibreOffice and Google Sheets run a cell that begins like this, also after blanks (OWASP: CSV Injection).
_FORMULA_START = ("=", "+", "-", "@")
_BLANK = " \t\r\n\v\f\u00a0\ufeff"
_DOUBTFUL = frozenset("=+-@" + _BLANK)
_HARMLESS_NUMBER = re.compile(r"^[+-][\d\s().,-]*$")

ROWS_OF_A_SHEET = 1_000_000  # Excel's own limit is a little higher
_WIDEST = 60
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"


def harmless(text):
    """Return a cell's text so that no spreadsheet program takes it for a formula. Blanks before one are left out."""
    if text and text[0] in _DOUBTFUL and begins_like_a_formula(text):
        return "'" + text.lstrip(_BLANK)
    return text


def begins_like_a_formula(text):
    text = text.lstrip(_BLANK)
    return text.startswith(_FORMULA_START) and not _HARMLESS_NUMBER.match(text)


def in_words(value):
    """Return a value as CSV holds it: days as 2017-08-15, decimals with a comma, yes and no in the reader's language."""
    kind = type(value)
    if kind is str:
        return harmless(value)
    if value is None:
        return ""
    if kind is bool:
        return _("yes") if value else _("no")
    if kind is datetime.datetime:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if kind is Decimal:
        return str(plain(value)).replace(".", ",")
    return str(value) if kind in (int, datetime.date) else harmless(str(value))


def plain(number):
    """Return 15000 for 15000.00, and 57.7 for 57.7000."""
    return int(number) if number == number.to_integral_value() else number.normalize()


def csv_parts(headings, chunks):
    """Yield (bytes, number of rows) for the headings and each chunk of rows: semicolons, UTF-8 with BOM."""
    yield "\ufeff".encode() + _csv_lines([[harmless(heading) for heading in headings]]), 0
    for rows in chunks:
        yield _csv_lines([[in_words(value) for value in row] for row in rows]), len(rows)


def _csv_lines(rows):
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=";").writerows(rows)
    return output.getvalue().encode()


def write_xlsx(output, title, headings, chunks):
    """Write a workbook into a file and return the number of rows. What doesn't fit on a sheet goes on on the next."""
    workbook = openpyxl.Workbook(write_only=True)
    chunks = iter(chunks)
    chunk = next(chunks, [])
    sheet, rows_there, rows_written = _new_sheet(workbook, title, headings, chunk), 0, 0
    while chunk:
        if rows_there + len(chunk) > ROWS_OF_A_SHEET:
            _finish(sheet, headings, rows_there)
            sheet, rows_there = _new_sheet(workbook, title, headings, chunk), 0
        for row in chunk:
            sheet.append([_cell(sheet, value) for value in row])
        rows_there += len(chunk)
        rows_written += len(chunk)
        chunk = next(chunks, [])
    _finish(sheet, headings, rows_there)
    workbook.save(output)
    return rows_written


def _new_sheet(workbook, title, headings, sample):
    number = len(workbook.worksheets) + 1
    name = re.sub(r"[\\/*?:\[\]]", " ", title)[:28]
    sheet = workbook.create_sheet(name if number == 1 else f"{name} {number}")
    sheet.freeze_panes = "A2"
    for column, heading in enumerate(headings):
        widest = max((len(str(row[column])) for row in sample[:200] if row[column] is not None), default=0)
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(max(len(heading), widest) + 3, _WIDEST)
    cells = [_cell(sheet, heading, always=True) for heading in headings]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    return sheet


def _finish(sheet, headings, rows):
    if rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{rows + 1}"


def _cell(sheet, value, *, always=False):
    """Return what a sheet takes for a value: itself where the library makes of it what is meant, else a cell."""
    kind = type(value)
    if kind is bool:
        return _("yes") if value else _("no")
    if kind is Decimal:
        return plain(value)
    if kind is datetime.date or kind is datetime.datetime:
        cell = WriteOnlyCell(sheet, timezone.localtime(value).replace(tzinfo=None) if kind is datetime.datetime else value)
        cell.number_format = _DAY if kind is datetime.date else _MOMENT
        return cell
    if value is None or kind is int:
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    if not always and text[:1] not in _DOUBTFUL and text[:1] != "#":  # "#N/A" would be an error
        return text or None
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = begins_like_a_formula(text)
    return cell
