"""Files that are no table: each gets a sentence that says what it is and what to do."""

import gzip

import pytest

from crm.exceptions import SpreadsheetError
from tests.crm.spreadsheets import workbook
from tests.crm.tables import Read, ods, ods_row, raw_xlsx, zip_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def ole(stream):
    return OLE + stream.encode("utf-16-le") + bytes(100)


def with_password(content):
    """Set the flag that says a zip entry is encrypted."""
    return content.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "The file is empty"),
        (b" \r\n\t", "The file is empty"),
        (b"\xef\xbb\xbf\r\n", "The file has no rows"),
        (b";;\n;;\n", "The file has no rows"),
        (b"Namn;Ort\n", "headings but no rows below"),
        (workbook(["Namn", "Ort"]), "headings but no rows below"),
        (workbook(), "The file has no rows"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "a picture"),
        (b"\x00\x00\x00\x18ftypheic", "a picture"),
        (b"{\\rtf1\\ansi Namn}", "a text document"),
        (zip_of({"[Content_Types].xml": "", "word/document.xml": "<x/>"}), "a text document"),
        (zip_of({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "a text document"),
        (ole("WordDocument"), "a text document"),
        (ole("PowerPoint Document"), "not a table that can be read"),
        (zip_of({"ppt/presentation.xml": ""}), "not a table that can be read"),
        (zip_of({"Index/Document.iwa": "", "Metadata/Properties.plist": ""}), "Apple Numbers"),
        (zip_of({"kontakter.csv": "Namn", "bild.png": ""}), r"zip archive\. Unpack it .*bild.png, kontakter.csv"),
        (zip_of({"inre.zip": zip_of({"kontakter.csv": ""})}), "zip archive"),
        (gzip.compress(b"Namn;Ort\n", mtime=0), "compressed archive"),
        (b"7z\xbc\xaf\x27\x1c", "compressed archive"),
        (ole("EncryptedPackage"), r"protected by a password\. Remove the password"),
        (with_password(raw_xlsx("")), "protected by a password"),
        (ods(ods_row("x"), manifest="<manifest:encryption-data/>"), "protected by a password"),
        (ole("Workbook"), "The workbook is damaged"),
        (b"PK\x03\x04 rubbish", "The workbook is damaged"),
        (workbook(["Namn"], ["Åsa"])[:400], "The workbook is damaged"),
        (zip_of({"xl/workbook.xml": "<broken"}), "The workbook is damaged"),
        (zip_of({}), "The workbook is damaged"),
        ("<html><body><table><tr><td>Namn</td></tr></table>", "a web page with the file ending of a spreadsheet"),
        ('\ufeff<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">', "a web page with the file ending of a spreadsheet"),
        ("\r\n  <META http-equiv=Content-Type>\n<TABLE>", "a web page with the file ending of a spreadsheet"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "a web page with the file ending"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related", "a saved web page or e-mail"),
        ('<?xml version="1.0"?><kontakter/>', "a file for other programs"),
        ('[{"namn": "Åsa"}]', "a file for other programs"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR", "a calendar"),
        ("version: 1\n\ndn: cn=Åsa\nmail: asa@x.example\n", "an LDIF file"),
        (b"SQLite format 3\x00", "not a table that can be read"),
        (bytes(range(256)) * 40, "not a table that can be read"),
        (bytes(1000), "not a table that can be read"),
        (";".join(f"k{n}" for n in range(501)) + "\nx\n", "more than 500 columns"),
        (b"x" * (3 << 20), "a row of more than a million characters"),
        ("BEGIN:VCARD\nFN:Åsa\n", r"no card of a person .* It begins on line 1\."),
        ("BEGIN:VCARD\nKIND:org\nFN:Lärcentrum\nEND:VCARD\n", r"no card of a person .* was left out: Lärcentrum"),
    ],
    ids=lambda value: "content" if isinstance(value, bytes) else None,
)
def test_bad_file_gets_a_sentence(content, advice):
    with pytest.raises(SpreadsheetError, match=advice):
        Read(content)
