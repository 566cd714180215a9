"""Files that are no spreadsheet, or a broken one: each gets a sentence that says what to do."""

import io
import zipfile

import pytest

from crm.exceptions import SpreadsheetError
from crm.resources.import_jobs import upload
from crm.services.spreadsheets import MAX_ROWS, harmless, read_spreadsheet
from tests.crm.spreadsheets import CONTACT_HEADINGS, swedish_csv, workbook

ROWS = "Namn;Ort\nÅsa;Öckerö\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_excel_writes(encoding):
    assert read_spreadsheet(ROWS.encode(encoding)).dict == [{"Namn": "Åsa", "Ort": "Öckerö"}]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(delimiter):
    assert read_spreadsheet(ROWS.replace(";", delimiter).encode()).dict == [{"Namn": "Åsa", "Ort": "Öckerö"}]


def test_quoted_cells_hold_delimiters_and_line_breaks():
    rows = read_spreadsheet('Namn;Titel\n"Öberg; Åsa";"Rektor\nkomvux"\n'.encode())
    assert rows.dict == [{"Namn": "Öberg; Åsa", "Titel": "Rektor\nkomvux"}]


def test_empty_rows_and_columns_without_heading_are_left_out():
    rows = read_spreadsheet("\n\nNamn;;Ort\n;;\nÅsa;x;Öckerö\n;;\n".encode())
    assert rows.dict == [{"Namn": "Åsa", "Ort": "Öckerö"}]


def test_short_rows_are_filled_up():
    assert read_spreadsheet("Namn;Ort\nÅsa\n".encode()).dict == [{"Namn": "Åsa", "Ort": ""}]


def zipped(name, content):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return output.getvalue()


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "Filen är tom"),
        (b"  \r\n ", "Filen är tom"),
        (b"Namn;Ort\n", "inga rader under"),
        (b"Namn;Namn\nx;y\n", "samma rubrik"),
        (b"%PDF-1.7 ...", "inget kalkylblad"),
        (b"\x89PNG\r\n\x1a\n", "inget kalkylblad"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "spara den som"),
        (zipped("word/document.xml", "<x/>"), "inget kalkylblad"),
        (zipped("xl/workbook.xml", "<broken"), "Arbetsboken är skadad"),
        (b"PK\x03\x04 rubbish", "Arbetsboken är skadad"),
        (workbook(["Namn"], ["Åsa"])[:400], "Arbetsboken är skadad"),
        (b"Namn;Ort\n\x00\x00;\x00\n", "inget kalkylblad"),
        (bytes(range(256)) * 40, "inget kalkylblad"),
        (b"Namn;Ort\n\x81\x8d\xfe;x\n", "Filens tecken går inte att läsa"),
        (b"\xef\xbb\xbfNamn\n\xe5\n", "Filens tecken går inte att läsa"),
        ("Namn\nLärcentrum Öckerö\n".encode() + b"\xe5\n", "Filens tecken går inte att läsa"),
        (";".join(f"k{n}" for n in range(201)).encode() + b"\nx\n", "fler än 200 kolumner"),
        (b"Namn\n" + b"x\n" * (MAX_ROWS + 1), "fler än 1000 rader"),
        (b"x" * (10 * 1024 * 1024 + 1), "större än 10"),
        (zipped("xl/workbook.xml", bytes(201 * 1024 * 1024)), "för stor när den packas upp"),
    ],
)
def test_bad_file_gets_a_sentence(content, advice):
    with pytest.raises(SpreadsheetError, match=advice):
        read_spreadsheet(content)


def test_ten_megabytes_of_rubbish_is_refused_at_once():
    with pytest.raises(SpreadsheetError):
        read_spreadsheet(b"\x13\x37\xff" * 3_400_000)


def test_formatted_but_empty_rows_end_the_sheet():
    assert len(read_spreadsheet(workbook(["Namn"], ["Åsa"], *[[None]] * 20))) == 1


@pytest.mark.django_db
def test_file_without_the_needed_column_says_which_headings_it_has():
    with pytest.raises(SpreadsheetError, match=r"saknar en kolumn för: Förnamn, Efternamn\. Rubrikerna är: Namn, Ort"):
        upload("contacts", content=ROWS.encode(), filename="namn.csv", acting_user=None)


@pytest.mark.django_db
def test_unknown_columns_are_left_out_and_named():
    content = swedish_csv("Åsa;Öberg;;;;;;;43", headings=CONTACT_HEADINGS + ";Skonummer")
    job = upload("contacts", content=content, filename="kontakter.csv", acting_user=None)
    assert job.report["ignored"] == ["Skonummer"]
    assert job.created_count == 1


@pytest.mark.django_db
def test_two_columns_for_one_thing_are_refused():
    with pytest.raises(SpreadsheetError, match="Två kolumner betyder ”E-post”"):
        upload("contacts", content=swedish_csv("a;b;;", headings="Förnamn;Efternamn;E-post;Mejl"), filename="x.csv", acting_user=None)


@pytest.mark.django_db
def test_english_headings_are_understood():
    content = b"First name,Last name,E-mail,Phone\nAnna,Berg,anna@kommun.example,08-465 004 01\n"
    assert upload("contacts", content=content, filename="export.csv", acting_user=None).created_count == 1


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "@SUM(1)", "-1+1|x", "+cmd", "\tx"])
def test_formula_is_made_harmless(cell):
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["+47 22 12 34 56", "-5,50", "Åsa", "a=b", ""])
def test_what_is_no_formula_stays(cell):
    assert harmless(cell) == cell
