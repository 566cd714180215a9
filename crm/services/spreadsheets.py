"""Reads a spreadsheet as an office sends it: Swedish Excel's CSV, UTF-8 with BOM, or XLSX; and writes one back."""

import csv
import datetime
import io
import re
import zipfile

import openpyxl
import tablib
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from crm.exceptions import SpreadsheetError

MAX_ROWS = 1000  # a preview holds SQLite's one write lock while it runs; nobody should wait longer than its timeout
MAX_COLUMNS = 200
MAX_UNPACKED_BYTES = 200 * 1024 * 1024

_SIGNATURES = {
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "pdf",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
    b"{\\rtf": "rtf",
}
_TWICE_ENCODED = re.compile("Ã[\u00a0-\u00bf\u2013\u2014\u2026\u201e\u2020\u2030\u0160\u0152\u017d]")
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_TEXT_BYTES = bytes([9, 10, 13, *range(32, 256)])
# Excel, LibreOffice and Google Sheets run a cell that begins like this (OWASP: CSV Injection).
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_HARMLESS_NUMBER = re.compile(r"^[+-][\d\s().,-]*$")


def read_spreadsheet(content):
    """Return the rows of a file's bytes as a tablib.Dataset; empty rows and columns without a heading are left out.

    Its `line_numbers` say where in the file each row stands.

    Raises SpreadsheetError, in words that say what to do, for anything that is not a readable table.
    """
    if len(content) > settings.IMPORT_MAX_BYTES:
        raise SpreadsheetError(
            _("The file is larger than %(size)s. Divide it into several files.") % {"size": filesizeformat(settings.IMPORT_MAX_BYTES)}
        )
    if not content.strip():
        raise SpreadsheetError(_("The file is empty. Save the spreadsheet once more and upload it again."))
    rows = _read_xlsx(content) if content.startswith(b"PK\x03\x04") else _read_csv(content)
    return _to_dataset(rows)


def _read_csv(content):
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            raise SpreadsheetError(_wrong_type_message(kind))
    if not content.startswith(_UTF16_BOMS) and _looks_binary(content):
        raise SpreadsheetError(_("This is not a spreadsheet. Upload a CSV or XLSX file."))
    text = _decode(content)
    delimiter = _guess_delimiter(text)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    except csv.Error as error:
        raise SpreadsheetError(
            _("The file is damaged: a quotation mark is probably left open. Save it once more as CSV or XLSX.")
        ) from error


def _looks_binary(content):
    """Whether bytes hold what no text does: NUL anywhere, or more than a slip of other control characters."""
    return b"\x00" in content or len(content[:4000].translate(None, delete=_TEXT_BYTES)) > 10


def _wrong_type_message(kind):
    if kind == "xls":
        return _("This is a file from Excel 2003 or older. Open it in Excel and save it as “Excel workbook (.xlsx)”.")
    return _("This is not a spreadsheet. Upload a CSV or XLSX file.")


def _decode(content):
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(bom):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise SpreadsheetError(_broken_encoding_message()) from error
    for encoding in ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and _TWICE_ENCODED.search(text):
            break  # UTF-8 with a few broken characters would come out as “LÃ¤rcentrum”
        return text
    raise SpreadsheetError(_broken_encoding_message())


def _broken_encoding_message():
    return _("The file's characters cannot be read (å, ä, ö would be lost). Save it as “CSV UTF-8” or as XLSX and upload it again.")


def _guess_delimiter(text):
    heading = text.split("\n", 1)[0]
    return max(";\t,|", key=heading.count)


def _read_xlsx(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise SpreadsheetError(_("The file is too large when unpacked. Copy the rows to a new workbook and save that."))
        if "xl/workbook.xml" not in names:
            raise SpreadsheetError(_("This is not a spreadsheet. Upload a CSV or XLSX file."))
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # what the file claims of its size is often wrong
        empty_rows = 0
        for row in sheet.iter_rows(values_only=True):
            yield [_cell_text(value) for value in row]
            empty_rows = empty_rows + 1 if not any(row) else 0
            if empty_rows > MAX_ROWS:  # formatting down to the last row of the sheet, and nothing more to read
                break
    except SpreadsheetError:
        raise
    except Exception as error:  # openpyxl raises KeyError, ValueError, BadZipFile, ParseError… for damaged files
        raise SpreadsheetError(_("The workbook is damaged. Open it in Excel, save it once more and upload it again.")) from error


def _cell_text(value):
    """A cell as it would be typed: whole numbers without ".0", days without the time."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _to_dataset(rows):
    rows = enumerate(rows, 1)
    headings = next((row for _number, row in rows if any(cell.strip() for cell in row)), None)
    if headings is None:
        raise SpreadsheetError(_("The file has no rows. The first row should hold the headings."))
    if sum(1 for heading in headings if heading.strip()) > MAX_COLUMNS:
        raise SpreadsheetError(_("The file has more than %(count)d columns. Keep those that are to be imported.") % {"count": MAX_COLUMNS})
    kept = [index for index, heading in enumerate(headings) if heading.strip()]
    dataset = tablib.Dataset(headers=[" ".join(headings[index].split()) for index in kept])
    if len({heading.casefold() for heading in dataset.headers}) < len(dataset.headers):
        raise SpreadsheetError(_("Two columns have the same heading. Give each its own."))
    dataset.line_numbers = []
    for number, row in rows:
        cells = [_plain(row[index]) if index < len(row) else "" for index in kept]
        if any(cells):
            dataset.append(cells)
            dataset.line_numbers.append(number)
            if len(dataset) > MAX_ROWS:
                raise SpreadsheetError(_("The file has more than %(count)d rows. Divide it into several files.") % {"count": MAX_ROWS})
    if not len(dataset):
        raise SpreadsheetError(_("The file has headings but no rows below them."))
    return dataset


def _plain(cell):
    """Take off the apostrophe that an export put before a cell which looked like a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_START) else cell


def harmless(value):
    """Return a cell's text so that no spreadsheet program takes it for a formula."""
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(_FORMULA_START) and not _HARMLESS_NUMBER.match(text):
        return "'" + text
    return text


def write_csv(dataset):
    """Return a dataset as CSV bytes that Swedish Excel opens with a double click: semicolons, UTF-8 with BOM."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=";")
    writer.writerow([harmless(heading) for heading in dataset.headers])
    writer.writerows([harmless(cell) for cell in row] for row in dataset)
    return output.getvalue().encode("utf-8-sig")


def write_xlsx(dataset, *, title):
    """Return a dataset as XLSX bytes; every text is stored as text, never as a formula."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = re.sub(r"[\\/*?:\[\]]", " ", title)[:31]
    for row_number, row in enumerate([dataset.headers, *dataset], 1):
        for column_number, value in enumerate(row, 1):
            cell = sheet.cell(row_number, column_number)
            cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(_FORMULA_START)
    for column_number, heading in enumerate(dataset.headers, 1):
        sheet.cell(1, column_number).font = Font(bold=True)
        widest = max((len(str(row[column_number - 1] or "")) for row in dataset[:200]), default=0)
        sheet.column_dimensions[get_column_letter(column_number)].width = min(max(len(str(heading)), widest) + 2, 60)
    sheet.freeze_panes = "A2"
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()
