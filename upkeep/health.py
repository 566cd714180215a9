"""Signs of health, each checked in a moment and told in a sentence."""

import shutil
import socket
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from upkeep.schedule import backups, is_scheduled, last_failure

# Bytes: SQLite's log, uploads and a backup in the making need this much at the least.
ROOM = 500 * 10**6
# A task that waits longer than this has no worker.
WAITING = timedelta(minutes=10)
# Seconds, and for so long an answer of the mail server is remembered: whoever asks does not knock at its door each time.
MAIL_TIMEOUT, MAIL_REMEMBERED = 3, 60


@dataclass(frozen=True)
class Sign:
    """`is_vital`: without it no page can be served."""

    name: str
    label: str
    is_well: bool
    told: str
    is_vital: bool = False


def signs():
    """Return all signs. Where the database is away, those that need it are left out."""
    found = [database(), disk(), mail()]
    if found[0].is_well:
        found += [queue(), *([backup()] if is_scheduled() else [])]
    return found


def database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        is_well, told = True, _("It answers.")
    except DatabaseError:
        is_well, told = False, _("It does not answer. Is the database server running?")
    return Sign("database", _("Database"), is_well, told, is_vital=True)


def disk():
    free = shutil.disk_usage(settings.VAR_DIR).free
    told = _("%(size)s GB free.") % {"size": f"{free / 1e9:.1f}".replace(".", ",")}
    if free < ROOM:
        told += " " + _("That is too little: make room on the disk before anything else.")
    return Sign("disk", _("Disk"), free >= ROOM, told, is_vital=True)


def queue():
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=timezone.now() - WAITING).count()
    told = _("Nothing waits for long.")
    if waiting:
        told = ngettext(
            "%(count)s task has waited for more than ten minutes. Is the worker running?",
            "%(count)s tasks have waited for more than ten minutes. Is the worker running?",
            waiting,
        ) % {"count": waiting}
    return Sign("queue", _("Background work"), not waiting, told)


def mail():
    label = _("Outgoing mail")
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return Sign("mail", label, True, _("Mail does not go out by SMTP here."))
    answers = cache.get("upkeep.mail")
    if answers is None:
        answers = _mail_server_answers()
        cache.set("upkeep.mail", answers, MAIL_REMEMBERED)
    told = _("The mail server answers.") if answers else _("The mail server does not answer. What is to be sent waits until it does.")
    return Sign("mail", label, answers, told)


def backup():
    label = _("Backup")
    failure, newest = last_failure(), next(iter(backups()), None)
    if failure:
        return Sign("backup", label, False, _("The latest attempt failed: %(reason)s") % {"reason": failure[1]})
    if newest is None:
        return Sign("backup", label, False, _("There is none yet."))
    told = _("The last good one is from %(when)s.") % {"when": f"{timezone.localtime(newest.made_at):%Y-%m-%d %H:%M}"}
    return Sign("backup", label, not newest.is_old, told)


def _mail_server_answers():
    try:
        with socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=MAIL_TIMEOUT) as server:
            server.settimeout(MAIL_TIMEOUT)
            # With TLS from the first byte on, the client speaks first: that the port is open has to do.
            return settings.EMAIL_USE_SSL or server.recv(3) == b"220"
    except OSError:
        return False
