"""What has been planned, carried to the register a part at a time."""

from operator import itemgetter

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.importing.people import FIELDS, ROLE_FIELDS
from crm.models import Affiliation, Contact, ContactPoint
from crm.services import bulk
from crm.text import fold, swedish_sort_key
from crm.validators import phone_digits


class NoWriter:
    """For a run that only looks."""

    def add_person(self, person):
        pass

    def add_point(self, person, point):
        pass

    add_role = add_point

    def change_person(self, person, values):
        pass

    def change_point(self, person, point, values):
        pass

    change_role = change_point


class Writer:
    """Collects what a part of the file changes, and writes it with a few statements."""

    def __init__(self):
        self.forget()

    def forget(self):
        self.people, self.points, self.roles = [], [], []
        self.changed = {Contact: {}, ContactPoint: {}, Affiliation: {}}
        self.touched = {}  # people of the register whose searched text is to be made anew

    def add_person(self, person):
        self.people.append(person)

    def add_point(self, person, point):
        self.points.append((person, point))
        self._touch(person)

    def add_role(self, person, role):
        self.roles.append((person, role))
        self._touch(person)

    def change_person(self, person, values):
        self._change(Contact, person, person.number, values)

    def change_point(self, person, point, values):
        self._change(ContactPoint, person, point.number, values)

    def change_role(self, person, role, values):
        self._change(Affiliation, person, role["number"], values)

    def _change(self, model, person, number, values):
        if number is not None and number > 0:  # what is new is written as it stands in the end
            self.changed[model].setdefault(number, {}).update(values)
            self._touch(person)

    def _touch(self, person):
        if person.number > 0:
            self.touched[person.number] = person

    def write(self, new_numbers, names):
        """Write all of it, and return the new people.

        `new_numbers` are those of organisations and roles that have just been created, {"organisation_id": {so far: now}, "role_id":
        …}; `names` are {"organisation": {number: name}, "role": …}.
        """
        for values in (*(role for _person, role in self.roles), *self.changed[Affiliation].values()):
            for name, numbers in new_numbers.items():
                if name in values:
                    values[name] = numbers.get(values[name], values[name])
        self._number()
        now = timezone.now()
        bulk.insert(
            Contact,
            ["id", *FIELDS, "created_at", "archived_at", "sort_key", "search_text"],
            (
                (one.number, *(one.fields[name] for name in FIELDS), now, None, one.sort_key, searched_text(one, names))
                for one in self.people
            ),
        )
        self._write_points()
        self._write_roles()
        for number, values in self.changed[Contact].items():
            if "first_name" in values or "last_name" in values:
                values["sort_key"] = sort_key(self.touched[number])
        for model, changes in self.changed.items():
            bulk.update(model, changes)
        bulk.update(Contact, {one.number: {"search_text": searched_text(one, names)} for one in self.touched.values()})
        people = self.people
        self.forget()
        return people

    def _number(self):
        for person, number in zip(self.people, bulk.next_numbers(Contact, len(self.people)), strict=True):
            person.number = number
        for (_person, point), number in zip(self.points, bulk.next_numbers(ContactPoint, len(self.points)), strict=True):
            point.number = number
        for (_person, role), number in zip(self.roles, bulk.next_numbers(Affiliation, len(self.roles)), strict=True):
            role["number"] = number

    def _write_points(self):
        source = _("import")
        bulk.insert(
            ContactPoint,
            ["id", "contact_id", "kind", "value", "normalised", "is_primary", "status", "source"],
            (
                (point.number, person.number, point.kind, point.value, point.normalised, point.is_primary, point.status, source)
                for person, point in self.points
            ),
        )

    def _write_roles(self):
        source = _("import")
        bulk.insert(
            Affiliation,
            ["id", "contact_id", *ROLE_FIELDS, "source", "confirmed_by"],
            ((role["number"], person.number, *(role[name] for name in ROLE_FIELDS), source, "") for person, role in self.roles),
        )


def sort_key(person):
    return swedish_sort_key(person.fields["last_name"], person.fields["first_name"])[:400]


def searched_text(person, names):
    """Return what Contact.searched_texts() will yield, folded, without asking the register."""
    words = [person.name]
    for point in sorted(person.points, key=lambda one: (not one.is_primary, one.number)):
        words.append(point.normalised)
        if point.kind != "email":
            words.append(phone_digits(point.normalised))
    for role in sorted(person.roles, key=itemgetter("number")):
        words += [role["title"], names["role"].get(role["role_id"], ""), names["organisation"].get(role["organisation_id"], "")]
    return fold(" ".join(filter(None, words)))
