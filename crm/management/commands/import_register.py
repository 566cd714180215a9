from django.core.management.base import BaseCommand, CommandError

from crm.exceptions import RegisterError
from crm.exporting.register import import_register


class Command(BaseCommand):
    help = "Fills an empty register from a folder that export_register has written, without a difference."

    def add_arguments(self, parser):
        parser.add_argument("folder")

    def handle(self, *args, folder, **options):
        try:
            counts = import_register(folder)
        except (RegisterError, OSError) as error:
            raise CommandError(str(error)) from error
        for label, count in counts.items():
            self.stdout.write(f"{count:>8}  {label}")
