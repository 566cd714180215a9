"""Backups under lock and key, in the format of age (https://age-encryption.org/v1), which opens them without this product too.

A key is either the secret one (AGE-SECRET-KEY-1…), which locks and opens, or the public one (age1…), which only locks: with that
alone, whoever gets hold of this machine cannot read the backups that it has made.
"""

import contextlib
import os
import threading

import pyrage
from django.utils.translation import gettext as _

from upkeep.exceptions import UpkeepError

SUFFIX = ".age"
_SECRET = "AGE-SECRET-KEY-"
_BEGINNING = b"age-encryption.org/"


def new_key():
    """Return (secret key, public key)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def can_open(key):
    return key.upper().startswith(_SECRET)


def is_encrypted(path):
    with path.open("rb") as file:
        return file.read(len(_BEGINNING)) == _BEGINNING


@contextlib.contextmanager
def encrypting(file, key):
    """Give a stream to write into; what is written lies encrypted in `file` at the end."""
    recipient = _recipient(key)
    with _piped(lambda source: pyrage.encrypt_io(source, file, [recipient]), writing=True) as stream:
        yield stream


@contextlib.contextmanager
def decrypting(file, key):
    """Give a stream to read from, with what lies encrypted in `file`."""
    identity = _identity(key)
    with _piped(lambda target: pyrage.decrypt_io(file, target, [identity]), writing=False) as stream:
        yield stream


@contextlib.contextmanager
def _piped(work, *, writing):
    """Let `work` hold one end of a pipe, in a thread, and the caller the other. An error of the thread is told before the caller's own."""
    reader, writer = os.pipe()
    ours, theirs = (os.fdopen(writer, "wb"), os.fdopen(reader, "rb")) if writing else (os.fdopen(reader, "rb"), os.fdopen(writer, "wb"))
    failures = []

    def run():
        try:
            with theirs:
                work(theirs)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        with contextlib.suppress(BrokenPipeError), ours:
            yield ours
    except Exception as error:
        thread.join()
        raise _in_words(failures[0] if failures else error) from error
    thread.join()
    # A reader that had enough before the end leaves the thread with a pipe that nobody holds: that is no failure.
    if failures and not (isinstance(failures[0], BrokenPipeError) and not writing):
        raise _in_words(failures[0]) from failures[0]


def _in_words(error):
    if isinstance(error, pyrage.DecryptError):
        return UpkeepError(_("The key does not open this backup, or the file is damaged."))
    return error


def _identity(key):
    try:
        return pyrage.x25519.Identity.from_str(key.strip().upper())
    except (ValueError, pyrage.IdentityError) as error:
        raise UpkeepError(_("The key must be a secret one, which begins with AGE-SECRET-KEY-1.")) from error


def _recipient(key):
    if can_open(key):
        return _identity(key).to_public()
    try:
        return pyrage.x25519.Recipient.from_str(key.strip())
    except (ValueError, pyrage.RecipientError) as error:
        raise UpkeepError(_("BACKUP_KEY must begin with age1 or AGE-SECRET-KEY-1; `manage.py backup --new-key` makes one.")) from error
