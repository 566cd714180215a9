"""The database as one file, and back: SQLite by its own online backup, PostgreSQL by its own tools."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from upkeep.exceptions import UpkeepError

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
# Seconds that a restoring SQLite waits for others to let go.
_PATIENCE = 20
# Everything of ours in the schema, and nothing of PostgreSQL's extensions.
_EMPTY = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) AS command FROM pg_tables WHERE schemaname = current_schema()
    LOOP EXECUTE one.command; END LOOP;
    FOR one IN SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) AS command FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP EXECUTE one.command; END LOOP;
END $$"""


def file_name():
    return FILES[connection.vendor]


def applied_migrations():
    """Return [[app, name]] of the database as it is."""
    return sorted(map(list, MigrationRecorder(connection).applied_migrations()))


def known_migrations():
    return {tuple(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


def is_empty():
    """Say whether there is nothing yet that a restore would take away: no table, or nobody who could log in."""
    users = get_user_model()
    return users._meta.db_table not in connection.introspection.table_names() or not users.objects.exists()


def dump(folder):
    """Write the whole database, as it is at one moment and while people work, into a file of the folder; return its path."""
    path = folder / file_name()
    if connection.vendor == "sqlite":
        # A connection of its own, which sees only what has been committed.
        with closing(sqlite3.connect(f"{_sqlite_path().as_uri()}?mode=ro", uri=True)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    else:
        strangers = [f"--exclude-schema={name}" for name in _other_schemas()]
        _run("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-comments", f"--file={path}", *strangers)
    check(path)
    return path


def check(path):
    """Read such a file through; raises UpkeepError when the database program finds it damaged."""
    if connection.vendor == "sqlite":
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
                [answer] = database.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            answer = error
        if answer != "ok":
            raise UpkeepError(_("The copy of the database is damaged: %(reason)s") % {"reason": answer})
    else:
        _run("pg_restore", f"--file={os.devnull}", path)


def load(path):
    """Put the content of such a file in the place of all that the database holds: wholly or, on an error, not at all."""
    if connection.vendor == "sqlite":
        connection.close()
        _sqlite_path().parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(_sqlite_path(), timeout=_PATIENCE)) as target:
            try:
                # The lock first: the copying itself would wait for it for ever.
                target.execute("PRAGMA journal_mode = WAL")
                target.execute("BEGIN IMMEDIATE")
                target.execute("ROLLBACK")
                source.backup(target)
            except sqlite3.OperationalError as error:
                raise UpkeepError(_("The database is in use. Stop web, worker and clock, then restore again.")) from error
    else:
        connection.close()
        script = path.with_suffix(".sql")
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", path)
        _run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", f"--command={_EMPTY}", f"--file={script}")
        script.unlink()


def _other_schemas():
    """Return what else lives in the database, which is not ours to copy or to replace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname <> current_schema() AND nspname !~ '^pg_' AND nspname <> 'information_schema'"
        )
        return [name for (name,) in cursor.fetchall()]


def _sqlite_path():
    return Path(connection.settings_dict["NAME"]).absolute()


def _run(program, *arguments):
    if shutil.which(program) is None:
        raise UpkeepError(_("PostgreSQL's %(program)s was not found. On Debian: apt install postgresql-client.") % {"program": program})
    settings = connection.settings_dict
    values = {"PGDATABASE": settings["NAME"], "PGHOST": settings["HOST"], "PGPORT": settings["PORT"]}
    values |= {"PGUSER": settings["USER"], "PGPASSWORD": settings["PASSWORD"]}
    # What the address does not say, the surrounding environment may, as for Django itself.
    environment = {**os.environ, **{name: str(value) for name, value in values.items() if value}}
    done = subprocess.run([program, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UpkeepError(f"{program}: {done.stderr.strip()[-1000:]}")
