from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from upkeep.backups import check_backup, make_backup
from upkeep.encryption import new_key
from upkeep.exceptions import UpkeepError


class Command(BaseCommand):
    help = "Writes database, pictures and private files into one file, while people work, and reads it through. With BACKUP_KEY, encrypted."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", help="the file to write, such as knutpunkt.tar.gz")
        parser.add_argument("--check", action="store_true", help="read an existing backup through instead of writing one")
        parser.add_argument("--new-key", action="store_true", help="print a new pair of keys, and do nothing else")

    def handle(self, *, file, check, new_key: bool, **options):
        if new_key:
            return self.print_key()
        if not file:
            raise CommandError("Name the file to write.")
        try:
            if check:
                manifest = check_backup(file, key=settings.BACKUP_KEY)
                self.stdout.write(f"{file} is whole: {manifest['engine']}, made {manifest['made_at']}.")
            else:
                size = make_backup(file, key=settings.BACKUP_KEY)
                self.stdout.write(f"{file}: {size / 1e6:.1f} MB, {'encrypted' if settings.BACKUP_KEY else 'not encrypted'}.")
        except UpkeepError as error:
            raise CommandError(str(error)) from error

    def print_key(self):
        secret, public = new_key()
        self.stdout.write(
            f"BACKUP_KEY={public}\n\nKeep this one elsewhere, on paper too. Without it nobody can open the backups:\n\n{secret}"
        )
