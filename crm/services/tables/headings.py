"""Which row holds the headings, and what the columns are called."""

import re

from django.utils.translation import gettext as _

_EMAIL = re.compile(r"^[^\s@]+@[^\s@]+\.\w+$|<[^\s@<>]+@[^\s@<>]+>")
_PHONE = re.compile(r"^\+?[\d\s()/.–-]{7,}$")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
_YEARS = re.compile(r"^\d{4}\s*[/–-]\s*\d{2,4}$")  # “2017/2018” heads a column of fees
_LONGEST = 200
_TITLE_ROWS = 15  # what stands above the headings: name of the list, date, "printed by"


def guess_header_row(records):
    """Return the number of the row that holds the headings, 0 if none does. `records` are the first ones with any text."""
    filled = [sum(1 for cell in row if cell.strip()) for _number, row in records]
    widest = max(filled, default=0)
    above = 0  # a row that may hold headings, though few
    for (number, row), count in zip(records[:_TITLE_ROWS], filled, strict=False):
        has_data = any(looks_like_data(cell.strip()) for cell in row)
        is_dated_title = count < widest and any(_DATE.match(cell.strip()) for cell in row)
        if count * 2 < widest or (count == 1 and widest > 1) or is_dated_title:
            above = number if count > 1 and not has_data else 0
            continue
        return above if has_data else number
    return records[0][0] if records else 0


def looks_like_data(cell):
    if _DATE.match(cell):
        return True
    if _YEARS.match(cell):
        return False
    return bool(_EMAIL.search(cell) or (_PHONE.match(cell) and sum(c.isdigit() for c in cell) >= 6))


def column_name(index):
    """The name that spreadsheet programs give a column: A, B … Z, AA."""
    name, index = "", index + 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return _("Column %(letter)s") % {"letter": name}


def name_columns(heading_row, columns):
    """Return a unique, non-empty heading for each of these columns of a row."""
    names, taken = [], set()
    for index in columns:
        heading = " ".join(heading_row[index].split())[:_LONGEST] if index < len(heading_row) else ""
        base = name = heading or column_name(index)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name.casefold())
        names.append(name)
    return names
