"""Fills the register with so many activities and counts the figures of a year."""

import json
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from crm.figures import Period, all_figures  # noqa: E402
from crm.models import Activity, Contact, Network, Organisation, Participation, Project  # noqa: E402
from crm.services import triggers  # noqa: E402
from crm.years import OperatingYear  # noqa: E402

YEARS = 10
COMPANIES, PEOPLE = 20_000, 10_000
KINDS = ["visit", "visit", "visit", "visit", "visit", "meeting", "call", "call", "job_shadowing", "conference"]


def main(activities, rounds):
    call_command("migrate", verbosity=0)
    triggers.remove(connection)
    started = time.perf_counter()
    fill(activities)
    filled = time.perf_counter() - started
    settings.DEBUG = False
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    measured = [count() for _round in range(rounds)]
    best = min(measured, key=lambda figures: sum(seconds for _value, seconds in figures.values()))
    return {
        "database": connection.vendor,
        "activities": activities,
        "seconds_to_fill": round(filled, 1),
        "seconds": round(sum(seconds for _value, seconds in best.values()), 3),
        "figures": best,
    }


def count():
    period, found = Period(OperatingYear(2017)), {}
    for figure in all_figures():
        started = time.perf_counter()
        value = figure.value(period)
        found[figure.key] = value, round(time.perf_counter() - started, 4)
    return found


@transaction.atomic
def fill(number):
    for model in (Participation, Activity):
        model.objects.all()._raw_delete("default")
    project = Project.objects.create(name="Interreg", programme="Interreg", state="granted")
    network = Network.objects.create(name="Industri", kind="company")
    first = Organisation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Organisation.objects.bulk_create(
        (Organisation(pk=first + n, name=f"Företag {n}", kind="company" if n % 2 else "learning_centre") for n in range(1, COMPANIES + 1)),
        batch_size=2000,
    )
    nobody = Contact.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    people = (Contact(pk=nobody + n, first_name="Anna", last_name=f"Nr {n}") for n in range(1, PEOPLE + 1))
    Contact.objects.bulk_create(people, batch_size=2000)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It would look up each foreign key by a plan made for the empty table. Needs a superuser.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements(number, project.pk, network.pk, first, nobody):
            cursor.execute(statement)


def statements(number, project, network, organisations, people):
    """Yield what fills the tables: activities on all days of ten years, and two participants of each."""
    is_postgresql = connection.vendor == "postgresql"
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number})"
    day = "date '2010-07-01' + (n.i % 3652)" if is_postgresql else "date('2010-07-01', '+' || (n.i % 3652) || ' days')"
    now = "now()" if is_postgresql else "'2018-07-01 00:00:00'"
    kind = "CASE " + " ".join(f"WHEN n.i % 10 = {place} THEN '{one}'" for place, one in enumerate(KINDS)) + " END"
    empty = [
        one
        for one in Activity._meta.concrete_fields
        if one.get_internal_type() in ("CharField", "TextField") and one.column not in ("kind", "key", "subject", "scope", "conference")
    ]
    texts = "".join(f", {one.column}" for one in empty)
    blanks = ", ''" * len(empty)
    yield (
        f"INSERT INTO crm_activity (id, key, kind, subject, day, created_at, project_id, network_id, scope, conference{texts}) "
        f"{numbers} SELECT n.i, 'b' || n.i, {kind}, 'Nr ' || n.i, {day}, {now}, {project}, "
        f"CASE WHEN n.i % 10 = 5 THEN {network} END, CASE WHEN n.i % 10 = 8 THEN 'regional' ELSE '' END, "
        f"CASE WHEN n.i % 10 = 9 THEN 'annual' ELSE '' END{blanks} FROM n"
    )
    for column, first, many in (("organisation_id", organisations, COMPANIES), ("contact_id", people, PEOPLE)):
        who = f"{first} + 1 + n.i % {many}"
        yield f"INSERT INTO crm_participation (activity_id, {column}, how) {numbers} SELECT n.i, {who}, 'attended' FROM n"


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
