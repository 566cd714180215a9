"""The people whom a part of a file speaks of, as the register knows them: asked for all at once, then found by any key.

A run that writes asks the register for each part anew. One that only looks keeps what it would have written in a scratch file, so
that a later row meets what an earlier one has brought in, however long the file is.
"""

import datetime
import pickle
import sqlite3
from collections import defaultdict

from django.db import connection

from crm.models import Affiliation, Contact, ContactPoint, MergedRecord
from crm.services.bulk import one_of

FIELDS = ("first_name", "last_name", "language", "quick_facts", "note", "source")
ROLE_FIELDS = ("organisation_id", "role_id", "title", "since", "until", "end_reason", "is_public")
EMAIL = ContactPoint.Kind.EMAIL.value


class Point:
    __slots__ = ("is_primary", "kind", "normalised", "number", "status", "value")

    def __init__(self, number, kind, normalised, value, is_primary, status):
        self.number, self.kind, self.normalised, self.value = number, kind, normalised, value
        self.is_primary, self.status = is_primary, status

    def __reduce__(self):
        return Point, (self.number, self.kind, self.normalised, self.value, self.is_primary, self.status)


class Person:
    """A contact with addresses and roles. A negative number: not in the register yet."""

    __slots__ = ("fields", "is_archived", "number", "origin", "points", "roles", "sort_key", "told")

    def __init__(self, number, sort_key, is_archived, fields, points, roles, origin=None):
        self.number, self.sort_key, self.is_archived, self.fields = number, sort_key, is_archived, fields
        self.points, self.roles = points, roles  # roles: dictionaries of ROLE_FIELDS and "number", the newest first
        self.origin = origin  # number of the row that has brought the person in
        self.told = None  # what the file has said of the person that it may not say otherwise, {field: value}

    def __reduce__(self):
        return Person, (self.number, self.sort_key, self.is_archived, self.fields, self.points, self.roles, self.origin)

    @property
    def name(self):
        return f"{self.fields['first_name']} {self.fields['last_name']}".strip()

    def has(self, normalised):
        return any(point.normalised == normalised for point in self.points)

    def found_by(self):
        """What a row can find the person by."""
        yield "n" + self.sort_key
        for point in self.points:
            yield ("e" if point.kind == EMAIL else "p") + point.normalised


