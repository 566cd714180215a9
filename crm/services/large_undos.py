"""Undoing what is too large for a request: a background task checks it, another carries it out.

Where it stands is told by the queue's own table and by the ledger, so that everybody sees the same, also after a restart.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone, translation
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from crm.exceptions import RegisterError
from crm.models import ChangeSet, User
from crm.services import undo
from crm.services.plans import plan_in_words

# A worker that is killed leaves its task "running"; after this long without progress it is started again.
PATIENCE = timedelta(minutes=10)
# Before what the queue holds of upkeep: somebody is waiting for these.
PRIORITY = 50


@task(priority=PRIORITY)
def check_undo(change_set_id, language):
    """Return what an undo would do, in words."""
    with translation.override(language):
        return plan_in_words(ChangeSet.objects.get(pk=change_set_id))


@task(priority=PRIORITY)
def carry_out_undo(change_set_id, user_id, force):
    """Undo a change set, or what is left of it where a worker was interrupted. Whoever comes second finds nothing to do."""
    change_set = ChangeSet.objects.get(pk=change_set_id)
    try:
        undo.undo(change_set, acting_user=User.objects.get(pk=user_id), force=force)
    except RegisterError:
        if not undo.is_undone(change_set):
            raise


@dataclass
class Progress:
    """`state` is "" (nothing begun), checking, checked, undoing, undone or failed."""

    state: str = ""
    since: object = None
    plan: dict | None = None
    undone_by: ChangeSet | None = None
    done: int = 0
    total: int = 0

    @property
    def is_running(self):
        return self.state in ("checking", "undoing")

    @property
    def seems_stuck(self):
        return self.is_running and timezone.now() - self.since > PATIENCE

    @property
    def percent(self):
        return min(self.done * 100 // max(self.total, 1), 100)


def is_large(change_set):
    return change_set.changes.count() > undo.AT_ONCE


def start_check(change_set):
    check_undo.enqueue(change_set.pk, translation.get_language())


def start_undo(change_set, *, acting_user, force=()):
    carry_out_undo.enqueue(change_set.pk, acting_user.pk, list(force))


def resume_interrupted():
    """Call a worker for what lost its own: a check begins anew, an undo goes on where it was left. The clock calls this."""
    for one in (check_undo, carry_out_undo):
        begun = DBTaskResult.objects.filter(
            task_path=one.module_path, status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - PATIENCE
        )
        for result in begun:
            change_set_id, *others = result.args_kwargs["args"]
            change_set = ChangeSet.objects.filter(pk=change_set_id).first()
            if change_set and _latest(one, change_set) == result:
                one.enqueue(change_set_id, *others)


def progress_of(change_set):
    check, carrying_out = _latest(check_undo, change_set), _latest(carry_out_undo, change_set)
    latest = max(filter(None, [check, carrying_out]), key=lambda result: result.enqueued_at, default=None)
    if latest is None:
        return Progress()
    if latest.status == TaskResultStatus.FAILED:
        return Progress("failed", latest.finished_at)
    is_finished = latest.status == TaskResultStatus.SUCCESSFUL
    if latest is check:
        return Progress("checked" if is_finished else "checking", latest.finished_at or latest.enqueued_at, plan=latest.return_value)
    undone_by = change_set.undone_by.filter(cause=ChangeSet.Cause.UNDO).order_by("-pk").first()
    progress = Progress("undone" if is_finished else "undoing", latest.finished_at or latest.enqueued_at, undone_by=undone_by)
    progress.done, progress.total = undone_by.changes.count() if undone_by else 0, change_set.changes.count()
    return progress


def _latest(task, change_set):
    results = DBTaskResult.objects.filter(task_path=task.module_path, args_kwargs__args__0=change_set.pk)
    return results.order_by("-enqueued_at").first()
