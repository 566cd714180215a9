"""One run over the file of a job, part by part: each part is written whole or not at all, and a run goes on where it was stopped."""

import gc
import json
from collections import Counter, defaultdict
from itertools import islice

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.exceptions import SpreadsheetError
from crm.importing.contacts import ContactImporter
from crm.importing.outcomes import Fate, Outcome, Row
from crm.importing.registry import get_importer
from crm.importing.wishes import Wishes
from crm.models import Affiliation, Change, Contact, ContactPoint, ImportJob, ImportRow
from crm.services import bulk
from crm.services.ledger import going_on_with
from crm.services.tables import Options, open_table

LONG = 2_000  # rows from which on PostgreSQL is told how large its tables are
MOST_UNKNOWN = 300  # different values that a person would go through
_ROW_COLUMNS = (
    "job_id", "number", "fate", "label", "changes", "messages", "cells", "corrections", "question", "answer", "model", "object_id",
)  # fmt: skip


class RunLost(Exception):
    """Somebody else has the job in hand now: another worker, or a person who stopped it."""


class Run:
    def __init__(self, job):
        self.job = job
        self.state = job.state
        self.writes = job.state == ImportJob.State.IMPORTING
        self.counts = Counter({fate: getattr(job, f"{fate}_count") for fate in Fate.values})
        self.unknown = defaultdict(Counter)
        self.domains = defaultdict(Counter)

    def go(self):
        """Read the rest of the file. Raises RunLost, or SpreadsheetError when the file turns out to be unreadable further down."""
        job = self.job
        table = job.table or open_table(job.file.path, filename=job.filename, options=Options.from_json(job.options))
        columns = [(index, job.mapping.get(heading)) for index, heading in enumerate(table.headings)]
        self.columns = [(index, name) for index, name in columns if name]
        self.importer = get_importer(job.kind)(
            names=[name for _index, name in self.columns],
            values=job.values,
            wishes=Wishes.from_json(job.wishes),
            writes=self.writes,
            number_of_row=self._number_of_row,
        )
        self.importer.go_on(job)
        self.has_decisions = job.rows.exclude(answer="", corrections={}).exists()
        rows = islice(table.rows(), job.row_done, None)
        try:
            while _without_collecting(self._take_next, rows):
                if job.row_done >= LONG:
                    bulk.refresh_statistics(Contact, ContactPoint, Affiliation)
        finally:
            self.importer.close()
        if not job.row_done:
            raise SpreadsheetError(_("The file has headings but no rows below them."))
        return self

    def _take_next(self, rows):
        if part := list(islice(rows, self.importer.largest_part)):
            self._take(part)
        return bool(part)

    def _take(self, part):
        if len(part) + self.job.row_done > getattr(self.importer, "largest_file", len(part) + self.job.row_done):
            message = _("A file of this kind has at most %(count)d rows. Divide it into several files.")
            raise SpreadsheetError(message % {"count": self.importer.largest_file})
        rows = self._rows(part)
        self.importer.prepare(rows)
        newest, outcomes = self._plans_ahead and _newest_change(), None
        if not self.writes or self._plans_ahead:
            outcomes = self.importer.process(rows)  # outside the transaction: others may write meanwhile
        with transaction.atomic():
            self.take_hold()
            if self.writes:
                if outcomes and _newest_change() != newest:
                    self.importer.forget()
                    outcomes = None
                with going_on_with(self.job.change_set):
                    outcomes = self._write(rows, outcomes)
            self._note(outcomes)

    @property
    def _plans_ahead(self):
        """Whether a part is planned before the transaction that writes it, and once more in it if somebody has changed the register.

        On SQLite, where others wait for as long as the transaction takes. The ledger's newest number tells of every change there;
        on PostgreSQL, where nobody waits, numbers do not come in the order of the commits.
        """
        return connection.vendor == "sqlite" and isinstance(self.importer, ContactImporter)

    def _rows(self, part):
        decisions = self._decisions(part[0][0], part[-1][0])
        rows = []
        for number, cells in part:
            row = Row(number, {name: cells[index] for index, name in self.columns})
            if number in decisions:
                row.corrections, row.answers = decisions[number]
                row.cells |= row.corrections
            rows.append(row)
        return rows

    def _decisions(self, first, last):
        if not self.has_decisions:
            return {}
        found = self.job.rows.filter(number__gte=first, number__lte=last).exclude(answer="", corrections={})
        return {
            number: (corrections, set(self._answers(answer)))
            for number, corrections, answer in found.values_list("number", "corrections", "answer")
        }

    def _answers(self, answer):
        """Yield the answers of a row. Those in brackets the file has given itself: the run that looks finds them anew."""
        for one in answer.split():
            if not one.startswith("("):
                yield one
            elif self.writes:
                yield one.strip("()")

    def _write(self, rows, outcomes=None):
        """Write rows, planned already or not, and where the database refuses them find out which it is."""
        try:
            with transaction.atomic():
                outcomes = outcomes or self.importer.process(rows)
                self.importer.write(outcomes)
                return outcomes
        except (IntegrityError, DataError):
            self.importer.forget()
            if len(rows) == 1:
                return [Outcome(rows[0], Fate.REFUSED, messages=[["", _("The row contradicts another record in the register.")]])]
            middle = len(rows) // 2
            return self._write(rows[:middle]) + self._write(rows[middle:])

    def take_hold(self):
        """Make sure that nobody has stopped the job or done this part, and that nobody does while it is written."""
        held = ImportJob.objects.select_for_update().get(pk=self.job.pk)
        if (held.state, held.row_done) != (self.state, self.job.row_done):
            raise RunLost

    def _note(self, outcomes):
        job = self.job
        if self.writes:
            for outcome in outcomes:
                if outcome.fate == Fate.ASKED:
                    outcome.fate = Fate.SKIPPED
                    outcome.messages = [["", _("Nobody has decided: %(question)s") % {"question": outcome.question.text}]]
        numbers = [outcome.row.number for outcome in outcomes]
        job.rows.filter(number__gte=numbers[0], number__lte=numbers[-1]).delete()
        bulk.insert(ImportRow, _ROW_COLUMNS, (self._row_values(outcome) for outcome in outcomes))
        self.counts.update(outcome.fate for outcome in outcomes)
        for outcome in outcomes:
            for name, text in outcome.unknown:
                self.unknown[name][text] += 1
                self.domains[text][(outcome.row.cells.get("email") or "").rpartition("@")[2].lower()] += 1
        job.row_done += len(outcomes)
        job.row_total = max(job.row_total, job.row_done)
        job.seen_at = timezone.now()
        for fate in Fate.values:
            setattr(job, f"{fate}_count", self.counts[fate])
        job.save(update_fields=["row_done", "row_total", "seen_at", *(f"{fate}_count" for fate in Fate.values)])

    def _row_values(self, outcome):
        row = outcome.row
        undecided = outcome.fate in (Fate.REFUSED, Fate.ASKED, Fate.SKIPPED)
        answer = " ".join(sorted(row.answers)) or (f"({outcome.settled})" if outcome.settled else "")
        return (
            self.job.pk,
            row.number,
            str(outcome.fate),
            outcome.label[:300],
            _json(outcome.changes),
            _json(outcome.messages),
            _json(row.cells) if undecided or row.corrections else None,
            _json(row.corrections),
            _json(outcome.question.to_json()) if outcome.question else None,
            answer,
            outcome.model,
            outcome.object_id,
        )

    def _number_of_row(self, number):
        return self.job.rows.filter(number=number).values_list("object_id", flat=True).first()

    def unknown_values(self):
        """Return {column: {text: {"count": rows, "suggestions": [[number, name], …]}}} of what the register lacks."""
        found = {}
        for name, counted in self.unknown.items():
            texts = dict(counted.most_common(MOST_UNKNOWN))
            suggestions = self.importer.suggest(name, list(texts), self.domains)
            found[name] = {text: {"count": count, "suggestions": [list(one) for one in suggestions[text]]} for text, count in texts.items()}
        return found


def _newest_change():
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first()


def _without_collecting(function, *arguments):
    """Call a function and keep Python's collector away meanwhile.

    A part is tens of thousands of objects that are let go of together. The collector looks through all of them each time some
    hundred more have come, which took a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return function(*arguments)
    finally:
        if was_enabled:
            gc.enable()


def _json(value):
    return json.dumps(value, ensure_ascii=False) if value else ("[]" if isinstance(value, list) else "{}")
