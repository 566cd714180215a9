"""Tables as plain text, as the programs of an office write them."""

import unicodedata

import pytest

from crm.exceptions import SpreadsheetError
from crm.services.tables import Options, table_from_text
from tests.crm.tables import Read

ROWS = "Namn;Ort\r\nÅsa Öberg;Öckerö\r\nBo Ek;Malmö\r\n"
READ = [["Åsa Öberg", "Öckerö"], ["Bo Ek", "Malmö"]]


@pytest.mark.parametrize(
    ("encoding", "seen_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("mac-roman", "mac-roman"),
        ("cp850", "cp850"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_encodings_are_recognised(encoding, seen_as):
    table = Read(ROWS.encode(encoding))
    assert (table.rows, table.options.encoding, table.notes) == (READ, seen_as, [])


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters_are_recognised(delimiter):
    table = Read(ROWS.replace(";", delimiter))
    assert (table.headings, table.rows, table.options.delimiter) == (["Namn", "Ort"], READ, delimiter)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(line_end):
    assert Read(ROWS.replace("\r\n", line_end)).rows == READ


def test_decimal_commas_are_no_delimiters():
    assert Read("Namn;Avgift\n" + "Åsa;1,5\n" * 20).headings == ["Namn", "Avgift"]


def test_delimiters_inside_quotes_do_not_count():
    table = Read('Namn,Adress\n"Öberg, Åsa","Gatan 1; 2; 3; 4"\n"Ek, Bo","Vägen 2; 3; 4; 5"\n')
    assert table.rows == [["Öberg, Åsa", "Gatan 1; 2; 3; 4"], ["Ek, Bo", "Vägen 2; 3; 4; 5"]]


def test_quoted_cells_hold_line_breaks():
    table = Read('Namn;Titel\r\n"Öberg; Åsa";"Rektor\r\nkomvux"\r\nBo;Lärare\r\n')
    assert table.numbered == [(2, ["Öberg; Åsa", "Rektor\nkomvux"]), (3, ["Bo", "Lärare"])]


def test_single_quotes_are_recognised():
    assert Read("'Namn','Ort'\n" + "'Öberg, Åsa','Malmö'\n" * 4).rows[0] == ["Öberg, Åsa", "Malmö"]


def test_excels_sep_line_decides_and_is_no_row():
    table = Read("sep=,\r\nNamn;x,Ort\r\nÅsa,Malmö\r\n")
    assert (table.headings, table.numbered) == (["Namn;x", "Ort"], [(2, ["Åsa", "Malmö"])])


@pytest.mark.parametrize(
    "damaged",
    [
        'Namn;Ort\nÅsa;Malmö\n"Bo;Lund\nCe;Ystad\n',
        'Namn;Ort\nÅsa;Malmö\n"Bo;Lund\nCe;"Ystad"\n',
        'Namn;Ort\nÅsa;Malmö\n"Bo;Lund\nCe;Ystad' + "\nD;E" * 3000,
    ],
)
def test_open_quotation_mark_swallows_nothing_and_is_named(damaged):
    table = Read(damaged)
    assert table.rows[:3] == [["Åsa", "Malmö"], ["Bo", "Lund"], ["Ce", "Ystad"]]
    assert len(table.rows) == damaged.count("\n", 0, -1)
    assert table.notes == ["A quotation mark on row 3 is never closed. Check that row."]


def test_lines_in_another_encoding_are_read_and_noted():
    table = Read("Namn;Ort\nÅsa;Malmö\n".encode() + "Örjan;Öckerö\n".encode("cp1252"))
    assert table.rows == [["Åsa", "Malmö"], ["Örjan", "Öckerö"]]
    assert table.notes == ["3 characters are in another character set than the rest of the file. Check å, ä and ö."]


def test_characters_that_nobody_can_read_are_counted():
    table = Read(b"Namn;Ort\nL\xe4r\x81;x\n", encoding="cp1252")
    assert table.rows == [["Lär�", "x"]]
    assert table.notes == ["1 character could not be read and shows as �."]


def test_twice_encoded_letters_are_put_right():
    table = Read("Namn;Ort\nBo;Lund\nLÃ¤rcentrum Ã–st;Ã…re\n")
    assert table.rows[1] == ["Lärcentrum Öst", "Åre"]
    assert table.notes == ["On row 3 letters like å had become “Ã¥”. They were put right."]


def test_nul_bytes_are_left_out():
    table = Read("Namn;Ort\nÅ\0sa;Malmö\n")
    assert (table.rows, table.notes) == ([["Åsa", "Malmö"]], ["1 empty byte (NUL) was left out."])


def test_cells_come_stripped_and_composed():
    decomposed = unicodedata.normalize("NFD", "Åsa")
    assert Read(f"Namn;E-post\n \u00a0{decomposed} ;\u200basa@x.example\u200b\n").rows == [["Åsa", "asa@x.example"]]


def test_apostrophe_of_an_export_is_taken_off():
    assert Read("Namn;Mobil\nO'Hara;'+46 70\n'Åsa';'-\n").rows == [["O'Hara", "+46 70"], ["'Åsa'", "-"]]


def test_empty_rows_are_left_out_and_numbers_stay():
    assert Read("\n\nNamn;Ort\n;;\nÅsa;Malmö\n ; \n\nBo;Lund\n\x1a").numbered == [(5, ["Åsa", "Malmö"]), (8, ["Bo", "Lund"])]


def test_columns_without_heading_stay_when_they_hold_something():
    table = Read("Namn;;;Ort\nÅsa;;x;Malmö\n")
    assert table.dicts == [{"Namn": "Åsa", "Column C": "x", "Ort": "Malmö"}]


def test_equal_headings_get_numbers():
    assert Read("Namn;namn;Namn\na;b;c\n").headings == ["Namn", "namn (2)", "Namn (3)"]


def test_long_rows_lose_nothing_and_are_noted():
    table = Read("Namn,Ort\nÅsa,Malmö\nÖberg, Bo,Lund\n")
    assert table.rows[1] == ["Öberg", "Bo", "Lund"]
    assert table.headings[2] == "Column C"
    assert table.notes == ["Row 3 has more cells than there are headings. Check it: a delimiter may stand inside a cell."]


def test_short_rows_are_filled_up():
    assert Read("Namn;Ort\nÅsa\nBo;Lund\n").rows[0] == ["Åsa", ""]


@pytest.mark.parametrize("above", ["Medlemmar 2017\n", "Medlemmar 2017;;\n\n", "Kontakter;;\nUtskriven:;2017-08-15;\n\n"])
def test_title_rows_are_skipped(above):
    table = Read(above + "Namn;E-post;Ort\nÅsa;asa@x.example;Malmö\n")
    assert table.headings == ["Namn", "E-post", "Ort"]
    assert table.options.header_row == above.count("\n") + 1


@pytest.mark.parametrize("first", ["Åsa;asa@x.example", "Åsa;070-123 45 67", "Åsa;Åsa <asa@x.example>"])
def test_file_without_headings_is_recognised(first):
    table = Read(f"{first}\nBo;\n")
    assert (table.headings, table.options.header_row, len(table.rows)) == (["Column A", "Column B"], 0, 2)


def test_operating_years_are_headings():
    assert Read("Kommun;2016/2017;2017-2018\nMalmö;1000;1200\n").headings == ["Kommun", "2016/2017", "2017-2018"]


def test_list_of_addresses_alone():
    assert Read("asa@x.example\nbo@x.example\n").rows == [["asa@x.example"], ["bo@x.example"]]


def test_options_overrule_the_guesses():
    table = Read("x;y\nNamn,Ort\nÅsa,Malmö\n".encode("cp1252"), delimiter=",", header_row=2, encoding="cp850")
    assert (table.headings, table.rows) == (["Namn", "Ort"], [["┼sa", "Malm÷"]])
    assert Read("Namn;Ort\nÅsa;Malmö\n", header_row=0).rows[0] == ["Namn", "Ort"]
    assert Read('Namn;Ort\n"Åsa";Malmö\n', quote="").rows == [['"Åsa"', "Malmö"]]


def test_the_options_used_read_the_same_again():
    content = "Lista\n'Namn'|'Ort'\n".encode("cp1252") + "'Åsa'|'Malmö'\n".encode("cp1252") * 3
    first = Read(content)
    again = Read(content, **first.options.to_json())
    assert (again.options, again.numbered) == (first.options, first.numbered)


def test_options_from_another_version_are_tolerated():
    options = Options(format="csv", quote="", header_row=0)
    assert Options.from_json(options.to_json()) == options
    assert Options.from_json({"delimiter": ";", "colour": "red", "header_row": "2", "sheet": 7}) == Options(delimiter=";")
    assert Options.from_json(None) == Options()


@pytest.mark.parametrize("options", [{"delimiter": "ab"}, {"delimiter": "\n"}, {"delimiter": '"'}, {"quote": "x"}, {"format": "xlsx"}])
def test_senseless_options_are_guessed_instead(options):
    assert Read(ROWS, **options).rows == READ


def test_unknown_character_set_and_missing_heading_row_are_told():
    with pytest.raises(SpreadsheetError, match="The character set “rot13” is not known"):
        Read(ROWS, encoding="rot13")
    with pytest.raises(SpreadsheetError, match="Row 9, which should hold the headings, is empty or stands too far down"):
        Read(ROWS, header_row=9)


def test_endless_cell_is_cut_and_noted():
    table = Read(f"Namn;Ort\nÅsa;{'x' * 100_001}\nBo;{'y' * 140_000}\n")
    assert [len(row[1]) for row in table.rows] == [100_000, 100_000]
    assert table.notes == ["2 cells were cut, first on row 2: they are longer than 100,000 characters."]


def test_estimate_is_exact_for_an_ordinary_file():
    assert Read("Namn\n" + "Åsa\n\n" * 1000).estimate == 1000


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Namn\tOrt\r\nÅsa\tMalmö\r\n", [["Åsa", "Malmö"]]),
        ('Namn\tAdress\nÅsa\t"Gatan 1\n123 45 Malmö"\nBo; Ek, Lund\t\n', [["Åsa", "Gatan 1\n123 45 Malmö"], ["Bo; Ek, Lund", ""]]),
        ("Namn;Ort\nÅsa;Malmö", [["Åsa", "Malmö"]]),
        ("BEGIN:VCARD\nFN:Åsa\nEND:VCARD", [["Åsa"]]),
    ],
)
def test_pasted_cells_become_a_file(text, rows):
    assert Read(table_from_text(text)).rows == rows


def test_nothing_pasted_is_told():
    with pytest.raises(SpreadsheetError):
        table_from_text(" \n\t")
