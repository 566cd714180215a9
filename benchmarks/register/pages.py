"""Fills the register with so many contacts and measures its pages: a process for each size."""

import json
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import CharField, FileField, TextField  # noqa: E402
from django.test import Client  # noqa: E402

from crm.models import (  # noqa: E402
    Activity,
    Affiliation,
    Contact,
    ContactPoint,
    Municipality,
    Organisation,
    Participation,
    Role,
    User,
)
from crm.services import search_index, triggers  # noqa: E402
from crm.text import fold, swedish_sort_key  # noqa: E402

FIRST = ["Anna", "Åsa", "Bo", "Karin", "Lars", "Östen", "Märta", "Ivar", "Linnéa", "Sören", "Eva", "Per", "Ulla", "Jan", "Nils", "Elin"]
PARTS = ["berg", "lund", "ström", "gren", "dahl", "kvist", "sjö", "holm", "ek", "by", "mark", "rot", "sten", "fors", "näs", "ås"]
LAST = [(a + b + c).capitalize() for a in PARTS for b in PARTS if a != b for c in ("", "son", "man")]
ROLES = ["Rektor", "Studie- och yrkesvägledare", "Lärcentrumansvarig"]
# What is filled in. The other texts are left empty.
COLUMNS = {
    Organisation: "id, name, kind, search_text, sort_key, municipality_id, country, is_own",
    Contact: "id, first_name, last_name, language, created_at, search_text, sort_key",
    ContactPoint: "contact_id, kind, value, normalised, is_primary, status",
    Affiliation: "contact_id, organisation_id, role_id, is_public",
    Activity: "id, key, kind, subject, day, created_at, search_text, sort_key",
    Participation: "activity_id, how",
}
SEARCHED = (Contact, Organisation, Activity)
SHARING = 20  # contacts of one organisation

# What somebody types: common and rare words, two words, a number, an address, the beginning of a name.
QUERIES = ["anna", "ekstrom", "soren kvistsjoson", "070-000 01 00", "person.77@", "larcentrum nr 3", "oste", "be", "inte alls", "rektor"]


def main(size, requests):
    call_command("migrate", verbosity=0)
    empty()
    started = time.perf_counter()
    fill(size)
    filled = time.perf_counter()
    search_index.install(connection)
    indexed = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["*"]
    return {
        "database": connection.vendor,
        "contacts": size,
        "seconds_to_fill": round(filled - started, 1),
        "seconds_to_index": round(indexed - filled, 1),
        "p95": {name: p95(addresses, requests) for name, addresses in pages(size).items()},
    }


