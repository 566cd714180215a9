"""Thousands of damaged files: each is read, or refused with a sentence. The seeds are fixed, so that a run is like the one before."""

import json
import os
import sys
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.exceptions import SpreadsheetError
from crm.services.tables import ENCODINGS, Options, open_table, table_from_text, workbook_process, workbooks
from tests.crm.spreadsheets import workbook
from tests.crm.tables import card, cell, ods, ods_row, raw_xlsx
from tests.examples import many


@pytest.fixture(scope="module", autouse=True)
def upload(tmp_path_factory):
    """One path for all files, and no file left open at the end."""
    upload.path = tmp_path_factory.mktemp("tables") / "upload"
    yield
    assert not list(left_open())


def left_open():
    """Yield where this process still holds the uploaded file, as far as the system tells."""
    for descriptor in os.listdir("/proc/self/fd") if sys.platform == "linux" else ():
        with suppress(OSError):  # gone since it was listed
            if os.readlink(f"/proc/self/fd/{descriptor}").startswith(str(upload.path)):
                yield descriptor


@pytest.fixture
def reader_in_this_process():
    """Spare the time to start a process for each file; test_reading_process_survives has it."""

    def lines_of(path, sheet, kind):
        for message in workbook_process.messages(path, sheet, kind):
            yield json.dumps(message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbooks, "lines_of", lines_of)
        yield


def check(content, options=None):
    """Read a file, or have it refused; whatever comes out keeps what the interface promises."""
    upload.path.write_bytes(content)
    try:
        table = open_table(upload.path, options=options or Options())
        rows = list(table.rows())
    except SpreadsheetError:
        return None
    assert rows
    assert all(len(cells) == len(table.headings) for _number, cells in rows)
    assert all(table.headings)
    assert len(set(table.headings)) == len(table.headings) <= 500
    numbers = [number for number, _cells in rows]
    assert numbers == sorted(set(numbers))
    text = "".join(cell for _number, cells in rows for cell in cells)
    assert "\0" not in text
    text.encode()  # no half characters
    json.dumps(table.options.to_json())
    assert table.sample(2) == rows[:2]
    return table, rows


def check_twice(content):
    """The options that were used read the same again."""
    if first := check(content):
        table, rows = first
        again, same_rows = check(content, Options.from_json(table.options.to_json()))
        assert (again.headings, same_rows) == (table.headings, rows)


plain = st.text(st.sampled_from("abåäöÅÖé 1.-@'é\u00a0\u0301"), max_size=8)
nasty = st.sampled_from(
    ['"', '""', '"x', 'x"', "'", "\r", "\n", "\0", ";", ",", "\t", "|", "sep=;", "Ã¥", "Ã", "\ufeff", "\u2028", "=1+1", "'+46"]
)
some_cell = st.one_of(plain, plain, plain, nasty, st.sampled_from(["asa@x.example", "070-123 45 67", "2017-08-15", '"a\nb"', '"a;b"']))
delimiters = st.sampled_from([";", ",", "\t", "|"])
encodings = st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252", "mac-roman", "cp850", "utf-16", "utf-16-le", "utf-16-be"])
some_options = st.builds(
    Options,
    format=st.sampled_from([None, "csv", "vcard", "xlsx", "x"]),
    encoding=st.sampled_from([None, *ENCODINGS, "rot13"]),
    delimiter=st.sampled_from([None, ";", ",", "\t", "ab", "\n", "'", " ", ""]),
    quote=st.sampled_from([None, '"', "'", "", "x"]),
    sheet=st.sampled_from([None, "Blad1", "Blad9"]),
    header_row=st.sampled_from([None, 0, 1, 2, 7, 99999]),
)


@st.composite
def tables(draw):
    rows = draw(st.lists(st.lists(some_cell, min_size=1, max_size=5), min_size=1, max_size=8))
    delimiter, line_end = draw(delimiters), draw(st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]))
    return line_end.join(delimiter.join(row) for row in rows)


