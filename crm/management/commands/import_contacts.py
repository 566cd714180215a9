import json
from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crm.exceptions import RegisterError
from crm.importing.jobs import import_file
from crm.importing.outcomes import Fate
from crm.importing.registry import get_importer
from crm.importing.wishes import Wishes
from crm.models import ImportJob, Organisation, User
from crm.services.tables import Options


class Command(BaseCommand):
    help = (
        "Imports people, with their organisation and role, from a spreadsheet (CSV, XLSX, ODS) or a file of cards (VCF). "
        "Rows that are refused, or of which it is doubtful whom they mean, are left out and named; the exit status is then 1. "
        "It is 2 when the file cannot be read at all."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADING=COLUMN",
            help="what a column of the file stands for",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--user", help="the user name that the history shows")
        parser.add_argument("--create-organisations", action="store_true", help="create the organisations that the register lacks")
        parser.add_argument("--organisation-kind", choices=Organisation.Kind.values, default="company", help="of those")
        parser.add_argument("--by-domain", action="store_true", help="find the organisation of those who name none by their mail domain")
        parser.add_argument(
            "--unknown-roles", choices=["refuse", "title"], default=None, help="what becomes of roles that the register lacks"
        )
        parser.add_argument(
            "--new-organisation",
            choices=["ask", "change", "add"],
            default="ask",
            help="somebody turns up at another organisation: leave the row out, change of job, or one more role",
        )
        parser.add_argument("--wipe-empty", action="store_true", help="an empty cell empties what stands in the register")
        parser.add_argument("--sheet", help="the sheet of a workbook")
        parser.add_argument("--encoding")
        parser.add_argument("--delimiter")
        parser.add_argument("--header-row", type=int, help="the row of the headings; 0 when there are none")

    def handle(self, *, file, dry_run, map, format, user, **options):
        try:
            with file.open("rb") as content:
                job = import_file(
                    "contacts",
                    content=content,
                    filename=file.name,
                    acting_user=self.find_user(user),
                    options=Options(**{name: options[name] for name in ("sheet", "encoding", "delimiter", "header_row")}),
                    mapping=self.read_map(map),
                    wishes=self.read_wishes(options, is_card=file.suffix.lower() == ".vcf"),
                    dry_run=dry_run,
                )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error
        except RegisterError as error:
            if format == "json":
                self.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False, indent=2))
            raise CommandError(str(error), returncode=2) from error
        counts = self.count(job)
        (self.write_json if format == "json" else self.write_text)(job, counts, dry_run)
        if job.state == ImportJob.State.FAILED:
            raise CommandError(job.error, returncode=2)
        if counts["refused"] or counts["doubtful"]:
            raise CommandError(f"{counts['refused']} rows refused, {counts['doubtful']} doubtful.")

    def find_user(self, name):
        if not name:
            return None
        if (user := User.objects.filter(username=name).first()) is None:
            raise CommandError(f"There is no user “{name}”.")
        return user

    def read_map(self, pairs):
        mapping, columns = {}, get_importer("contacts")().columns
        for pair in pairs:
            heading, equals, name = pair.rpartition("=")
            if not equals or (name and name not in columns):
                raise CommandError(f"--map takes HEADING=COLUMN, not “{pair}”. Columns are: {', '.join(columns)}.")
            mapping[heading] = name
        return mapping

    def read_wishes(self, options, *, is_card):
        names = ("create_organisations", "organisation_kind", "by_domain", "new_organisation", "wipe_empty")
        wishes = Wishes(**{name: options[name] for name in names})
        return replace(wishes, unknown_roles=options["unknown_roles"] or ("title" if is_card else "refuse"))

    def count(self, job):
        """Return the counts: the fates add up to the rows, those of doubtful rows are among the skipped."""
        counts = job.counts
        counts["skipped"] += counts.pop(Fate.ASKED)
        doubtful = job.rows.filter(fate__in=[Fate.ASKED, Fate.SKIPPED]).exclude(question=None).count()
        return {"rows": job.row_count, **counts, "doubtful": doubtful}

    def write_json(self, job, counts, dry_run):
        named = job.rows.filter(fate__in=[Fate.REFUSED, Fate.ASKED, Fate.SKIPPED])
        report = {
            "job": job.pk,
            "state": job.state,
            "dry_run": dry_run,
            **counts,
            "mapping": job.mapping,
            "notes": job.notes,
            "left_out": [{"row": row.number, "label": row.label, "reasons": list(self.reasons(row))} for row in named.iterator()],
        }
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))

    def write_text(self, job, counts, dry_run):
        for note in job.notes:
            self.stdout.write(note)
        for row in job.rows.filter(fate__in=[Fate.REFUSED, Fate.ASKED, Fate.SKIPPED]).iterator():
            self.stdout.write(f"Row {row.number}, {row.label}: {' '.join(self.reasons(row))}")
        words = ", ".join(f"{counts[name]} {name}" for name in ("created", "changed", "unchanged", "skipped", "refused"))
        self.stdout.write(f"{'Would be' if dry_run else f'Import {job.pk}'}: {counts['rows']} rows, {words}.")

    def reasons(self, row):
        yield from (sentence for _column, sentence in row.messages)
        if row.fate == Fate.ASKED:
            yield row.question["text"]