def empty():
    """Take the triggers away, and with them the index, which is made anew when the tables are full."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for model in SEARCHED:
                for event in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {model._meta.db_table}_search_{event}")
        else:
            for model in SEARCHED:
                cursor.execute(f"DROP INDEX IF EXISTS {model._meta.db_table}_search")
        for model in (Participation, Activity, Affiliation, ContactPoint, Contact, Organisation, Role, Municipality):
            table = model._meta.db_table
            cursor.execute(f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}")


@transaction.atomic
def fill(size):
    Municipality.objects.bulk_create(Municipality(code=str(1000 + number), name=f"Kommun {number}") for number in range(50))
    Role.objects.bulk_create(Role(pk=number, name=name) for number, name in enumerate(ROLES))
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {size - 1})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It would look up each foreign key by a plan made for the empty table, reading all of it. Needs a superuser.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table, names in {"first_names": FIRST, "last_names": LAST}.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (i integer PRIMARY KEY, name text, folded text, sort_key text)")
            rows = [(number, name, fold(name), swedish_sort_key(name)) for number, name in enumerate(names)]
            cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s, %s)", rows)
        for statement in statements(size, max(size // SHARING, 1)):
            cursor.execute(f"{statement[0]} {numbers} {statement[1]}")


def statements(size, organisations):
    """Yield (INSERT, SELECT) for organisations, contacts, their addresses, visits and roles."""
    is_postgresql = connection.vendor == "postgresql"
    true, false = ("true", "false") if is_postgresql else ("1", "0")
    digits = "right('0000000' || n.i, 7)" if is_postgresql else "substr('0000000' || n.i, -7)"
    email = "'person.' || n.i || '@kommun.example'"
    role = "CASE n.i % 3 WHEN 0 THEN 'rektor' WHEN 1 THEN 'studie- och yrkesvagledare' ELSE 'larcentrumansvarig' END"
    words = [
        "f.folded || ' ' || l.folded",
        email,
        f"'+4670' || {digits}",
        f"'070' || {digits}",
        role,
        f"'larcentrum nr ' || (n.i % {organisations})",
    ]
    searched = " || ' ' || ".join(words)
    yield (
        insert(Organisation),
        "SELECT i, 'Lärcentrum nr ' || i, 'learning_centre', 'larcentrum nr ' || i, 'lzzbrcentrum0nr0' || i, (SELECT min(id) "
        f"FROM {Municipality._meta.db_table}) + i % 50, 'SE', {false}{nothing(Organisation)} FROM n WHERE i < {organisations}",
    )
    yield (
        insert(Contact),
        f"SELECT n.i, f.name, l.name, 'sv', '2018-01-01 00:00:00+00:00', {searched}, l.sort_key || '0' || f.sort_key"
        f"{nothing(Contact)} FROM n JOIN first_names f ON f.i = n.i % {len(FIRST)} "
        f"JOIN last_names l ON l.i = n.i / {len(FIRST)} % {len(LAST)}",
    )
    point = insert(ContactPoint)
    for kind, value, normalised in [("email", email, email), ("mobile", f"'070' || {digits}", f"'+4670' || {digits}")]:
        yield point, f"SELECT i, '{kind}', {value}, {normalised}, {true}, 'works'{nothing(ContactPoint)} FROM n"
    yield from activities(size, organisations)
    yield (
        insert(Affiliation),
        f"SELECT i, i % {organisations}, i % {len(ROLES)}, {false}{nothing(Affiliation)} FROM n",
    )


def activities(size, organisations):
    """A visit for each contact, with two persons and an organisation, over eight years."""
    day = "date '2018-01-01' + n.i % 2900" if connection.vendor == "postgresql" else "date('2018-01-01', (n.i % 2900) || ' days')"
    yield (
        insert(Activity),
        f"SELECT i, 'besok-' || i, 'visit', 'Besök nr ' || i, {day}, '2018-01-01 00:00:00+00:00', 'besok nr ' || i, "
        f"'besok0nr0' || i{nothing(Activity)} FROM n",
    )
    for column, number in [("contact_id", "i"), ("contact_id", f"(i + 1) % {size}"), ("organisation_id", f"i % {organisations}")]:
        yield insert(Participation, also=f", {column}"), f"SELECT i, 'attended'{nothing(Participation)}, {number} FROM n"


def insert(model, also=""):
    return f"INSERT INTO {model._meta.db_table} ({COLUMNS[model]}{''.join(f', {name}' for name in texts_left_empty(model))}{also})"


def nothing(model):
    return ", ''" * len(texts_left_empty(model))


def texts_left_empty(model):
    texts = (CharField, TextField, FileField)
    left = [field for field in model._meta.concrete_fields if isinstance(field, texts) and not field.null]
    return [field.column for field in left if field.column not in COLUMNS[model].split(", ")]


def pages(size):
    """Return {page: addresses to ask for in turn}."""
    spread = [size * step // 10 for step in range(10)]
    municipalities = list(Municipality.objects.values_list("pk", flat=True)[:10])
    return {
        "list": [f"/admin/contact/?p={page}" for page in (1, 1, 1, 2, 3)],
        "filter": [f"/admin/contact/?role=0&municipality={number}" for number in municipalities],
        "search": [f"/admin/contact/?q={query}" for query in QUERIES],
        "palette": [f"/admin/palette/results/?q={query}" for query in QUERIES],
        "record": [f"/admin/contact/inspect/{number}/" for number in spread],
    }


def p95(addresses, requests):
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get_or_create(username="benchmark", is_superuser=True)[0])
    seconds = []
    for turn in range(-3, requests):
        started = time.perf_counter()
        response = client.get(addresses[turn % len(addresses)])
        seconds.append(time.perf_counter() - started)
        assert response.status_code == 200, (addresses[turn % len(addresses)], response.status_code)
    counted = sorted(seconds[3:])
    return round(counted[int(len(counted) * 0.95)] * 1000, 1)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
