"""A backup put in the place of what is there."""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _

from upkeep import databases
from upkeep.archives import read_archive
from upkeep.backups import folders, opened
from upkeep.exceptions import UpkeepError

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def restore_backup(path, *, key=""):
    """Put the backup's database and folders in the place of those that are there, and bring the database up to this version.

    Everything is unpacked and checked before anything is replaced. The database is replaced in one step, then each folder; where
    that is broken off, doing it again completes it. Returns the manifest. Raises UpkeepError.
    """
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="restore-") as unpacked:
        # Beside the folders that they replace, so that a renaming does it.
        staged = {name: root.with_name(f"{root.name}.restored") for name, root in folders().items()}
        try:
            for folder in staged.values():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)

            def place(name):
                top, _slash, rest = name.partition("/")
                return staged[top] / rest if top in staged and rest else Path(unpacked) / name

            with opened(path, key) as stream:
                manifest = read_archive(stream, lambda manifest: _fitting(manifest) and place)
            database = Path(unpacked) / databases.file_name()
            if not database.exists():
                raise UpkeepError(_("The backup holds no database."))
            databases.check(database)
            databases.load(database)
            for name, root in folders().items():
                _replace(root, staged[name])
        except OSError as error:
            raise UpkeepError(_("The backup could not be restored: %(reason)s.") % {"reason": error.strerror or error}) from error
        finally:
            for folder in staged.values():
                shutil.rmtree(folder, ignore_errors=True)
    call_command("migrate", interactive=False, verbosity=0)
    return manifest


def _fitting(manifest):
    if manifest["engine"] != connection.vendor:
        raise UpkeepError(
            _("The backup is of %(theirs)s, and this installation uses %(ours)s. To change over, use export_register and import_register.")
            % {"theirs": ENGINES.get(manifest["engine"], manifest["engine"]), "ours": ENGINES[connection.vendor]}
        )
    if unknown := {tuple(key) for key in manifest["migrations"]} - databases.known_migrations():
        app, name = sorted(unknown)[0]
        raise UpkeepError(
            _("A newer version of Knutpunkt made this backup (it knows %(migration)s): update first, then restore.")
            % {"migration": f"{app}.{name}"}
        )
    return True


def _replace(root, staged):
    before = root.with_name(f"{root.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    if root.exists():
        root.rename(before)
    staged.rename(root)
    shutil.rmtree(before, ignore_errors=True)
