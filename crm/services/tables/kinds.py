"""What kind of file it is, by its content. What is no table gets a sentence that says what it is and what to do."""

import re
from pathlib import Path

from django.utils.translation import gettext as _

from crm.exceptions import SpreadsheetError

from . import archives, compound
from .encodings import not_a_table

WORKBOOKS = ("xlsx", "xlsb", "xls", "ods")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_COMPRESSED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_CARD = re.compile(rb"^\s*BEGIN\s*:\s*VCARD", re.IGNORECASE | re.MULTILINE)
_BYTE_ORDER_MARKS = re.compile(rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)")


def recognise(path, *, wanted=None):
    """Return (format, notes). `wanted` decides between the formats that are plain text."""
    with open(path, "rb") as file:
        head = file.read(8192)
    if not head.strip() and Path(path).stat().st_size <= len(head):
        raise SpreadsheetError(_("The file is empty. Save the spreadsheet once more and upload it again."))
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return archives.recognise_zip(path)
    if head.startswith(_OLE):
        return _recognise_ole(path)
    _refuse_binary(head)
    if wanted in ("csv", "vcard"):
        return wanted, []
    return _recognise_text(head), []


def _refuse_binary(head):
    if head.startswith(b"%PDF"):
        raise SpreadsheetError(
            _(
                "This is a PDF file, and tables cannot be read from it. "
                "Open the original in a spreadsheet program and save it as XLSX or CSV."
            )
        )
    if head.startswith(_IMAGES) or head[8:12] == b"WEBP" or head[4:8] == b"ftyp":
        raise SpreadsheetError(_("This is a picture. Upload the table itself, as an XLSX or CSV file."))
    if head.startswith(b"{\\rtf"):
        raise archives.text_document()
    if head.startswith(_COMPRESSED):
        raise SpreadsheetError(_("This is a compressed archive. Unpack it and upload the file inside."))
    if head.startswith((b"SQLite format 3", b"\x00\x01\x00\x00Standard", b"!BDN", b"bplist")):
        raise not_a_table()


def _recognise_ole(path):
    """The older container of Office (97–2003), which is also what a password puts around a newer file."""
    with open(path, "rb") as file:
        content = file.read(64 << 20)

    def has_stream(name):
        return name.encode("utf-16-le") in content

    if has_stream("EncryptedPackage"):
        raise archives.password_protected()
    if has_stream("WordDocument"):
        raise archives.text_document()
    if not has_stream("Workbook") and not has_stream("Book"):
        raise not_a_table()
    if not compound.is_sound(path):
        raise archives.damaged_workbook()
    return "xls", [archives.macros_note()] if has_stream("_VBA_PROJECT") else []


def _recognise_text(head):
    text = _BYTE_ORDER_MARKS.sub(b"", head).replace(b"\x00", b"").lstrip()
    if _CARD.search(text[:4096]) and b"BEGIN:VCALENDAR" not in text[:4096].upper():
        return "vcard"
    lowered = text[:4096].lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in lowered or re.match(
        rb"(<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|body|table|style|div)\b", lowered, re.DOTALL
    ):
        raise SpreadsheetError(
            _(
                "This is a web page with the file ending of a spreadsheet, as many systems make. "
                "Open it in Excel or LibreOffice, save it as XLSX and upload that."
            )
        )
    if lowered.startswith(b"mime-version:"):
        raise SpreadsheetError(
            _("This is a saved web page or e-mail. Open it, copy the table to an empty spreadsheet and save that as XLSX.")
        )
    if lowered.startswith((b"<?xml", b"{\n", b"{\r\n", b'{"', b"[{")):
        raise SpreadsheetError(_("This is a file for other programs (XML or JSON). Look for an export as CSV or Excel where you got it."))
    if lowered.startswith(b"begin:vcalendar"):
        raise SpreadsheetError(_("This is a calendar, which holds no contacts. Export the address book as CSV or vCard instead."))
    if re.match(rb"(version: *1\s+)?dn:", lowered):
        raise SpreadsheetError(_("This is an LDIF file. Export the address book as CSV or vCard instead."))
    return "csv"
