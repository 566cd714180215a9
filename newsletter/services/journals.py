"""What a worker writes down beside the database, so that a whole window of mails can be recorded there at once.

A line before each mail's final dot and a line after the answer, appended to a file of the worker's own. What the kernel has been
given outlives the process: after a SIGKILL the file says of each mail in the window whether it had not been begun, had been answered,
or was the one under way. After a power cut its last lines may be missing; then only what it says counts, and not what it doesn't say.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from newsletter.models import Delivery, Mailing
from newsletter.services import deliveries
from newsletter.services.deliveries import NOT_BEGUN, SENT, Outcome

_State = Delivery.State


def _line(outcome):
    return json.dumps([outcome.state, outcome.reason, outcome.is_attempt])


SENT_LINE = _line(SENT)


class Journal:
    """One worker's file. It is locked as long as the worker lives: what can be locked belonged to one that is dead."""

    def __init__(self):
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            self._path = folder / f"{_database()}-{secrets.token_hex(8)}.journal"
            self._file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
            with contextlib.suppress(OSError):  # somebody clearing up was quicker than our lock
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._path.exists():
                    return
            os.close(self._file)

    def open(self, token):
        """To be called before anything is claimed under the token."""
        self._write("boot", _boot())
        self._write("window", token)

    def begin(self, pk):
        self._write("begin", pk)

    def end(self, pk, outcome):
        self._write("end", pk, SENT_LINE if outcome is SENT else _line(outcome))

    def clear(self):
        """The database knows all of it."""
        os.ftruncate(self._file, 0)

    def close(self):
        """Leave the file for `recover` when something in it has not reached the database."""
        if not os.fstat(self._file).st_size:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, *words):
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())


def recover():
    """Settle what workers of this machine, and this database, have left behind when they died."""
    folder = _folder()
    if folder.is_dir():
        for path in folder.glob(f"{_database()}-*.journal"):
            _recover(path)


def _recover(path):
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with open(file, closefd=False, encoding="utf-8") as lines:
            _settle(lines.read())
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return  # its worker is alive
    finally:
        os.close(file)


@transaction.atomic
def _settle(text):
    token, boot, begun, outcomes = "", "", set(), {}
    for line in text.splitlines(keepends=True):
        word, _space, rest = line.rstrip("\n").partition(" ")
        if not line.endswith("\n"):
            break  # torn
        if word == "boot":
            boot = rest
        elif word == "window":
            token, begun, outcomes = rest, set(), {}
        elif word == "begin":
            begun.add(int(rest))
        elif word == "end":
            pk, _space, outcome = rest.partition(" ")
            outcomes[int(pk)] = Outcome(*json.loads(outcome))
    if not token:
        return
    rows = Delivery.objects.filter(lease_token=token)
    mailings = set(rows.values_list("mailing", flat=True))
    if boot == _boot():
        for pk in rows.values_list("pk", flat=True):
            if pk not in begun:
                outcomes.setdefault(pk, NOT_BEGUN)
    deliveries.settle(token, outcomes)
    deliveries.leave_to_persons(token)
    # Their leases may have run out elsewhere, and the mailing come to its end without them.
    waiting = Mailing.objects.filter(pk__in=mailings, deliveries__state=_State.QUEUED)
    Mailing.objects.filter(pk__in=waiting.values("pk"), state=Mailing.State.DONE).update(state=Mailing.State.QUEUED, finished_at=None)
    for mailing in Mailing.objects.filter(pk__in=mailings, state=Mailing.State.CANCELLED):
        deliveries.skip_waiting(mailing)


def _folder():
    return Path(settings.MAIL_JOURNAL_ROOT)


def _database():
    values = connection.settings_dict
    return hashlib.sha256("\0".join(str(values[key]) for key in ("NAME", "HOST", "PORT")).encode()).hexdigest()[:12]


def _boot():
    """Tell one start of the machine from the next; where that cannot be told, no two are the same."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return secrets.token_hex(16)
