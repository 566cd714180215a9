import json

from django.core.management.base import BaseCommand, CommandError

from crm.exceptions import RegisterError
from crm.importing.jobs import undo_import
from crm.importing.work import carry_on
from crm.models import ImportJob
from crm.services.undo import plan_undo


class Command(BaseCommand):
    help = "Takes an import back: what nobody has touched since returns to what it was. Exit status 1 when something had to stay."

    def add_arguments(self, parser):
        parser.add_argument("job", type=int, help="the number that import_contacts gave")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, job, dry_run, format, **options):
        found = ImportJob.objects.filter(pk=job).first()
        if found is None:
            raise CommandError(f"There is no import {job}.")
        if found.change_set is None:
            raise CommandError("There is nothing to undo: this import has changed nothing.")
        plan = plan_undo(found.change_set)
        if not dry_run:
            try:
                found = undo_import(found, acting_user=None)
            except RegisterError as error:
                raise CommandError(str(error)) from error
            carry_on(found)  # a large one waits for a worker, and here nobody else is to wait for
        report = {"job": job, "state": found.state, "dry_run": dry_run, **plan.counts, "conflicts": plan.conflict_count}
        if format == "json":
            self.stdout.write(json.dumps(report, indent=2))
        else:
            counts = plan.counts
            self.stdout.write(f"{counts['delete']} deleted, {counts['change']} changed back, {counts['restore']} restored.")
        if found.error:
            raise CommandError(found.error)
        if plan.conflict_count:
            raise CommandError(f"{plan.conflict_count} values stay as they are: somebody has changed them since.")
