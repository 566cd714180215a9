import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from upkeep import databases
from upkeep.backups import make_backup
from upkeep.encryption import can_open
from upkeep.exceptions import UpkeepError
from upkeep.restoring import restore_backup


class Command(BaseCommand):
    help = "Puts a backup in the place of what is there. Stop web, worker and clock before it."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument(
            "--key-file", type=Path, help="a file with the secret key of an encrypted backup; or RESTORE_KEY in the environment"
        )
        parser.add_argument("--replace", action="store_true", help="even where there is something already; a backup of that is made first")

    def handle(self, *, file, key_file, replace, **options):
        try:
            if not databases.is_empty():
                if not replace:
                    raise CommandError("This installation is not empty. With --replace it is backed up, then replaced.")
                self.keep_what_is_there()
            manifest = restore_backup(file, key=self.key(key_file))
        except UpkeepError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored as it was at {manifest['made_at']}.")

    def key(self, key_file):
        if key_file:
            lines = key_file.read_text().splitlines()
            return next((line.strip() for line in lines if can_open(line.strip())), "")
        return os.environ.get("RESTORE_KEY", "") or (settings.BACKUP_KEY if can_open(settings.BACKUP_KEY) else "")

    def keep_what_is_there(self):
        folder = Path(settings.BACKUP_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"before-restore-{timezone.localtime():%Y%m%d-%H%M%S}.tar.gz{'.age' if settings.BACKUP_KEY else ''}"
        make_backup(path, key=settings.BACKUP_KEY)
        self.stdout.write(f"What was there is kept as {path}.")
