"""Cards as telephones and address books export them. The examples follow RFC 2426 and RFC 6350, and the programs that don't."""

import pytest

from tests.crm.tables import Read, card


def only(*lines, version="3.0"):
    table = Read(card(*lines, version=version))
    assert len(table.rows) == 1
    return table.dicts[0]


def test_card_of_a_mac():
    row = only(
        "PRODID:-//Apple Inc.//macOS 10.13//EN",
        "N:Öberg;Åsa;Maria;;",
        "FN:Åsa Öberg",
        "ORG:Lärcentrum\\, Öckerö;Komvux",
        "TITLE:Rektor",
        "item1.EMAIL;type=INTERNET;type=HOME:asa@hemma.example",
        "EMAIL;type=INTERNET;type=WORK;type=pref:asa@kommun.example",
        "TEL;type=CELL;type=VOICE;type=pref:070-123 45 67",
        "TEL;type=WORK;type=FAX:08-123 45 60",
        "TEL;type=WORK:08-123 45 67",
        "item2.ADR;type=WORK;type=pref:;;Storgatan 1\\nvåning 2;Öckerö;;475 30;Sverige",
        "item2.X-ABADR:se",
        "item3.URL;type=pref:https\\://kommun.example",
        "NOTE:Ringer helst.\\nHar mycket att",
        "  göra\\; vänta.",
    )
    assert row == {
        "first_name": "Åsa Maria",
        "last_name": "Öberg",
        "email": "asa@kommun.example",
        "email_2": "asa@hemma.example",
        "mobile": "070-123 45 67",
        "phone": "08-123 45 67",
        "organisation": "Lärcentrum, Öckerö",
        "title": "Rektor",
        "street": "Storgatan 1, våning 2",
        "postcode": "475 30",
        "city": "Öckerö",
        "country": "Sverige",
        "website": "https://kommun.example",
        "note": "Ringer helst.\nHar mycket att göra; vänta.",
    }


def test_card_of_an_old_telephone():
    row = only(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=96berg;=C3=85s=",
        "a;;;",
        "ORG;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:L=E4rcentrum=3B =D6st",
        "TEL;CELL;PREF:0701234567",
        "TEL;HOME;VOICE:081234567",
        "EMAIL;INTERNET:asa@x.example",
        "NOTE;ENCODING=QUOTED-PRINTABLE:rad 1=0D=0A=",
        "rad 2",
        version="2.1",
    )
    assert row == {
        "first_name": "Åsa",
        "last_name": "Öberg",
        "email": "asa@x.example",
        "mobile": "0701234567",
        "phone": "081234567",
        "organisation": "Lärcentrum; Öst",
        "note": "rad 1\nrad 2",
    }


def test_card_of_version_4():
    row = only(
        "FN:Åsa Öberg",
        "EMAIL;PREF=2:second@x.example",
        'EMAIL;PREF=1;TYPE="work,home":first@x.example',
        'TEL;VALUE=uri;TYPE="voice,cell":tel:+46-70-123-45-67',
        "TEL;VALUE=uri;TYPE=work:tel:+46-8-123-45-67;ext=5",
        "LANG:sv",
        "ROLE:Ordförande",
        version="4.0",
    )
    assert row == {
        "full_name": "Åsa Öberg",
        "email": "first@x.example",
        "email_2": "second@x.example",
        "mobile": "+46-70-123-45-67",
        "phone": "+46-8-123-45-67",
        "role": "Ordförande",
        "language": "sv",
    }


def test_lower_case_and_blanks_are_tolerated():
    assert only("n:Öberg;Åsa", "email;type=work:asa@x.example")["last_name"] == "Öberg"
    assert Read("begin:vcard\r\nversion:3.0\r\nfn:Åsa\r\nend:vcard\r\n").rows == [["Åsa"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_encodings_are_recognised(encoding):
    assert Read(card("N:Öberg;Åsa").encode(encoding)).rows == [["Åsa", "Öberg"]]


def test_photos_are_left_out_and_noted():
    photo = "PHOTO;ENCODING=b;TYPE=JPEG:" + "\r\n ".join(["/9j/4AAQSkZJRgABAQ" * 4] * 500) + "=="
    old = "PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n" + "/9j/4AAQSkZJRgABAQ\r\n" * 50
    table = Read(card(photo, "FN:Åsa") + card(old, "FN:Bo", version="2.1") + card("PHOTO:" + "A" * (3 << 20), "FN:Ce"))
    assert (table.rows, table.notes) == ([["Åsa"], ["Bo"], ["Ce"]], ["Photos in the cards were left out."])


def test_card_cut_in_half_is_named_and_the_others_come_through():
    table = Read(card("FN:Åsa") + "BEGIN:VCARD\r\nFN:Halv\r\n" + card("FN:Bo") + "BEGIN:VCARD\r\nFN:Sl")
    assert table.numbered == [(1, ["Åsa"]), (7, ["Bo"])]
    assert table.notes == ["2 cards have no end and were left out. They begin on lines 5, 11."]


def test_soft_break_at_the_end_swallows_no_card():
    table = Read(card("FN:Åsa", "NOTE;ENCODING=QUOTED-PRINTABLE:hej=", version="2.1") + card("FN:Bo"))
    assert [row[0] for row in table.rows] == ["Åsa", "Bo"]


def test_organisations_are_left_out_and_named():
    table = Read(card("FN:Åsa") + card("KIND:org", "FN:Lärcentrum", version="4.0") + card("X-ABShowAs:COMPANY", "ORG:Kommunen"))
    assert table.rows == [["Åsa"]]
    assert table.notes == ["2 cards are about organisations or groups, not persons, and were left out: Lärcentrum, Kommunen."]


def test_more_addresses_than_columns_are_noted():
    table = Read(card("FN:Åsa", *[f"EMAIL:a{n}@x.example" for n in range(5)]))
    assert table.headings == ["full_name", "email", "email_2", "email_3"]
    assert table.notes == [
        "One card has more e-mail addresses or phone numbers than are read (three addresses, a mobile, two other numbers)."
    ]


def test_lines_that_are_no_properties_are_passed_over():
    assert only("rubbish", ":", ';TYPE="a:b', "FN;CHARSET=rot13:Åsa", "EMAIL;ENCODING=b:a") == {"full_name": "Åsa", "email": "a"}
