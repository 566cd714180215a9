"""What there is to do with a job, by whoever has it in hand: the request when it is short, else a worker.

It can be interrupted at any time, and goes on part by part.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError, SpreadsheetError
from crm.importing.outcomes import Fate
from crm.importing.runs import Run, RunLost
from crm.models import ImportJob
from crm.services.undo import is_undone, undo
from crm.tasks import carry_on_import

State = ImportJob.State

# Longer files are read in the background. An office's are shorter, and their fate is there with the next page.
AT_ONCE = 2_000
# A worker says so after each part that it is at work; whoever is silent for as long is gone.
SILENCE = timedelta(minutes=2)

logger = logging.getLogger(__name__)


def mark(job, state):
    """Note on a job, which the caller saves, that somebody is to set about it."""
    job.state = state
    job.error = ""
    job.seen_at = timezone.now()
    job.wishes = {**job.wishes, "language": translation.get_language(), "begun": [job.seen_at.isoformat(), job.row_done]}


def set_going(job):
    """Do what a job that has been marked waits for, at once when it is short."""
    size = job.change_set.changes.count() if job.state == State.UNDOING else job.row_total
    if size <= AT_ONCE:
        return carry_on(job)
    transaction.on_commit(lambda: carry_on_import.enqueue(job.pk))
    return job


def carry_on(job):
    """Do what there is to do with a job, from where it was left. Whoever comes second finds nothing to do."""
    with translation.override(job.wishes.get("language") or translation.get_language()):
        try:
            if job.state == State.UNDOING:
                _undo(job)
            elif job.state in (State.CHECKING, State.IMPORTING):
                _finish(job, Run(_from_the_beginning(job)).go())
        except RunLost:
            job.refresh_from_db()
        except SpreadsheetError as error:
            _fail(job, str(error))
        except Exception:
            logger.exception("Import %d was stopped by a fault", job.pk)
            _fail(job, _("The import was stopped by a fault in the system. Try again; if it comes back, tell whoever runs the system."))
    return job


def _from_the_beginning(job):
    """A run that only looks remembers what it has seen; one that was interrupted has forgotten, and begins anew."""
    if job.state == State.CHECKING and job.row_done:
        count_anew(job)
        job.save()
    return job


def resume_interrupted():
    """Call a worker for the jobs whose worker is gone. The clock calls this."""
    for job in ImportJob.objects.working().filter(seen_at__lt=timezone.now() - SILENCE):
        job.seen_at = timezone.now()
        job.save(update_fields=["seen_at"])
        carry_on_import.enqueue(job.pk)


def count_anew(job):
    job.row_done = 0
    for fate in Fate.values:
        setattr(job, f"{fate}_count", 0)


def forget_file(job):
    if job.file:
        job.file.delete(save=True)


def _finish(job, run):
    with transaction.atomic():
        run.take_hold()
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
        forget_file(job)  # the register has it now, and the file holds people


def _undo(job):
    try:
        undo(job.change_set, acting_user=job.user, force=job.wishes.get("force", ()))
    except RegisterError as error:
        job.error = str(error)
    # Where nothing could be taken back, it is what it was.
    job.state = State.UNDONE if is_undone(job.change_set) else State.DONE
    job.save(update_fields=["state", "error"])
    forget_file(job)


def _fail(job, sentence):
    job.state, job.error = State.FAILED, sentence
    job.save(update_fields=["state", "error"])