@st.composite
def damaged(draw, contents):
    """Bytes with a few of them changed, left out, put in or cut off."""
    content = bytearray(draw(contents))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        kind = draw(st.sampled_from(["change", "remove", "insert", "cut", "repeat"]))
        if kind == "change" and content:
            content[at] = draw(st.integers(0, 255))
        elif kind == "remove":
            del content[at : at + draw(st.integers(1, 20))]
        elif kind == "insert":
            content[at:at] = draw(st.binary(max_size=6))
        elif kind == "cut":
            del content[at:]
        elif kind == "repeat":
            content[at:at] = content[at : at + 40]
    return bytes(content)


@many(180)
@given(tables(), encodings)
def test_text_in_any_encoding(text, encoding):
    check_twice(text.encode(encoding, "replace"))


@many(100)
@given(damaged(st.builds(lambda text, encoding: text.encode(encoding, "replace"), tables(), encodings)))
def test_damaged_text(content):
    check_twice(content)


@many(60)
@given(st.lists(st.tuples(tables(), encodings), min_size=2, max_size=3))
def test_encodings_mixed_in_one_file(parts):
    check(b"\n".join(text.encode(encoding, "replace") for text, encoding in parts))


@many(80)
@given(tables(), some_options)
def test_options_of_every_kind(text, options):
    check(text.encode(), options)


@many(40)
@given(st.one_of(tables(), st.text(max_size=60)))
def test_pasted_text(text):
    try:
        content = table_from_text(text)
    except SpreadsheetError:
        return
    check_twice(content)


@many(100)
@given(
    st.sampled_from(
        [b"", b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"BEGIN:VCARD\n"]
    ),
    st.binary(max_size=300),
    some_options,
)
def test_random_bytes(start, content, options):
    check(start + content, options)


names = st.sampled_from(
    [
        "N",
        "FN",
        "ORG",
        "TEL",
        "EMAIL",
        "ADR",
        "NOTE",
        "URL",
        "TITLE",
        "ROLE",
        "LANG",
        "KIND",
        "PHOTO",
        "item1.EMAIL",
        "X-A",
        "VERSION",
        "",
        "BEGIN",
    ]
)
parameters = st.lists(
    st.sampled_from(
        [
            *(";TYPE=CELL", ";CELL", ";TYPE=work,fax", ";PREF", ";PREF=1", ";VALUE=uri", ';TYPE="a:b;c"', ';X="', ";"),
            *(";ENCODING=QUOTED-PRINTABLE", ";QUOTED-PRINTABLE", ";ENCODING=b", ";CHARSET=utf-8", ";CHARSET=zip", ";CHARSET=utf-16"),
        ]
    ),
    max_size=3,
).map("".join)
values = st.lists(
    st.sampled_from(["Åsa", ";", "\\", "\\n", "\\;", "=", "=C3=85", "=\r\n", "\r\n ", "\r\n", ",", "tel:+46", '"', ":", "org", "\0"]),
    max_size=6,
).map("".join)
properties = st.builds(lambda name, parameter, value: f"{name}{parameter}:{value}", names, parameters, values)
some_cards = st.lists(
    st.builds(
        lambda lines, version: card("FN:Åsa", *lines, version=version),
        st.lists(properties, max_size=6),
        st.sampled_from(["2.1", "3.0", "4.0"]),
    ),
    min_size=1,
    max_size=3,
).map("".join)


@many(140)
@given(some_cards, encodings)
def test_cards(text, encoding):
    check_twice(text.encode(encoding, "replace"))


@many(80)
@given(damaged(some_cards.map(str.encode)))
def test_damaged_cards(content):
    check(content)


