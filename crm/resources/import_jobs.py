"""An import on its way: uploaded and checked, then confirmed or cancelled. The admin and `manage.py` come through here."""

import logging
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.results import RowResult

from crm.exceptions import RegisterError
from crm.models import ChangeSet, ImportJob
from crm.resources.registry import get_importer
from crm.services.ledger import change_set
from crm.services.spreadsheets import read_spreadsheet

KEPT_UNCONFIRMED = timedelta(days=14)

logger = logging.getLogger(__name__)

FATES = {
    RowResult.IMPORT_TYPE_NEW: "created",
    RowResult.IMPORT_TYPE_UPDATE: "changed",
    RowResult.IMPORT_TYPE_SKIP: "unchanged",
    RowResult.IMPORT_TYPE_INVALID: "refused",
    RowResult.IMPORT_TYPE_ERROR: "refused",
}


def upload(kind, *, content, filename, acting_user):
    """Store a spreadsheet and check it row by row. Nothing is written to the register yet.

    Returns an ImportJob with its report. Raises SpreadsheetError when the file cannot be read or lacks a needed column.
    """
    job = ImportJob(kind=kind, filename=filename[:255], user=acting_user)
    with change_set(actor=acting_user, cause=ChangeSet.Cause.IMPORT):
        job.report = _run(kind, content, dry_run=True)
    _count(job)
    job.file.save(filename, ContentFile(content), save=False)
    job.save()
    return job


def confirm(job, *, acting_user):
    """Write what the preview showed. A job is imported once, however often the button is pressed."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state != ImportJob.State.CHECKED:
            raise RegisterError(_("This import is already finished."))
        with job.file.open("rb") as file, change_set(actor=acting_user, cause=ChangeSet.Cause.IMPORT, note=job.filename):
            job.report = _run(job.kind, file.read(), dry_run=False)
        _count(job)
        job.user = acting_user
        job.state = ImportJob.State.DONE
        job.finished_at = timezone.now()
        job.save()
    job.file.delete(save=True)  # the register has it now, and the file holds people
    return job


def cancel(job):
    """Throw the uploaded file away; what it would have changed stays as it is."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state != ImportJob.State.CHECKED:
            raise RegisterError(_("This import is already finished."))
        job.state = ImportJob.State.CANCELLED
        job.save()
    job.file.delete(save=True)
    return job


def forget_abandoned():
    """Throw away what was uploaded and neither confirmed nor cancelled: the files hold people. The clock calls this."""
    for job in ImportJob.objects.filter(state=ImportJob.State.CHECKED, created_at__lt=timezone.now() - KEPT_UNCONFIRMED):
        cancel(job)


def _run(kind, content, *, dry_run):
    """Return the report of a run: what the columns were taken for, and the fate of each row with its reasons."""
    resource = get_importer(kind)()
    dataset = read_spreadsheet(content)
    matched = resource.match_headings(dataset.headers)
    report = {
        "columns": [[heading, str(resource.columns[name].label)] for heading, name in matched.items()],
        "ignored": [heading for heading in dataset.headers if heading not in matched],
    }
    line_numbers = dataset.line_numbers
    dataset = dataset.subset(cols=list(matched))
    dataset.headers = list(matched.values())
    result = resource.import_data(dataset, dry_run=dry_run)
    for error in result.base_errors:
        raise error.error
    labels = {column.attribute: str(column.label) for column in resource.columns.values()}
    report["rows"] = [
        _row_report(number, cells, row, labels) for number, cells, row in zip(line_numbers, dataset, result.rows, strict=True)
    ]
    if result.has_errors() and not dry_run:
        # django-import-export has rolled everything back: an error here is ours, not the file's.
        raise RegisterError(_("The import was stopped by a fault in the system and nothing was changed."))
    return report


def _row_report(number, cells, row, labels):
    messages = _messages(row.validation_error, labels) if row.validation_error else []
    for error in row.errors:
        logger.error("Row %d of an import failed", number, exc_info=error.error)
        messages.append(_("The row could not be read because of a fault in the system."))
    return {
        "number": number,
        "fate": FATES[row.import_type],
        "label": row.object_repr or " ".join(str(cell) for cell in cells[:3] if cell),
        "changes": [list(change) for change in row.changes] if not messages else [],
        "messages": messages,
    }


def _messages(error, labels):
    if not hasattr(error, "error_dict"):
        return error.messages
    return [
        message if field == "__all__" else f"{labels.get(field, field)}: {message}"
        for field, errors in error.error_dict.items()
        for message in ValidationError(errors).messages
    ]


def _count(job):
    fates = [row["fate"] for row in job.report["rows"]]
    for fate in ("created", "changed", "unchanged", "refused"):
        setattr(job, f"{fate}_count", fates.count(fate))
