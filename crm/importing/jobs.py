"""An import on its way: uploaded, columns matched, checked, confirmed, done, undone. The admin and `manage.py` come through here.

A job lives in the database. What a worker does with it can be interrupted at any time, and goes on part by part.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError, SpreadsheetError
from crm.importing.headings import guess_mapping, problems, remember, remembered
from crm.importing.outcomes import SKIP, Fate
from crm.importing.registry import get_importer
from crm.importing.runs import Run, RunLost
from crm.importing.wishes import Wishes
from crm.models import ChangeSet, ImportJob
from crm.services.bulk import among
from crm.services.ledger import name_of
from crm.services.tables import Options, open_table
from crm.services.undo import undo
from crm.tasks import carry_on_import

State = ImportJob.State

# Longer files are read in the background. An office's are shorter, and their fate is there with the next page.
AT_ONCE = 2_000
KEPT_UNCONFIRMED = timedelta(days=14)
KEPT_ROWS = timedelta(days=180)
# A worker says so after each part that it is at work; whoever is silent for as long is gone.
SILENCE = timedelta(minutes=2)

logger = logging.getLogger(__name__)


def upload(kind, *, content, filename, acting_user, options=None):
    """Store a file (bytes or an uploaded file) and guess how it is to be read. Nothing is checked yet.

    Raises SpreadsheetError, in words that say what to do, for anything that is not a readable table.
    """
    file = ContentFile(content) if isinstance(content, bytes) else File(content)
    if file.size > settings.IMPORT_MAX_BYTES:
        limit = filesizeformat(settings.IMPORT_MAX_BYTES)
        raise SpreadsheetError(_("The file is larger than %(size)s. Divide it into several files.") % {"size": limit})
    job = ImportJob(kind=kind, filename=filename[:255], user=acting_user)
    job.file.save(filename, file, save=False)
    try:
        _read_head(job, options or Options())
    except BaseException:
        job.file.delete(save=False)
        raise
    job.save()
    return job


def read_differently(job, options):
    """Read the file in another way (another sheet, encoding, row of headings) and guess anew what its columns are."""
    _expect(job, State.UPLOADED, State.CHECKED, State.FAILED)
    _read_head(job, options)
    _start_over(job)
    job.save()
    return job


def head(job):
    """Return the Table of a job, for showing its first rows."""
    return open_table(job.file.path, filename=job.filename, options=Options.from_json(job.options))


def _read_head(job, options):
    table = open_table(job.file.path, filename=job.filename, options=options)
    job.options, job.notes, job.headings = table.options.to_json(), list(table.notes), table.headings
    job.row_total = table.row_estimate
    earlier = remembered(job.kind, table.headings)
    job.mapping = earlier.mapping if earlier else guess_mapping(get_importer(job.kind)().columns, table.headings)
    job.values = earlier.values if earlier else {}
    if table.options.format == "vcard":
        job.wishes = {**job.wishes, "unknown_roles": "title"}  # a card's roles are free text


def match(job, *, mapping=None, values=None, wishes=None):
    """Say what the columns and values of the file stand for. What has been checked is checked anew after that."""
    _expect(job, State.UPLOADED, State.CHECKED, State.FAILED)
    if mapping is not None:
        job.mapping = {heading: mapping.get(heading, "") for heading in job.headings}
    if values is not None:
        job.values = values
    if wishes is not None:
        job.wishes = wishes.to_json()
    _start_over(job)
    job.save()
    return job


def check(job):
    """Find out what each row would do; nothing is written to the register. Raises SpreadsheetError when columns are missing."""
    _expect(job, State.UPLOADED, State.CHECKED, State.FAILED)
    if found := problems(get_importer(job.kind)(), job.mapping):
        raise SpreadsheetError(" ".join(found))
    _start_over(job)
    return _set_going(job, State.CHECKING)


def decide(job, decisions, *, corrections=None, values=None, wishes=None):
    """Note what somebody has decided: {row number: answer}, and cells typed anew: {row number: {column name: text}}; check again."""
    _expect(job, State.CHECKED)
    if values is not None:
        job.values = values
    if wishes is not None:
        job.wishes = wishes.to_json()
    changed = []
    for row in job.rows.filter(number__in=among({*decisions, *(corrections or {})}, "bigint")):
        if row.number in decisions:
            kept = [one for one in row.answer.split() if not one.startswith("(") and one != SKIP]
            # One row may have two doubtful things, one after the other: who it is, and what has become of the old job.
            row.answer = " ".join(dict.fromkeys([*kept, decisions[row.number]])) if decisions[row.number] else ""
        row.corrections = {**row.corrections, **(corrections or {}).get(row.number, {})}
        changed.append(row)
    type(job).rows.rel.related_model.objects.bulk_update(changed, ["answer", "corrections"], batch_size=500)
    return check(job)


def confirm(job, *, acting_user):
    """Write what the preview showed. A job is imported once, however often the button is pressed."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state != State.CHECKED:
            raise RegisterError(_("This import is already finished."))
        remember(job)
        job.user = acting_user
        _begin_to_write(job)
    return _set_going(job, State.IMPORTING)


