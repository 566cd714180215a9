"""Database, pictures and private files as one file, made while people work, and read through before it counts."""

import os
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from upkeep import databases
from upkeep.archives import ArchiveWriter, read_archive
from upkeep.encryption import can_open, decrypting, encrypting, is_encrypted
from upkeep.exceptions import UpkeepError


def folders():
    """Return {name in the archive: folder}."""
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}


def make_backup(target, *, key=""):
    """Write a backup to the path `target`, which must not exist yet, and return its size in bytes.

    Until it is written and checked it bears another name: a file of that name is a good backup. Raises UpkeepError.
    """
    target = Path(target).absolute()
    if target.exists():
        raise UpkeepError(_("%(file)s exists already. Choose another name.") % {"file": target})
    if not target.parent.is_dir():
        raise UpkeepError(_("The folder %(folder)s does not exist.") % {"folder": target.parent})
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _write(unfinished, key)
        if not key or can_open(key):
            check_backup(unfinished, key=key)
        unfinished.rename(target)
    except OSError as error:
        raise UpkeepError(_("The backup could not be written: %(reason)s.") % {"reason": error.strerror or error}) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def check_backup(path, *, key=""):
    """Read a backup through, the database included; return its manifest. Raises UpkeepError."""
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="backup-") as folder:
        database = None

        def place(name):
            nonlocal database
            if name not in databases.FILES.values():
                return None
            database = Path(folder) / name
            return database

        with opened(path, key) as stream:
            manifest = read_archive(stream, lambda _: place)
        if database is None:
            raise UpkeepError(_("The backup holds no database."))
        if manifest["engine"] == connection.vendor:
            databases.check(database)
    return manifest


@contextmanager
def opened(path, key=""):
    """Give the stream of a backup's archive, encrypted or not. Raises UpkeepError: no such file, no key."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
            encrypted = is_encrypted(Path(path))
        except OSError as error:
            raise UpkeepError(_("%(file)s cannot be read: %(reason)s.") % {"file": path, "reason": error.strerror}) from error
        if encrypted and not key:
            raise UpkeepError(_("The backup is encrypted: give its secret key."))
        yield stack.enter_context(decrypting(file, key)) if encrypted else file


def _write(path, key):
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="backup-") as folder, ExitStack() as stack:
        made_at, migrations = timezone.now().isoformat(timespec="seconds"), databases.applied_migrations()
        # The database first: each file that it names is complete by now.
        database = databases.dump(Path(folder))
        file = stack.enter_context(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))
        stream = stack.enter_context(encrypting(file, key)) if key else file
        manifest = {"made_at": made_at, "engine": connection.vendor, "migrations": migrations}
        archive = stack.enter_context(ArchiveWriter(stream, manifest))
        archive.add_file(database, database.name)
        for name, root in folders().items():
            if root.is_dir():
                archive.add_folder(root, name)
    with path.open("rb") as written, suppress(OSError):
        os.fsync(written.fileno())
