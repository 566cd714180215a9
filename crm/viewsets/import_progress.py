"""How far a worker has come with an import."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.importing.work import SILENCE
from crm.models import ImportJob

State = ImportJob.State


@dataclass
class Progress:
    state: str
    is_running: bool
    done: int
    total: int
    time_left: str = ""
    is_silent: bool = False  # no worker has been seen at it for a while

    @property
    def percent(self):
        return min(self.done * 100 // max(self.total, 1), 100)


def progress_of(job):
    if job.state == State.UNDOING:
        undoing = job.change_set.undone_by.order_by("pk").last()
        progress = Progress(job.state, True, undoing.changes.count() if undoing else 0, job.change_set.changes.count())
        begun, before = (undoing.at if undoing else timezone.now()), 0
    else:
        progress = Progress(job.state, job.is_working, job.row_done, job.row_total)
        begun, before = begun_at(job)
        progress.is_silent = job.is_working and timezone.now() - (job.seen_at or begun) > SILENCE
    progress.time_left = time_left(progress, begun, before) if progress.is_running and not progress.is_silent else ""
    return progress


def begun_at(job):
    """Return when the job was last set going, and at which row."""
    moment, row = job.wishes.get("begun") or (job.created_at.isoformat(), 0)
    return datetime.datetime.fromisoformat(moment), row


def time_left(progress, begun, before):
    seconds = (timezone.now() - begun).total_seconds()
    if progress.done <= before or seconds < 2:
        return ""
    left = (progress.total - progress.done) * seconds / (progress.done - before)
    if left < 50:
        return _("less than a minute left")
    minutes = max(round(left / 60), 1)
    return ngettext("about %(minutes)d minute left", "about %(minutes)d minutes left", minutes) % {"minutes": minutes}