def resume(job):
    """Go on with an import that a fault has stopped after it had begun to write."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if not can_resume(job):
            raise RegisterError(_("This import cannot go on. Undo what it has written, or upload the file again."))
    return _set_going(job, State.IMPORTING)


def can_resume(job):
    is_in_an_undo = "force" in job.wishes
    return job.state == State.FAILED and bool(job.change_set_id) and bool(job.file) and not is_in_an_undo


def import_file(kind, *, content, filename, acting_user, options=None, mapping=None, values=None, wishes=None, dry_run=False):
    """Import a file in one go, as the command line does: every row that is neither refused nor doubtful."""
    job = upload(kind, content=content, filename=filename, acting_user=acting_user, options=options)
    match(job, mapping={**job.mapping, **(mapping or {})}, values=values or job.values, wishes=wishes or Wishes.from_json(job.wishes))
    if found := problems(get_importer(kind)(), job.mapping):
        job.file.delete(save=False)
        job.delete()
        raise SpreadsheetError(" ".join(found))
    if dry_run:
        job.state = State.CHECKING
    else:
        _begin_to_write(job)
        job.state = State.IMPORTING
    job.seen_at = timezone.now()
    job.save()
    return carry_on(job)


def cancel(job):
    """Throw the uploaded file away; what it would have changed stays as it is."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state not in (State.UPLOADED, State.CHECKING, State.CHECKED, State.FAILED) or job.change_set_id:
            raise RegisterError(_("This import is already finished."))
        job.state = State.CANCELLED
        job.save()
    _forget_file(job)
    return job


def undo_import(job, *, acting_user, force=()):
    """Take back what an import has written, as far as nobody has changed it since; also one that is still going on."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state not in (State.DONE, State.IMPORTING, State.FAILED) or not job.change_set_id:
            raise RegisterError(_("There is nothing to undo: this import has changed nothing."))
        job.user = acting_user or job.user
        job.wishes = {**job.wishes, "force": list(force)}
        job.save()
    return _set_going(job, State.UNDOING)


def carry_on(job):
    """Do what there is to do with a job, from where it was left. Whoever comes second finds nothing to do."""
    with translation.override(job.wishes.get("language") or translation.get_language()):
        try:
            if job.state == State.UNDOING:
                _undo(job)
            elif job.state in (State.CHECKING, State.IMPORTING):
                _finish(job, Run(job).go())
        except RunLost:
            job.refresh_from_db()
        except SpreadsheetError as error:
            _fail(job, str(error))
        except Exception:
            logger.exception("Import %d was stopped by a fault", job.pk)
            _fail(job, _("The import was stopped by a fault in the system. Try again; if it comes back, tell whoever runs the system."))
    return job


def resume_interrupted():
    """Call a worker for the jobs whose worker is gone. The clock calls this."""
    for job in ImportJob.objects.working().filter(seen_at__lt=timezone.now() - SILENCE):
        job.seen_at = timezone.now()
        job.save(update_fields=["seen_at"])
        carry_on_import.enqueue(job.pk)


def forget_abandoned():
    """Throw away what was uploaded and neither confirmed nor cancelled, and old rows: both hold people. The clock calls this."""
    waiting = ImportJob.objects.filter(state__in=[State.UPLOADED, State.CHECKED, State.FAILED], change_set=None)
    for job in waiting.filter(created_at__lt=timezone.now() - KEPT_UNCONFIRMED):
        cancel(job)
    for job in ImportJob.objects.filter(created_at__lt=timezone.now() - KEPT_ROWS).exclude(state__in=ImportJob.WORKING):
        job.rows.all().delete()


def _begin_to_write(job):
    job.change_set = ChangeSet.objects.create(
        actor=job.user, actor_name=name_of(job.user), cause=ChangeSet.Cause.IMPORT, note=job.filename[:300]
    )
    _count_anew(job)


def _set_going(job, state):
    job.state = state
    job.error = ""
    job.seen_at = timezone.now()
    job.wishes = {**job.wishes, "language": translation.get_language(), "begun": [job.seen_at.isoformat(), job.row_done]}
    job.save()
    size = job.change_set.changes.count() if state == State.UNDOING else job.row_total
    if size <= AT_ONCE:
        return carry_on(job)
    transaction.on_commit(lambda: carry_on_import.enqueue(job.pk))
    return job


def _finish(job, run):
    with transaction.atomic():
        run._take_hold()
        if job.state == State.CHECKING:
            job.unknown = run.unknown_values()
            job.state = State.CHECKED
        else:
            job.state = State.DONE
            job.finished_at = timezone.now()
            if not job.change_set.changes.exists():
                unused, job.change_set = job.change_set, None
        job.save()
        if job.state == State.DONE and job.change_set is None:
            unused.delete()
    if job.state == State.DONE:
        _forget_file(job)  # the register has it now, and the file holds people


def _undo(job):
    try:
        undo(job.change_set, acting_user=job.user, force=job.wishes.get("force", ()))
    except RegisterError as error:
        job.error = str(error)
    job.state = State.UNDONE
    job.save(update_fields=["state", "error"])
    _forget_file(job)


def _fail(job, sentence):
    job.state, job.error = State.FAILED, sentence
    job.save(update_fields=["state", "error"])


def _start_over(job):
    """Forget what has been found out, but not what somebody has decided."""
    job.state, job.unknown, job.error = State.UPLOADED, {}, ""
    _count_anew(job)
    job.rows.filter(answer="", corrections={}).delete()


def _count_anew(job):
    job.row_done = 0
    for fate in Fate.values:
        setattr(job, f"{fate}_count", 0)


def _forget_file(job):
    if job.file:
        job.file.delete(save=True)


def _expect(job, *states):
    if job.state not in states:
        raise RegisterError(_("This import is already finished."))
