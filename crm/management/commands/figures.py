import csv
import datetime
import json

from django.core.management.base import BaseCommand, CommandError

from crm.services.figures import Period, all_figures
from crm.years import OperatingYear


class Command(BaseCommand):
    help = "Counts every figure of an operating year from the register's records."

    def add_arguments(self, parser):
        parser.add_argument("year", help="the operating year, for example 2017/2018")
        parser.add_argument("--as-of", type=datetime.date.fromisoformat, help="count as of this day (YYYY-MM-DD)")
        parser.add_argument("--format", choices=["table", "json", "csv"], default="table")

    def handle(self, *, year, as_of, format, **options):
        try:
            period = Period(OperatingYear.parse(year), as_of)
        except ValueError:
            raise CommandError(f"“{year}” is not an operating year. Write it as 2017/2018.") from None
        rows = [(figure.key, figure.value(period), str(figure.label), str(figure.unit)) for figure in all_figures()]
        getattr(self, f"write_{format}")(rows)

    def write_json(self, rows):
        self.stdout.write(json.dumps({key: value for key, value, *_ in rows}, indent=2))

    def write_csv(self, rows):
        writer = csv.writer(self.stdout)
        writer.writerow(["key", "value", "label", "unit"])
        writer.writerows(rows)

    def write_table(self, rows):
        width = max(len(key) for key, *_ in rows)
        for key, value, label, unit in rows:
            self.stdout.write(f"{key:<{width}}  {value:>8}  {label} ({unit})")
