"""An import on its way: uploaded, columns matched, checked, confirmed, done, undone. The admin and `manage.py` come through here.

Each step takes hold of the job as it stands in the database, so that two people, or one who presses twice, do not undo each other's.
"""

from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError, SpreadsheetError
from crm.importing.headings import guess_mapping, problems, remember, remembered
from crm.importing.outcomes import SKIP
from crm.importing.registry import get_importer
from crm.importing.work import carry_on, count_anew, forget_file, mark, set_going
from crm.models import ChangeSet, ImportJob, ImportRow, Organisation, Role
from crm.services.bulk import one_of
from crm.services.ledger import name_of
from crm.services.tables import Options, open_table

State = ImportJob.State

KEPT_UNCONFIRMED = timedelta(days=14)
KEPT_ROWS = timedelta(days=180)
OPEN = (State.UPLOADED, State.CHECKED, State.FAILED)


@contextmanager
def held(job, *states):
    """Yield the job as it stands in the database, in one of these states, and save what is changed of it."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state not in states:
            raise RegisterError(_("This import is already finished."))
        yield job
        job.save()


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
        _understand(job, open_table(job.file.path, filename=filename, options=options or Options()))
    except BaseException:
        job.file.delete(save=False)
        raise
    job.save()
    return job


def read_differently(job, options):
    """Read the file in another way (another sheet, encoding, row of headings): guess anew what it is; decisions were about other rows."""
    table = open_table(job.file.path, filename=job.filename, options=options)
    with held(job, *OPEN) as job:
        _understand(job, table)
        _start_over(job)
        job.rows.all().delete()
    return job


def head(job):
    """Return the Table of a job, for showing its first rows."""
    return open_table(job.file.path, filename=job.filename, options=Options.from_json(job.options))


def _understand(job, table):
    job.table = table
    job.options, job.notes, job.headings = table.options.to_json(), list(table.notes), table.headings
    job.row_total = table.row_estimate
    columns = get_importer(job.kind)().columns
    earlier = remembered(job.kind, table.headings)
    job.mapping = guess_mapping(columns, table.headings)
    if earlier:
        job.mapping |= {heading: name for heading, name in earlier.mapping.items() if not name or name in columns}
    job.values = _still_good(earlier.values, job.user) if earlier else {}
    if table.options.format == "vcard":
        job.wishes = {**job.wishes, "unknown_roles": "title"}  # a card's roles are free text


def _still_good(values, user):
    """Return what was decided about values of an earlier file, without records that are gone and what this user may not create."""
    models = {"organisation": Organisation, "role": Role}
    good = {}
    for name, decided in values.items():
        model = models[name]
        numbers = {number for number in decided.values() if isinstance(number, int)}
        there = set(model.objects.filter(pk__in=numbers).values_list("pk", flat=True))
        may_add = user is None or user.has_perm(f"crm.add_{name}")
        good[name] = {text: one for text, one in decided.items() if one in there or (isinstance(one, str) and (one != "new" or may_add))}
    return good


def match(job, *, mapping=None, values=None, wishes=None):
    """Say what the columns and values of the file stand for. What has been checked is checked anew after that."""
    with held(job, *OPEN) as job:
        if mapping is not None:
            job.mapping = {heading: mapping.get(heading, "") for heading in job.headings}
        _note(job, values, wishes)
        _start_over(job)
    return job


def _note(job, values, wishes):
    if values is not None:
        job.values = values
    if wishes is not None:
        job.wishes = wishes.to_json()


def check(job):
    """Find out what each row would do; nothing is written to the register. Raises SpreadsheetError when columns are missing."""
    with held(job, *OPEN) as job:
        _begin_to_check(job)
    return set_going(job)


def decide(job, decisions, *, corrections=None, values=None, wishes=None):
    """Note what somebody has decided: {row number: answer}, and cells typed anew: {row number: {column name: text}}; check again."""
    corrections = corrections or {}
    with held(job, State.CHECKED) as job:
        _note(job, values, wishes)
        rows = list(job.rows.filter(one_of(ImportRow, "number", {*decisions, *corrections})))
        for row in rows:
            answer = decisions.get(row.number)
            # What was said of the cells as they were holds no longer when they are typed anew.
            earlier = [] if row.number in corrections else [one for one in row.answer.split() if not one.startswith("(") and one != SKIP]
            # One row may have two doubtful things, one after the other: who it is, and what has become of the old job.
            row.answer = "" if answer == "" else " ".join(dict.fromkeys([*earlier, *([answer] if answer else [])]))
            row.corrections = {**row.corrections, **corrections.get(row.number, {})}
        ImportRow.objects.bulk_update(rows, ["answer", "corrections"], batch_size=500)
        _begin_to_check(job)
    return set_going(job)


def _begin_to_check(job):
    if found := problems(get_importer(job.kind)(), job.mapping):
        raise SpreadsheetError(" ".join(found))
    about_new = _("Addresses and web sites in the file are only used for organisations that it adds.")
    job.notes = [note for note in job.notes if note != about_new]
    if job.kind == "contacts" and {"street", "postcode", "city", "country", "website"} & set(job.mapping.values()):
        job.notes.append(about_new)
    _start_over(job)
    mark(job, State.CHECKING)


def confirm(job, *, acting_user):
    """Write what the preview showed. A job is imported once, however often the button is pressed."""
    with held(job, State.CHECKED) as job:
        remember(job)
        job.user = acting_user
        _begin_to_write(job)
    return set_going(job)


def resume(job):
    """Go on with an import that a fault has stopped after it had begun to write."""
    with held(job, State.FAILED) as job:
        if not can_resume(job):
            raise RegisterError(_("This import cannot go on. Undo what it has written, or upload the file again."))
        mark(job, State.IMPORTING)
    return set_going(job)


def can_resume(job):
    is_in_an_undo = "force" in job.wishes
    return job.state == State.FAILED and bool(job.change_set_id) and bool(job.file) and not is_in_an_undo


def import_file(kind, *, content, filename, acting_user, options=None, mapping=None, values=None, wishes=None, dry_run=False):
    """Import a file in one go, as the command line does: every row that is neither refused nor doubtful."""
    job = upload(kind, content=content, filename=filename, acting_user=acting_user, options=options)
    job.mapping |= {heading: name for heading, name in (mapping or {}).items() if heading in job.mapping}
    _note(job, values, wishes)
    if found := problems(get_importer(kind)(), job.mapping):
        job.file.delete(save=False)
        job.delete()
        raise SpreadsheetError(" ".join(found))
    if dry_run:
        mark(job, State.CHECKING)
    else:
        _begin_to_write(job)
    job.save()
    return carry_on(job)


def cancel(job):
    """Throw the uploaded file away; what it would have changed stays as it is."""
    with held(job, State.UPLOADED, State.CHECKING, State.CHECKED, State.FAILED) as job:
        if job.change_set_id:
            raise RegisterError(_("This import is already finished."))
        job.state = State.CANCELLED
    forget_file(job)
    return job


def undo_import(job, *, acting_user, force=()):
    """Take back what an import has written, as far as nobody has changed it since; also one that is still going on.

    Once more, with `force`, for what has been left: the keys of the conflicts in which the old value is to win.
    """
    if not job.change_set_id:
        raise RegisterError(_("There is nothing to undo: this import has changed nothing."))
    with held(job, State.DONE, State.IMPORTING, State.FAILED, State.UNDONE) as job:
        job.user = acting_user or job.user
        job.wishes = {**job.wishes, "force": list(force)}
        mark(job, State.UNDOING)
    return set_going(job)


def forget_abandoned():
    """Throw away what was uploaded and neither confirmed nor cancelled, and old rows: both hold people. The clock calls this."""
    waiting = ImportJob.objects.filter(state__in=OPEN, change_set=None)
    for job in waiting.filter(created_at__lt=timezone.now() - KEPT_UNCONFIRMED):
        cancel(job)
    for job in ImportJob.objects.filter(created_at__lt=timezone.now() - KEPT_ROWS).exclude(state__in=ImportJob.WORKING):
        job.rows.all().delete()


def _begin_to_write(job):
    job.change_set = ChangeSet.objects.create(
        actor=job.user, actor_name=name_of(job.user), cause=ChangeSet.Cause.IMPORT, note=job.filename[:300]
    )
    count_anew(job)
    mark(job, State.IMPORTING)


def _start_over(job):
    """Forget what has been found out, but not what somebody has decided."""
    job.state, job.unknown, job.error = State.UPLOADED, {}, ""
    count_anew(job)
    job.rows.filter(answer="", corrections={}).delete()
