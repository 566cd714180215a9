"""Workbooks of Excel and LibreOffice, sound and strange."""

import datetime
import subprocess
import time
import zipfile
from io import BytesIO
from pathlib import Path
from string import ascii_uppercase
from unittest.mock import patch

import openpyxl
import pytest

from crm.exceptions import SpreadsheetError
from crm.services.tables import open_table
from tests.crm.spreadsheets import workbook
from tests.crm.tables import Read, cell, ods, ods_row, raw_xlsx, zip_of

ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9))
    + "]>"
)
COLUMNS = [f"{first}{second}" for first in "ABCDEFGHIJKLMNOPQRST" for second in ascii_uppercase]


def saved(book):
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def test_xlsx_is_read():
    table = Read(workbook(["Förnamn", "Ort"], ["Åsa", "Öckerö"], [None, None], ["Bo", None]))
    assert (table.headings, table.numbered) == (["Förnamn", "Ort"], [(2, ["Åsa", "Öckerö"]), (4, ["Bo", ""])])
    assert (table.options.format, table.options.sheet, table.estimate) == ("xlsx", "Sheet", 2)


def test_ods_is_read():
    table = Read(ods(ods_row("Namn", "Ort") + '<table:table-row table:number-rows-repeated="3"/>' + ods_row("Åsa", "Öckerö")))
    assert (table.options.format, table.numbered) == ("ods", [(5, ["Åsa", "Öckerö"])])


def test_xls_is_read():
    table = Read((Path(__file__).parent / "files/contacts.xls").read_bytes())
    assert table.headings == ["Förnamn", "Efternamn", "E-post", "Sedan", "Nummer"]
    assert table.numbered == [(2, ["Åsa", "Öberg", "asa@kommun.example", "2017-08-15", "43"]), (4, ["Bo", "Ek", "", "", ""])]
    assert (table.options.format, table.sheets) == ("xls", ["Kontakter", "Tom"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.date(2017, 8, 15), "2017-08-15"),
        (datetime.datetime(2017, 8, 15), "2017-08-15"),
        (datetime.datetime(2017, 8, 15, 9, 5), "2017-08-15 09:05"),
        (datetime.time(8, 30), "08:30"),
        (datetime.timedelta(hours=30), "30:00"),
        (43.0, "43"),
        (46701234567, "46701234567"),
        (0.1 + 0.2, "0.3"),
        (-1.5, "-1.5"),
        (True, "yes"),
        (False, "no"),
        ("#N/A", ""),
        ("  Åsa ", "Åsa"),
        ("'+46 70", "+46 70"),
    ],
)
def test_cells_come_as_they_would_be_typed(value, text):
    assert Read(workbook(["Rubrik", "Annan"], [value, "x"])).rows == [[text, "x"]]


def test_first_sheet_with_content_is_read_and_the_others_named():
    book = openpyxl.Workbook()
    for name in ("Kontakter", "Gamla"):
        sheet = book.create_sheet(name)
        sheet.append(["Namn"])
        sheet.append([f"Åsa i {name}"])
    table = Read(saved(book))
    assert (table.sheets, table.options.sheet, table.rows) == (["Sheet", "Kontakter", "Gamla"], "Kontakter", [["Åsa i Kontakter"]])
    assert table.notes == ["Only the sheet “Kontakter” is read; not read are “Sheet”, “Gamla”."]
    assert Read(saved(book), sheet="Gamla").rows == [["Åsa i Gamla"]]


def test_hidden_sheet_is_not_the_first_choice():
    book = openpyxl.Workbook()
    book.active.append(["Dolt"])
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Synligt")
    sheet.append(["Namn"])
    sheet.append(["Åsa"])
    assert Read(saved(book)).options.sheet == "Synligt"


def test_sheet_that_does_not_exist_is_told():
    with pytest.raises(SpreadsheetError, match=r"no such sheet\. Choose one of these: Sheet\."):
        Read(workbook(["Namn"], ["Åsa"]), sheet="Blad9")


