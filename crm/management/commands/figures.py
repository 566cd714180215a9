import csv
import datetime
import json

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from crm.figures import Period, Scope, all_figures
from crm.years import OperatingYear


class Command(BaseCommand):
    help = "Counts every figure of an operating year from the register's records."

    def add_arguments(self, parser):
        parser.add_argument("year", help="the operating year, for example 2017/2018")
        parser.add_argument("--as-of", metavar="DATE", help="as of this day (YYYY-MM-DD): what was held later doesn't count")
        parser.add_argument("--scope", default="", help="a part of it: subregion:Fyrbodal, municipality:Borås, project:Bron")
        parser.add_argument("--format", choices=["table", "json", "csv"], default="table")
        parser.add_argument("--metadata", action="store_true", help="JSON with label, definition, unit and subject of each figure")

    def handle(self, *, year, as_of, scope, format, metadata, **options):
        if metadata and format != "json":
            raise CommandError("--metadata goes with --format json. A table and CSV hold label and unit as they are.")
        period = Period(_year(year), _day(as_of), _scope(scope))
        counted = [(figure, figure.value(period)) for figure in all_figures()]
        if metadata:
            self.write_metadata(period, counted)
        else:
            getattr(self, f"write_{format}")(counted)

    def write_json(self, counted):
        self.stdout.write(json.dumps({figure.key: value for figure, value in counted}, indent=2))

    def write_metadata(self, period, counted):
        figures = {
            figure.key: {
                "value": value,
                "label": str(figure.label),
                "definition": str(figure.definition),
                "unit": str(figure.unit),
                "subject": figure.subject,
            }
            for figure, value in counted
        }
        asked = {
            "year": str(period.year),
            "first_day": period.year.first_day.isoformat(),
            "last_day": period.day.isoformat(),
            "as_of": period.as_of and period.as_of.isoformat(),
            "scope": str(period.scope),
        }
        self.stdout.write(json.dumps({**asked, "figures": figures}, indent=2, ensure_ascii=False))

    def write_csv(self, counted):
        writer = csv.writer(self.stdout)
        writer.writerow(["key", "value", "label", "unit"])
        writer.writerows([figure.key, value, figure.label, figure.unit] for figure, value in counted)

    def write_table(self, counted):
        width = max(len(figure.key) for figure, _value in counted)
        for figure, value in counted:
            shown = "–" if value is None else value
            self.stdout.write(f"{figure.key:<{width}}  {shown:>8}  {figure.label} ({figure.unit})")


def _year(text):
    try:
        return OperatingYear.parse(text)
    except ValueError:
        raise CommandError(f"“{text}” is not an operating year. Write it as 2017/2018.") from None


def _day(text):
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"“{text}” is not a day. Write it as 2017-12-31.") from None


def _scope(text):
    try:
        return Scope.parse(text)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
