"""A cell's text as a person means it."""

import re
import unicodedata

LONGEST_CELL = 100_000

# UTF-8 that somebody once read as Windows-1252 and saved: “LÃ¤rcentrum”.
_TWICE_ENCODED = re.compile("Ã[\u00a0-\u00bf\u2013\u2014\u2026\u201e\u2020\u2030\u0160\u0152\u017d]")
# Exports put an apostrophe before a cell that looks like a formula (OWASP: CSV Injection).
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
# White space of every kind, and marks without width that come along when an address is copied from a web page.
# \x1a ends the files of DOS.
_AROUND = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\x1a\u200b\u200e\u200f\ufeff"


def is_blank(text):
    return not text or text.isspace() or not text.strip(_AROUND)


def is_twice_encoded(text):
    return "Ã" in text and bool(_TWICE_ENCODED.search(text))


def clean(cell):
    """Return a cell in NFC, without white space around it and without an export's apostrophe."""
    if len(cell) > LONGEST_CELL:
        cell = cell[:LONGEST_CELL]
    if not cell.isascii():
        if is_twice_encoded(cell):
            cell = _decode_once_more(cell)
        cell = unicodedata.normalize("NFC", cell)
    if "\r" in cell:
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    cell = cell.strip(_AROUND)
    return cell[1:].strip(_AROUND) if cell.startswith("'") and cell[1:].startswith(_FORMULA_START) else cell


def _decode_once_more(cell):
    try:
        return cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return cell


def clean_row(row):
    """Clean all cells of a row; most need nothing but strip(), and this is the innermost loop of an import."""
    text = "".join(row)
    if "'" in text or "\r" in text or "\x1a" in text or len(text) > LONGEST_CELL:
        return [clean(cell) for cell in row]
    if text.isascii():
        return [cell.strip() for cell in row]
    return [cell.strip() if cell.isascii() else clean(cell) for cell in row]
