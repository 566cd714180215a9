from django.utils.translation import gettext as _

from crm.exceptions import SpreadsheetError


def table_from_text(text):
    """Return pasted cells, or the pasted text of a CSV or vCard, as the bytes of a file that `open_table` reads.

    Excel, LibreOffice and Google Sheets copy cells with tabs between them. Then the first line says so, in Excel's own manner,
    and nothing has to be guessed.
    """
    if not text.strip():
        raise SpreadsheetError(_("There is nothing to read. Copy the cells in the spreadsheet and paste them here."))
    lines = text.strip("\r\n").splitlines()
    tabs = sum("\t" in line for line in lines)
    mark = "sep=\t\r\n" if tabs * 2 >= len(lines) or "\t" in lines[0] else ""
    return ("\ufeff" + mark + text.lstrip("\ufeff")).encode("utf-8", "replace")