class People:
    def __init__(self, scratch=None):
        self.scratch = scratch
        self.next_number = -1
        self.forget()

    def forget(self):
        self.by_number = {}
        self.by_key = defaultdict(list)  # "e" address, "p" phone number, "n" sort key of the name → numbers
        self.organisation_emails = set()
        self.changed = {}

    def gather(self, numbers, keys):
        """Bring in everybody with one of these numbers or keys."""
        if not numbers and not keys:
            return
        with_prefix = defaultdict(list)
        for key in keys:
            with_prefix[key[0]].append(key[1:])
        # A number from before a merge means the person whom its holder has become a part of.
        survivors = MergedRecord.objects.survivors(Contact, numbers) if numbers else {}
        found = {*numbers, *survivors.values()}
        points = ContactPoint.objects.filter(one_of(ContactPoint, "normalised", with_prefix["e"] + with_prefix["p"]))
        for contact, organisation, normalised in _rows(points.order_by(), "contact_id", "organisation_id", "normalised"):
            if contact:
                found.add(contact)
            elif organisation:
                self.organisation_emails.add(normalised)
        if names := with_prefix["n"]:
            found |= set(Contact.objects.filter(one_of(Contact, "sort_key", names)).values_list("pk", flat=True))
        self._load(found - set(self.by_number))
        if self.scratch:
            for person in self.scratch.find(keys, found):
                self._know(person)
        for number, survivor in survivors.items():
            if survivor in self.by_number:
                self.by_number.setdefault(number, self.by_number[survivor])

    def _load(self, numbers):
        if not numbers:
            return
        people = {}
        contacts = Contact.objects.filter(one_of(Contact, "id", numbers)).order_by()
        for number, sort_key, archived_at, *values in _rows(contacts, "pk", "sort_key", "archived_at", *FIELDS):
            fields = dict(zip(FIELDS, values, strict=True))
            people[number] = Person(number, sort_key, archived_at is not None, fields, [], [])
        points = ContactPoint.objects.filter(one_of(ContactPoint, "contact_id", numbers)).order_by("-is_primary", "pk")
        for contact, number, kind, normalised, value, is_primary, status in _rows(
            points, "contact_id", "pk", "kind", "normalised", "value", "is_primary", "status"
        ):
            people[contact].points.append(Point(number, kind, normalised, value, bool(is_primary), status))
        roles = Affiliation.objects.filter(one_of(Affiliation, "contact_id", numbers)).newest_first()
        for contact, number, organisation, role, title, since, until, end_reason, is_public in _rows(
            roles, "contact_id", "pk", *ROLE_FIELDS
        ):
            people[contact].roles.append(
                {
                    "number": number,
                    "organisation_id": organisation,
                    "role_id": role,
                    "title": title,
                    "since": _day(since),
                    "until": _day(until),
                    "end_reason": end_reason,
                    "is_public": bool(is_public),
                }
            )
        for person in people.values():
            self._know(person)

    def _know(self, person):
        number, by_key = person.number, self.by_key
        self.by_number[number] = person
        for key in person.found_by():
            if number not in (known := by_key[key]):
                known.append(number)

    def new(self, fields, sort_key, origin):
        person = Person(self.next_number, sort_key, False, fields, [], [], origin)
        self.next_number -= 1
        return person

    def note(self, person):
        """Take notice that a person is new or has changed."""
        self._know(person)
        self.changed[person.number] = person

    def found_by(self, key):
        return [self.by_number[number] for number in self.by_key.get(key, ())]

    def settle(self):
        """End a part of the file."""
        if self.scratch:
            self.scratch.keep(self.changed.values())
        self.forget()


def _rows(queryset, *columns):
    """Yield a query's rows as the database gives them: a part of a file asks for thousands, of which most are only compared."""
    with connection.cursor() as cursor:
        cursor.execute(*queryset.values_list(*columns).query.sql_with_params())
        yield from cursor.fetchall()


def _day(value):
    """SQLite keeps days as text."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


class Scratch:
    """People as a run that only looks would have left them, in a file of SQLite's that goes when it is closed."""

    def __init__(self):
        self.file = sqlite3.connect("")  # a temporary database on disk, in memory only as far as it fits the cache
        self.file.executescript(
            "CREATE TABLE person (number INTEGER PRIMARY KEY, origin INTEGER, state BLOB);"
            "CREATE INDEX person_origin ON person (origin);"
            "CREATE TABLE key (key TEXT, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID;"
        )

    def keep(self, people):
        people = list(people)
        states = ((one.number, one.origin, pickle.dumps(one)) for one in people)
        self.file.executemany("INSERT OR REPLACE INTO person VALUES (?, ?, ?)", states)
        self.file.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", ((key, one.number) for one in people for key in one.found_by()))

    def find(self, keys, numbers):
        numbers = set(numbers)
        ordered = list(keys)
        for start in range(0, len(ordered), 500):
            part = ordered[start : start + 500]
            marks = ",".join("?" * len(part))
            numbers |= {number for (number,) in self.file.execute(f"SELECT number FROM key WHERE key IN ({marks})", part)}
        wanted = list(numbers)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for (state,) in self.file.execute(f"SELECT state FROM person WHERE number IN ({marks})", part):
                yield pickle.loads(state)

    def number_of_row(self, row):
        found = self.file.execute("SELECT number FROM person WHERE origin = ?", [row]).fetchone()
        return found and found[0]

    def close(self):
        self.file.close()
