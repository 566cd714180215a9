"""The people whom a part of a file speaks of, as the register knows them: asked for all at once, then found by any key.

A run that writes asks the register for each part anew. One that only looks keeps what it would have written in a scratch file.
"""

from collections import defaultdict

from crm.importing.excerpt import FIELDS, ROLE_FIELDS, Excerpt
from crm.models import Contact, ContactPoint, MergedRecord
from crm.services.bulk import one_of

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
        self.excerpt = Excerpt()
        self.next_number = -1
        self.forget()

    def forget(self):
        self.excerpt.forget()
        self.by_number = {}
        self.by_key = defaultdict(list)  # "e" address, "p" phone number, "n" sort key of the name → numbers
        self.changed = {}

    @property
    def organisation_emails(self):
        return self.excerpt.organisation_values

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
        for holders in self.excerpt.holders(with_prefix["e"] + with_prefix["p"]).values():
            found.update(holders)
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
        excerpt = self.excerpt
        excerpt.fetch(numbers)
        excerpt.fetch_points(numbers)
        for number in numbers:
            if row := excerpt.contacts.get(number):
                sort_key, archived_at, *values = row
                points = [Point(*one, bool(is_primary), status) for *one, is_primary, status in excerpt.points[number]]
                roles = [{"number": role, **dict(zip(ROLE_FIELDS, held, strict=True))} for role, *held in excerpt.roles[number]]
                self._know(Person(number, sort_key, archived_at is not None, dict(zip(FIELDS, values, strict=True)), points, roles))

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

    def in_scratch(self, keys, numbers):
        """Return whom earlier parts have brought in or changed, in a run that only looks, of those with a key or number."""
        return list(self.scratch.find(keys, numbers)) if self.scratch and not self.scratch.is_empty else []

    def settle(self):
        """End a part of the file."""
        if self.scratch:
            self.scratch.keep(self.changed.values())
        self.forget()
