"""Files of which each row is one record, through a resource of django-import-export: organisations, memberships, networks…

A part is read by writing it and, for a run that only looks, taking it back. So that later rows find what earlier ones bring in, such
a file is one part; it therefore has to be short.
"""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from import_export.results import RowResult
from tablib import Dataset

from crm.importing.outcomes import SKIP, Fate, Outcome
from crm.services.ledger import suspended

logger = logging.getLogger(__name__)

LARGEST_FILE = 2000
_FATES = {
    RowResult.IMPORT_TYPE_NEW: Fate.CREATED,
    RowResult.IMPORT_TYPE_UPDATE: Fate.CHANGED,
    RowResult.IMPORT_TYPE_SKIP: Fate.UNCHANGED,
    RowResult.IMPORT_TYPE_INVALID: Fate.REFUSED,
    RowResult.IMPORT_TYPE_ERROR: Fate.REFUSED,
}


class RecordImporter:
    largest_part = LARGEST_FILE
    largest_file = LARGEST_FILE

    def __init__(self, resource_class, *, names=(), writes=False, **_unused):
        self.resource = resource_class()
        self.kind, self.title, self.model = resource_class.kind, resource_class.title, resource_class._meta.model
        self.permissions = resource_class.permissions
        self.columns = self.resource.columns
        self.names = list(names)
        self.writes = writes

    def go_on(self, job):
        pass

    def close(self):
        pass

    def missing_columns(self, names):
        return [str(column.label) for name, column in self.columns.items() if column.required and name not in names]

    def prepare(self, rows):
        pass

    def process(self, rows):
        taken = [row for row in rows if SKIP not in row.answers]
        with transaction.atomic():
            if self.writes:
                results = self._run(taken)
            else:
                with suspended():
                    results = self._run(taken)
                transaction.set_rollback(True)
        found = {row.number: self._outcome(row, result) for row, result in zip(taken, results, strict=True)}
        return [found.get(row.number) or Outcome(row, Fate.SKIPPED, label=_raw_label(row)) for row in rows]

    def _run(self, rows):
        dataset = Dataset(*[[row.cells.get(name, "") for name in self.names] for row in rows], headers=self.names)
        result = self.resource.import_data(dataset, dry_run=False, raise_errors=False)
        for error in result.base_errors:
            raise error.error
        return result.rows

    def _outcome(self, row, result):
        outcome = Outcome(row, _FATES[result.import_type], label=result.object_repr or _raw_label(row), model=self.model._meta.label_lower)
        if result.validation_error:
            outcome.messages = self._messages(result.validation_error)
        for error in result.errors:
            logger.error("Row %d of an import failed", row.number, exc_info=error.error)
            outcome.messages.append(["", _("The row could not be read because of a fault in the system.")])
        if not outcome.messages:
            outcome.changes = [list(change) for change in result.changes]
            outcome.object_id = result.object_id if self.writes else None
        return outcome

    def _messages(self, error):
        if not hasattr(error, "error_dict"):
            return [["", message] for message in error.messages]
        found = error.error_dict.items()
        return [[self._column(field), message] for field, errors in found for message in ValidationError(errors).messages]

    def _column(self, field):
        """Return the name of a column that an error speaks of by its label or by the model's field."""
        for name, column in self.columns.items():
            if field in (str(column.label), column.attribute):
                return name
        return ""

    def write(self, outcomes):
        pass

    def forget(self):
        pass


def _raw_label(row):
    return " ".join([text for text in row.cells.values() if text][:3])
