"""Workbooks of every kind (XLSX, XLSM, XLSB, XLS, ODS), read by python-calamine in a process of its own.

calamine is quick, but it allocates the whole rectangle that a sheet spans and brings the process down when there is no memory for
it: one cell in the last corner of a sheet would end the web server. The process also bounds time and memory.
"""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.exceptions import SpreadsheetError

from . import archives
from .damage import FAR_RIGHT, FILLED

# Of processor time. A whole XLS takes less than one; in a damaged one calamine may go round in circles.
SECONDS = {"xlsx": 120, "xlsb": 120, "ods": 120, "xls": 5}
_READER = Path(__file__).with_name("workbook_process.py")


class Workbook:
    headings = None

    def __init__(self, path, options):
        self.path = str(Path(path).absolute())
        self.options = replace(options, encoding=None, delimiter=None, quote=None)
        self.sheets, self.notes, self._height = [], [], 0

    def records(self, report=None):
        """Yield (row number, cells) of the chosen sheet; empty rows are left out."""
        with closing(lines_of(self.path, self.options.sheet, self.options.format)) as lines:
            about = self._message(next(lines, ""))
            if not self.sheets:
                self._learn(about)
            for kind in (FILLED, FAR_RIGHT):
                if report and about[kind]:
                    report(kind, 1)
            for line in lines:
                record = self._message(line)
                if record is None:  # the end, and not just a reader that stopped
                    return
                number, cells = record
                yield number, [cell if isinstance(cell, str) else _yes_or_no(cell) for cell in cells]
        raise self._stopped()

    def estimate(self, rows, characters):
        return max(rows, self._height)

    def _message(self, line):
        """Take one line of the process, or raise what it says."""
        try:
            message = json.loads(line)
        except ValueError as error:
            raise self._stopped() from error
        if isinstance(message, dict) and "error" in message:
            raise _error(**message)
        return message

    def _stopped(self):
        """The process came to no end: it met a limit, or brought itself down."""
        return archives.damaged_workbook() if self.options.format == "xls" else _too_large()

    def _learn(self, about):
        self.sheets, self._height = about["sheets"], about["height"]
        self.options = replace(self.options, sheet=about["sheet"])
        others = [_("“%(name)s”") % {"name": name} for name in self.sheets if name != about["sheet"]]
        if others:
            self.notes.append(
                ngettext(
                    "Only the sheet “%(sheet)s” is read, not %(others)s.",
                    "Only the sheet “%(sheet)s” is read; not read are %(others)s.",
                    len(others),
                )
                % {"sheet": about["sheet"], "others": ", ".join(others[:5]) + (" …" if len(others) > 5 else "")}
            )


def lines_of(path, sheet, kind):
    """Yield the lines that the reading process writes. It ends when the caller loses interest."""
    command = [sys.executable, "-I", str(_READER), path, json.dumps(sheet), kind, str(SECONDS[kind])]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield from process.stdout
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _error(error, sheets=()):
    if error == "password":
        return archives.password_protected()
    if error == "sheet":
        return SpreadsheetError(_("The workbook has no such sheet. Choose one of these: %(sheets)s.") % {"sheets": ", ".join(sheets)})
    if error == "memory":
        return _too_large()
    return archives.damaged_workbook()


def _too_large():
    return SpreadsheetError(
        _(
            "The sheet is too large to be read; perhaps something stands far to the right or far down. "
            "Copy the rows to a new workbook and upload that."
        )
    )


def _yes_or_no(value):
    return _("yes") if value else _("no")