@many(50)
@given(some_cards, st.integers(0, 400), st.binary(max_size=60), st.integers(0, 500))
def test_cards_with_photos_cut_in_half(text, photo_length, noise, cut):
    photo = "PHOTO;ENCODING=b:" + "\r\n ".join(["/9j/4AAQSkZJRg" * 4] * (photo_length // 20))
    content = (card(photo, "FN:Bo") + text).encode()
    check(content[:cut] + noise + content[cut + 30 :] + card("FN:Ce", "EMAIL:ce@x.example").encode())


ROWS = (
    f'<row r="1">{cell("A1", "Namn")}{cell("B1", "Ort")}</row><row r="2">{cell("A2", "Åsa")}<c r="B2"><v>43.5</v></c></row>'
    f'<row r="4">{cell("A4", "Bo")}<c r="B4" t="b"><v>1</v></c><c r="C4" t="e"><v>#N/A</v></c></row>'
)


@cache
def sound_workbooks():
    """Stored as they are, too: then the damage reaches the XML and isn't caught by a check sum."""
    table = ods_row("Namn", "Ort") + '<table:table-row table:number-rows-repeated="2"/>' + ods_row("Åsa", "Malmö")
    return [
        workbook(["Namn", "Ort"], ["Åsa", 43], ["Bo", None]),
        *(raw_xlsx(ROWS, compression=compression) for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_STORED)),
        *(ods(table, compression=compression) for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_STORED)),
    ]


@many(180)
@given(damaged(st.deferred(lambda: st.sampled_from(sound_workbooks()))), some_options)
@pytest.mark.usefixtures("reader_in_this_process")
def test_damaged_workbooks(content, options):
    check(content, options if options.encoding == "utf-8" else None)


# Mostly sound: one wrong number is enough to have the whole sheet refused.
references = st.sampled_from([*["A5", "B6", "C7", "A8", "AZ12"] * 25, "A1", "A0", "", "ZZ1", "ZZZZ1", "1", "A-1"])
kinds = st.sampled_from([*["str", "inlineStr", "d"] * 9, "b", "e", "n", "s", ""])
texts = st.sampled_from(
    ["1", "-1", "1e400", "Åsa", "43.5", "999999999999", "2017-08-15", "NaN", "", "#N/A", "&amp;", "&x;", "_x0000_", "é\n"]
)
sheet_rows = st.lists(
    st.builds(
        lambda number, cells: f'<row r="{number}">{"".join(cells)}</row>',
        st.sampled_from([*["5", "6", "7", "99"] * 25, "1", "0", "-1", "", "x"]),
        st.lists(st.builds('<c r="{}" t="{}" s="1"><v>{}</v><is><t>{}</t></is></c>'.format, references, kinds, texts, texts), max_size=4),
    ),
    max_size=4,
).map("".join)
ods_cells = st.builds(
    '<table:table-cell office:value-type="{}" office:value="{}" office:date-value="{}" table:number-columns-repeated="{}">'
    "<text:p>{}</text:p></table:table-cell>".format,
    st.sampled_from([*["string", "date"] * 25, "float", "percentage", "time", "boolean", "x"]),
    texts.filter(lambda text: "&x" not in text),
    texts.filter(lambda text: "&x" not in text),
    st.sampled_from([*["1", "2", "300"] * 25, "0", "-1", "x"]),
    texts,
)
ods_rows = st.lists(
    st.builds(
        lambda repeated, cells: f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>',
        st.sampled_from([*["1", "2", "50"] * 25, "0", "-1", "x"]),
        st.lists(ods_cells, max_size=4),
    ),
    max_size=4,
).map("".join)


@many(100)
@given(
    st.one_of(
        sheet_rows.map(lambda rows: raw_xlsx(ROWS + rows)),
        ods_rows.map(lambda rows: ods(ods_row("Namn", "Ort") + rows)),
        damaged(st.just(ROWS.encode())).map(lambda rows: raw_xlsx(rows.decode("utf-8", "replace"))),
    )
)
@pytest.mark.usefixtures("reader_in_this_process")
def test_sound_zip_around_strange_xml(content):
    check(content)


@many(25)
@given(damaged(st.deferred(lambda: st.sampled_from(sound_workbooks()))))
def test_reading_process_survives(content):
    check(content)


@pytest.fixture
def impatient():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(workbooks.SECONDS, "xls", 1)
        yield


@many(30)
@given(damaged(st.just((Path(__file__).parent / "files/contacts.xls").read_bytes())))
@pytest.mark.usefixtures("impatient")
def test_damaged_workbook_of_old_excel(content):
    check(content)
