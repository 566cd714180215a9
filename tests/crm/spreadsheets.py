"""Spreadsheets as an office sends them, made for the tests of the importer."""

from io import BytesIO

import openpyxl

CONTACT_HEADINGS = "Förnamn;Efternamn;E-post;Mobil;Organisation;Roll;Från;Till"


def swedish_csv(*rows, headings=CONTACT_HEADINGS):
    """What Swedish Excel saves as CSV: semicolons, Windows-1252, CRLF."""
    return "\r\n".join([headings, *rows, ""]).encode("cp1252")


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    output = BytesIO()
    book.save(output)
    return output.getvalue()