def test_table_that_begins_in_the_middle_of_the_sheet():
    book = openpyxl.Workbook()
    book.active["C5"], book.active["D5"], book.active["C6"], book.active["F6"] = "Namn", "Ort", "Åsa", "x"
    table = Read(saved(book))
    assert (table.headings, table.numbered) == (["Namn", "Ort", "Column F"], [(6, ["Åsa", "", "x"])])


def test_cells_merged_over_rows_are_filled_in_and_titles_are_not():
    book = openpyxl.Workbook()
    for row in (["Medlemmar 2017"], ["Organisation", "Namn", "Ort"], ["Lärcentrum", "Åsa", "x"], [None, "Bo", "y"], [None, "Ce", "z"]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.active.merge_cells("A3:A4")
    table = Read(saved(book))
    assert table.headings == ["Organisation", "Namn", "Ort"]
    assert [row[0] for row in table.rows] == ["Lärcentrum", "Lärcentrum", ""]
    assert table.notes == ["Cells merged over several rows were filled in on each of them."]


def test_macros_are_never_run_and_that_is_said():
    content = raw_xlsx(
        f'<row r="1">{cell("A1", "Namn")}</row><row r="2">{cell("A2", "Åsa")}</row>', **{"xl/vbaProject.bin": b"Sub Auto_Open()"}
    )
    assert Read(content).notes == ["The workbook has macros. They are never run."]


def test_a_million_formatted_but_empty_rows_cost_little():
    empty = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(3, 1_048_577))
    content = raw_xlsx(f'<row r="1">{cell("A1", "Namn")}</row><row r="2">{cell("A2", "Åsa")}</row>{empty}')
    started = time.process_time()
    assert Read(content).rows == [["Åsa"]]
    assert time.process_time() - started < 2  # of this process; the reader's own limit is in the reader


@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        (f'<row r="1">{cell("A1", "Namn")}</row><row r="1048576">{cell("XFD1048576", "x")}</row>', "stands far to the right or far down"),
        (f'<row r="1">{"".join(cell(f"{column}1", column) for column in COLUMNS)}</row>', "more than 500 columns"),
        ('<row r="1"><c r="A99999999999" t="inlineStr"><is><t>x</t></is></c></row>', "damaged"),
        ("<row", "damaged"),
    ],
)
def test_strange_sheets_get_a_sentence(rows, advice):
    with pytest.raises(SpreadsheetError, match=advice):
        Read(raw_xlsx(rows))


@pytest.mark.parametrize(
    "content",
    [
        raw_xlsx(f'<row r="1">{cell("A1", "Namn")}</row><row r="2">{cell("A2", "&j;")}</row>', before=ENTITIES),
        ods(ods_row("Namn") + ods_row("&j;"), before=ENTITIES),
    ],
)
def test_a_billion_laughs_stay_a_sentence(content):
    with pytest.raises(SpreadsheetError):
        Read(content)


def test_repeated_cells_of_ods_fill_no_memory():
    wide = '<table:table-cell table:number-columns-repeated="16384"/>'
    deep = f'<table:table-row table:number-rows-repeated="1048570">{wide}</table:table-row>'
    assert Read(ods(ods_row("Namn") + ods_row("Åsa") + deep)).rows == [["Åsa"]]


@pytest.mark.parametrize(
    "content",
    [
        zip_of({"xl/workbook.xml": bytes(300 << 20)}),
        zip_of({f"xl/{number}": b"" for number in range(10_001)}, compression=zipfile.ZIP_STORED),
    ],
)
def test_zip_bombs_are_not_unpacked(content):
    started = time.process_time()
    with pytest.raises(SpreadsheetError, match="too large when unpacked"):
        Read(content)
    assert time.process_time() - started < 1


def test_reader_that_is_left_early_ends(tmp_path):
    path = tmp_path / "members.xlsx"
    path.write_bytes(workbook(["Namn"], *[["Åsa"]] * 5000))
    rows = open_table(path).rows()
    next(rows)
    with patch.object(subprocess.Popen, "kill", autospec=True, side_effect=subprocess.Popen.kill) as kill:
        rows.close()
    assert kill.call_args.args[0].returncode is not None
