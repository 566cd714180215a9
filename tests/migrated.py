"""The migrated SQLite database, kept from run to run: two hundred migrations take half a minute, a copy takes no time."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings


def kept_database():
    """Return where the database with just these migrations is kept; it need not be there yet."""
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for migration in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(migration.read_bytes())
    return settings.VAR_DIR / f"test-migrated-{digest.hexdigest()[:16]}.sqlite3"


def bring(kept, database):
    """Put a copy where the tests' database is expected, and say whether there was one."""
    for leftover in (f"{database}-wal", f"{database}-shm"):
        Path(leftover).unlink(missing_ok=True)
    if kept.exists():
        shutil.copyfile(kept, database)
    return kept.exists()


def keep(kept, connection):
    """Keep a copy of what a connection sees, in one step, and drop those of other migrations."""
    for old in set(kept.parent.glob("test-migrated-*.sqlite3")) - {kept}:
        old.unlink(missing_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.connection.backup(copy)
    unfinished.replace(kept)
