"""Run by workbooks.py as a program of its own: writes a sheet to standard output as lines of JSON.

The first line tells about the workbook, then come [row number, cells] and at last null. It knows neither Django nor the register.
"""

import datetime
import json
import sys
import zipfile
from xml.parsers import expat

try:
    import resource
except ImportError:  # not on Windows
    resource = None

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MAX_MEMORY = 3 << 29  # 1.5 GB; a million rows of seven texts take 1.2
LAST_CELL = (1_048_575, 16_383)  # of the largest sheet there can be: XFD1048576
MAX_WIDTH = 600  # columns; more than a table may have, so that it is told


class ReadingError(Exception):
    def __init__(self, error, **details):
        super().__init__(error)
        self.message = {"error": error, **details}


def messages(path, wanted, kind):
    """Yield what is to be written, at the worst only {"error": …}."""
    try:
        if kind == "ods":
            _refuse_malformed(path)
        with CalamineWorkbook.from_path(path) as book:
            yield from _sheet(book, wanted, kind)
        yield None
    except ReadingError as error:
        yield error.message
    except PasswordError:
        yield {"error": "password"}
    except MemoryError:
        yield {"error": "memory"}
    except GeneratorExit:
        raise
    except BaseException as error:  # a panic of the Rust code is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        yield {"error": "damaged"}


def _refuse_malformed(path):
    """calamine waits for the end of an element for ever, when the file ends before it. XLSX it reads with care."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype  # no program writes one, and entities that unfold need one
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        parser.ParseFile(content)


def _refuse_doctype(*_declaration):
    raise ReadingError("damaged")


def _sheet(book, wanted, kind):
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    if (wanted is not None and wanted not in names) or not names:
        raise ReadingError("sheet" if names else "damaged", sheets=names)
    sheet = book.get_sheet_by_name(wanted) if wanted is not None else _first_with_content(book, sheets)
    if sheet.end is not None and (sheet.end[0] > LAST_CELL[0] or sheet.end[1] > LAST_CELL[1]):
        raise ReadingError("damaged")
    merged = _merged_downwards(sheet) if kind != "ods" else {}
    first_column = sheet.start[1] if sheet.start else 0
    width = max(MAX_WIDTH - first_column, 1)
    yield {
        **{"sheets": names, "sheet": sheet.name, "height": sheet.height},
        **{"filled": bool(merged), "far right": first_column + sheet.width > MAX_WIDTH},
    }
    if sheet.start is None:
        return
    left = [""] * min(first_column, MAX_WIDTH)
    running = {}  # column → (last row, text) of cells merged over several rows
    for index, row in enumerate(sheet.iter_rows()):
        cells = left + [text(value) for value in row[:width]]
        if running or index in merged:
            _fill(cells, index, merged, running)
        if any(cells):
            yield [index + 1, cells]


def _first_with_content(book, sheets):
    shown = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible] or [sheet.name for sheet in sheets]
    for name in shown:
        try:
            sheet = book.get_sheet_by_name(name)
        except CalamineError:  # a later one may be whole
            continue
        if sheet.start is not None:
            return sheet
    return book.get_sheet_by_name(shown[0])


def _merged_downwards(sheet):
    """First row → [(last row, column)]. Cells merged side by side are titles and stay as they are."""
    merged = {}
    for (first_row, column), (last_row, last_column) in sheet.merged_cell_ranges or ():
        if last_row > first_row and last_column == column:
            merged.setdefault(first_row, []).append((last_row, column))
    return merged


def _fill(cells, index, merged, running):
    for column, (last_row, value) in list(running.items()):
        if index > last_row:
            del running[column]
        elif column < len(cells):
            cells[column] = cells[column] or value
    for last_row, column in merged.get(index, ()):
        if column < len(cells):
            running[column] = (last_row, cells[column])


def text(value):
    """A cell as it would be typed: whole numbers without ".0", days without the time. Booleans stay what they are."""
    if isinstance(value, str):
        if value.startswith("#") and value in ERRORS:
            return ""
        return value.replace("\x00", "") if "\x00" in value else value
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else number(value)
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return value.date().isoformat()
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, datetime.time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return "" if value is None else str(value)


def number(value):
    """Excel shows 15 digits, which is what keeps 0.1 + 0.2 at 0.3."""
    short = f"{value:.15g}"
    return str(value) if "e" in short else short


ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!", "#DATA!"}


def main(path, wanted, kind, seconds):
    if resource:
        for limit, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, int(seconds))):
            try:
                resource.setrlimit(limit, (most, most))
            except (ValueError, OSError):  # macOS refuses some
                continue
    write = sys.stdout.buffer.write
    try:
        for message in messages(path, json.loads(wanted), kind):
            write(json.dumps(message).encode() + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:  # the other side has seen enough
        sys.stdout = None


if __name__ == "__main__":
    main(*sys.argv[1:])
