from django.core.management.base import BaseCommand, CommandError

from crm.exceptions import RegisterError
from crm.exporting.register import export_register


class Command(BaseCommand):
    help = "Writes the whole register into an empty folder: spreadsheets, vCards, and register.json for import_register."

    def add_arguments(self, parser):
        parser.add_argument("folder")
        parser.add_argument("--format", choices=["xlsx", "csv"], default="xlsx", help="of the spreadsheets")

    def handle(self, *args, folder, **options):
        try:
            counts = export_register(folder, file_format=options["format"])
        except (RegisterError, OSError) as error:
            raise CommandError(str(error)) from error
        for name, count in counts.items():
            self.stdout.write(f"{count:>8}  {name}")
