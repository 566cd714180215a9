"""The nightly backup: made by the background worker, kept by rule, its age known to everybody who asks."""

import fcntl
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from upkeep.backups import make_backup
from upkeep.encryption import SUFFIX
from upkeep.exceptions import UpkeepError
from upkeep.keeping import kept

_NAME = re.compile(r"knutpunkt-(\d{8}-\d{4})\.tar\.gz(\.age)?")
_WRITTEN = "%Y%m%d-%H%M"
# A worker that was killed leaves its task "running"; after so long nobody believes that any more.
PATIENCE = timedelta(hours=6)
# After this long without a new one something is wrong: a night may be missed, two may not.
OLD = timedelta(hours=50)


@dataclass(frozen=True)
class Backup:
    path: Path
    made_at: datetime

    @property
    def size(self):
        return self.path.stat().st_size

    @property
    def is_encrypted(self):
        return self.path.suffix == SUFFIX

    @property
    def is_old(self):
        return timezone.now() - self.made_at > OLD


def backups():
    """Return the good backups in BACKUP_DIR, the newest first. One that is being written bears another name."""
    folder = Path(settings.BACKUP_DIR)
    found = [(path, _NAME.fullmatch(path.name)) for path in folder.iterdir()] if folder.is_dir() else []
    made = [Backup(path, _moment(match[1])) for path, match in found if match]
    return sorted(made, key=lambda backup: backup.made_at, reverse=True)


def is_scheduled():
    return bool(settings.BACKUP_AT)


def back_up_nightly():
    """Call a worker for tonight's backup, when its hour has come and nobody has made one since. The clock calls this."""
    if is_scheduled() and not _made_since(_last_due()) and not _tried_since(_last_due()) and not is_under_way():
        back_up.enqueue()


def start_backup():
    """Call a worker for one now; does nothing while another is being made."""
    if not is_under_way():
        back_up.enqueue()


@task()
def back_up():
    """Make a backup in BACKUP_DIR and delete those that the rule no longer keeps."""
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder) as is_alone:
        if is_alone:
            name = f"knutpunkt-{timezone.localtime():{_WRITTEN}}.tar.gz"
            make_backup(folder / (name + SUFFIX if settings.BACKUP_KEY else name), key=settings.BACKUP_KEY)
            delete_superfluous()


def delete_superfluous():
    """Delete what BACKUP_KEEP (days, weeks, months) no longer keeps; of one day only the newest is kept, but for today's."""
    daily, weekly, monthly = settings.BACKUP_KEEP
    newest_of = {}
    for backup in backups():
        newest_of.setdefault(_day(backup), backup)
    days = kept(newest_of, daily=daily, weekly=weekly, monthly=monthly)
    for backup in backups():
        is_spare = backup is not newest_of[_day(backup)] and backup.path != newest_of[_day(backup)].path
        if _day(backup) not in days or (is_spare and _day(backup) != timezone.localdate()):
            backup.path.unlink(missing_ok=True)


def is_under_way():
    waiting = DBTaskResult.objects.filter(task_path=back_up.module_path, enqueued_at__gt=timezone.now() - PATIENCE)
    return waiting.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]).exists()


def last_failure():
    """Return (when, why) if the latest attempt failed, else None."""
    latest = DBTaskResult.objects.filter(task_path=back_up.module_path, finished_at__isnull=False).order_by("-finished_at").first()
    if latest is None or latest.status != TaskResultStatus.FAILED:
        return None
    *_before, last_line = latest.traceback.strip().splitlines() or [""]
    is_told = latest.exception_class_path == f"{UpkeepError.__module__}.{UpkeepError.__qualname__}"
    return latest.finished_at, last_line.partition(": ")[2] if is_told else last_line


def _last_due():
    """Return the latest moment at which a backup was due, in local time."""
    now = timezone.localtime()
    due = timezone.make_aware(datetime.combine(now.date(), time.fromisoformat(settings.BACKUP_AT)))
    return due if due <= now else due - timedelta(days=1)


def _made_since(moment):
    return any(backup.made_at >= moment for backup in backups())


def _tried_since(moment):
    return DBTaskResult.objects.filter(
        task_path=back_up.module_path, status=TaskResultStatus.FAILED, finished_at__gt=max(moment, timezone.now() - timedelta(hours=1))
    ).exists()


def _moment(text):
    return timezone.make_aware(datetime.strptime(text, _WRITTEN))


def _day(backup):
    return timezone.localdate(backup.made_at)


@contextmanager
def _alone(folder):
    """Say whether nobody else on this machine is making one. The lock ends with the process that holds it."""
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
