"""Zip files, looked at before any library unpacks them: workbooks are zip files, and so are bombs."""

import re
import zipfile

from django.utils.translation import gettext as _

from crm.exceptions import SpreadsheetError

from .encodings import not_a_table

MAX_UNPACKED_BYTES = 1 << 30
MAX_ENTRIES = 10_000
# Real sheets reach about 20 to 1; a bomb of zeros reaches 1000.
_MAX_RATIO = 250
_SMALL = 16 << 20
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ENCRYPTED = 0x1


def recognise_zip(path):
    """Return (format, notes) of a workbook. Raises SpreadsheetError for every other archive, and for dangerous ones."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_dangerous(entries)
            names = {entry.filename for entry in entries}
            kind = _kind(archive, names)
    except SpreadsheetError:
        raise
    except Exception as error:  # zipfile raises BadZipFile, EOFError, struct.error, NotImplementedError… for damaged archives
        raise damaged_workbook() from error
    return kind, [macros_note()] if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names) else []


def _refuse_dangerous(entries):
    unpacked = sum(entry.file_size for entry in entries)
    bomb = any(entry.file_size > _SMALL and entry.file_size > _MAX_RATIO * max(entry.compress_size, 1) for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES or bomb:
        raise SpreadsheetError(_("The file is too large when unpacked. Copy the rows to a new workbook and save that."))
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise password_protected()


def _kind(archive, names):
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names):
        return "xlsx"
    mimetype = _first_bytes(archive, "mimetype") if "mimetype" in names else b""
    if mimetype.startswith(_ODS):
        # ODF 1.2 part 3, 4.8: an encrypted entry says so in the manifest, and the zip knows nothing of it.
        if "META-INF/manifest.xml" in names and b"encryption-data" in _first_bytes(archive, "META-INF/manifest.xml"):
            raise password_protected()
        return "ods"
    raise _no_workbook(names, mimetype)


def _first_bytes(archive, name):
    with archive.open(name) as entry:
        return entry.read(1 << 20)


def _no_workbook(names, mimetype):
    if any(name.startswith("word/") for name in names) or b"opendocument.text" in mimetype:
        return text_document()
    if any(name.endswith((".iwa", "Index.zip")) for name in names):
        return SpreadsheetError(
            _("This is a file from Apple Numbers. In Numbers, choose File → Export To → Excel and upload what you get.")
        )
    if any(name.startswith("ppt/") for name in names) or mimetype:
        return not_a_table()
    files = sorted(name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/"))
    if not files or "[Content_Types].xml" in names:
        return damaged_workbook()
    shown = ", ".join(name[-60:] for name in files[:3])
    return SpreadsheetError(_("This is a zip archive. Unpack it and upload the table inside (it holds %(names)s).") % {"names": shown})


def text_document():
    return SpreadsheetError(_("This is a text document. Copy its table, paste it into an empty spreadsheet and save that as XLSX."))


def damaged_workbook():
    return SpreadsheetError(_("The workbook is damaged. Open it in Excel, save it once more and upload it again."))


def password_protected():
    return SpreadsheetError(
        _("The file is protected by a password. Remove the password in the program that made it, save it and upload it again.")
    )


def macros_note():
    return _("The workbook has macros. They are never run.")
