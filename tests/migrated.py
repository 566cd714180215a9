"""The database as the migrations leave it: kept from run to run, since two hundred of them take half a minute, and put back
around each test that really commits.
"""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings

from crm.services.ledger import suspended


def kept_database():
    """Return where the SQLite database with just these migrations is kept; it need not be there yet."""
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


class SQLiteState:
    """All pages of the file, in memory."""

    def __init__(self, connection):
        self.pages = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.pages)

    def put_back(self, connection):
        connection.ensure_connection()
        self.pages.backup(connection.connection)


class PostgreSQLState:
    """The filled tables, copied into a schema that nobody looks into."""

    SCHEMA = "migrated"

    def __init__(self, connection):
        with connection.cursor() as cursor:
            self.tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
            self.kept = self.filled(cursor)
            cursor.execute(f"CREATE SCHEMA {self.SCHEMA}")
            for table in self.kept:
                cursor.execute(f'CREATE TABLE {self.SCHEMA}."{table}" AS TABLE public."{table}"')

    def filled(self, cursor):
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.\"{table}\")" for table in self.tables))
        return [table for (table,) in cursor.fetchall()]

    def put_back(self, connection):
        """Foreign keys are looked at when the transaction ends, so the order of the tables is of no account."""
        with suspended(), connection.cursor() as cursor:
            for table in self.filled(cursor):
                cursor.execute(f'DELETE FROM public."{table}"')
            for table in self.kept:
                cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM {self.SCHEMA}."{table}"')


def state_of(connection):
    return {"sqlite": SQLiteState, "postgresql": PostgreSQLState}[connection.vendor](connection)
