"""The steps of the benchmark, each a process: write the files, empty the register, import with the stock resource, import, bulk load."""

import csv
import json
import resource
import select
import subprocess
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from crm.importing.jobs import import_file  # noqa: E402
from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint, ImportRow, Organisation, Role  # noqa: E402
from crm.services import bulk  # noqa: E402
from crm.services.ledger import change_set, suspended  # noqa: E402
from stock import import_with_stock_resources  # noqa: E402

ORGANISATIONS = 1000
ROLES = ["Rektor", "Studie- och yrkesvägledare", "Lärcentrumansvarig"]
HEADINGS = ["Förnamn", "Efternamn", "E-post", "Mobil", "Organisation", "Roll", "Titel"]
FIRST = ["Anna", "Åsa", "Bo", "Karin", "Lars", "Östen", "Märta", "Ivar", "Linnéa", "Sören", "Eva", "Per", "Ulla", "Jan", "Nils", "Elin"]
PARTS = ["berg", "lund", "ström", "gren", "dahl", "kvist", "sjö", "holm", "ek", "by", "mark", "rot", "sten", "fors", "näs", "ås"]
LAST = [(a + b + c).capitalize() for a in PARTS for b in PARTS if a != b for c in ("", "son", "man")]
WRITTEN = (Contact, ContactPoint, Affiliation, Change, ImportRow)


def write(rows, *paths):
    """Write a file, and another in which one field of each row differs."""
    for path, suffix in zip(paths, ("", " (ny)"), strict=True):
        with open(path, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(HEADINGS)
            for number in range(int(rows)):
                organisation, mobile = number % ORGANISATIONS, f"070-{number // 10000:03} {number % 10000 // 100:02} {number % 100:02}"
                name = [FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]]  # nobody twice at one place
                place = [f"Lärcentrum nr {organisation}", ROLES[number % len(ROLES)], f"Titel {number % 50}{suffix}"]
                writer.writerow([*name, f"person.{number}@kommun{organisation}.example", mobile, *place])
    return {}


def empty():
    call_command("migrate", verbosity=0)
    call_command("flush", verbosity=0, interactive=False) if connection.vendor == "postgresql" else _delete_all()
    with change_set(cause=ChangeSet.Cause.COMMAND):
        for name in ROLES:
            Role.objects.create(name=name)
        for number in range(ORGANISATIONS):
            Organisation.objects.create(name=f"Lärcentrum nr {number}", kind=Organisation.Kind.LEARNING_CENTRE)
    return {}


def _delete_all():
    with suspended(), connection.cursor() as cursor:
        for model in (ImportRow, Affiliation, ContactPoint, Contact, Organisation, Role, Change):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


def stock(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    with change_set(cause=ChangeSet.Cause.IMPORT):
        seconds = import_with_stock_resources(rows)
    return {"rows_per_second": round(len(rows) / sum(seconds.values())), "people_only_per_second": round(len(rows) / seconds["people"])}


def run_import(path):
    before = {model: model.objects.count() for model in WRITTEN}
    writer = OtherWriter()
    started = time.perf_counter()
    with open(path, "rb") as file:
        job = import_file("contacts", content=file, filename=Path(path).name, acting_user=None)
    seconds = time.perf_counter() - started
    assert job.state == "done", job.error
    written = sum(model.objects.count() - before[model] for model in WRITTEN)
    return {
        "database": connection.vendor,
        "rows_per_second": round(job.row_count / seconds),
        "written_per_second": round(written / seconds),
        **job.counts,
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "longest_wait": round(writer.stop(), 2),
    }


class OtherWriter:
    """Somebody who saves an organisation four times a second meanwhile, as an office does at most."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, __file__, "other"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def stop(self):
        """Return the longest that one of the saves has taken, in seconds."""
        output, _errors = self.process.communicate("\n")
        return json.loads(output.splitlines()[-1])["longest"]


def other():
    number = Organisation.objects.values_list("pk", flat=True).first()
    print("ready", flush=True)
    longest = 0
    while not select.select([sys.stdin], [], [], 0.25)[0]:
        started = time.perf_counter()
        with change_set(cause=ChangeSet.Cause.EDIT):
            Organisation.objects.filter(pk=number).update(note=str(started))
        longest = max(longest, time.perf_counter() - started)
    return {"longest": longest}


def bulk_load():
    """Load again what the import has written, with nothing but the database's own means."""
    loads = []
    for model in (Contact, ContactPoint, Affiliation, ImportRow, Change):
        names = [field.attname for field in model._meta.concrete_fields]
        columns = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
        with connection.cursor() as cursor:
            cast = columns
            if connection.vendor == "postgresql":
                json_types = {field.column for field in model._meta.concrete_fields if field.get_internal_type() == "JSONField"}
                cast = ", ".join(f'"{f.column}"::text' if f.column in json_types else f'"{f.column}"' for f in model._meta.concrete_fields)
            cursor.execute(f'SELECT {cast} FROM "{model._meta.db_table}"')
            loads.append((model, names, cursor.fetchall()))
    with suspended(), connection.cursor() as cursor:
        for model in (ImportRow, Affiliation, ContactPoint, Contact, Change):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    started = time.perf_counter()
    for model, names, rows in loads:
        for start in range(0, len(rows), 10_000):
            with suspended(), transaction.atomic():
                bulk.insert(model, names, rows[start : start + 10_000])
    seconds = time.perf_counter() - started
    count = sum(len(rows) for _model, _names, rows in loads)
    return {"rows_per_second": round(count / seconds), "rows": count}


STEPS = {"write": write, "empty": empty, "stock": stock, "import": run_import, "other": other, "bulk": bulk_load}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
