"""The formats of an export, and how a file in one of them is made: bit by bit, so that its size doesn't matter."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import CardExportable
from crm.exporting.spreadsheets import csv_parts, write_xlsx
from crm.exporting.vcards import VERSION_3, VERSION_4, card_parts


@dataclass(frozen=True)
class Format:
    key: str
    label: Any
    help: Any
    extension: str
    content_type: str
    version: str = ""  # of a vCard


_VCARD = "text/vcard; charset=utf-8"
FORMATS = {
    one.key: one
    for one in (
        Format(
            "xlsx",
            _("Excel (XLSX)"),
            _("For Excel, LibreOffice and Numbers."),
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Format("csv", _("CSV"), _("With semicolons, for a Swedish Excel and for other systems."), "csv", "text/csv; charset=utf-8"),
        Format("vcard3", _("vCard 3.0"), _("For the address books of phones and mail programs."), "vcf", _VCARD, VERSION_3),
        Format("vcard4", _("vCard 4.0"), _("For newer address books."), "vcf", _VCARD, VERSION_4),
    )
}


def formats_of(exportable):
    return {key: one for key, one in FORMATS.items() if not one.version or isinstance(exportable, CardExportable)}


def file_name(exportable, file_format):
    return f"{slugify(exportable.title)}-{timezone.localdate()}.{file_format.extension}"


def parts(exportable, records, *, file_format, fields, **period):
    """Yield (bytes, number of rows) of a file that can be sent while it is made: CSV or vCards.

    Made outside the request, it keeps the reader's language and time zone.
    """
    chunks = exportable.read(records, **period)
    if file_format.version:
        made = card_parts(exportable, file_format.version, chunks)
    else:
        made = csv_parts(headings(fields), (cells(exportable, fields, chunk) for chunk in chunks))
    return _as_now(made)


def write_workbook(output, exportable, records, *, fields, **period):
    """Write an XLSX file and return the number of its rows."""
    rows = (cells(exportable, fields, chunk) for chunk in exportable.read(records, **period))
    return write_xlsx(output, str(exportable.title), headings(fields), rows)


def headings(fields):
    return [str(field.label) for field in fields]


def cells(exportable, fields, chunk):
    """Return the rows of a chunk as lists of values.

    Where the fields tell the rows of a record apart no longer (somebody's name and address, without the roles), one is enough.
    """
    values = [field.value for field in fields]
    made, last = [], None
    for row in exportable.rows(chunk):
        number = row.number if exportable.rows_note else None
        line = [value(row) for value in values]
        if number is None or (number, line) != last:
            made.append(line)
        last = (number, line)
    return made


def _as_now(made):
    language, zone = get_language(), timezone.get_current_timezone()

    @contextmanager
    def circumstances():
        with override(language), timezone.override(zone):
            yield

    def steps():
        while True:
            with circumstances():
                part = next(made, None)
            if part is None:
                return
            yield part

    return steps()
