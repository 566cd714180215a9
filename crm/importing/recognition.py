"""Rows that say what the register holds already: told from the rows of both, without putting anybody together.

Most rows of a file that comes again are such. This adds no rule: whatever is not plainly the same goes the long way through
crm.importing.matching and crm.importing.planning, which would find nothing to change in these rows either.
"""

from collections import Counter

from crm.importing.excerpt import FIELDS
from crm.importing.planning import ROLE_VALUES

NAMES = ("first_name", "last_name")
_PLACES = {name: place for place, name in enumerate(FIELDS, start=2)}  # in a row of Excerpt.contacts


class Recogniser:
    def __init__(self, people, planner):
        self.people = people
        self.excerpt = people.excerpt
        self.planner = planner
        self.places = [(name, place) for name, place in _PLACES.items() if name in planner.names or name in NAMES]
        self.role_values = [name for name in ROLE_VALUES if name in planner.names or name == "title"]  # a role may become a title

    def recognise(self, rows):
        """Return {number of a row: number of its contact} of the rows that change nothing, among some that have values and a place."""
        if self.planner.wishes.wipe_empty:
            return {}
        candidates = self._candidates(rows)
        self.excerpt.fetch(candidates.values())
        return {
            row.number: candidates[row.number]
            for row in rows
            if row.number in candidates and self._is_known(candidates[row.number], row.values, *row.place)
        }

    def take_note(self, row, number):
        """Let later rows know what this one has said of a contact, and return the contact's name."""
        role, organisation = row.place
        if organisation is not None:
            told = tuple([name for name in self.role_values if name in row.values])
            self.planner.tell_of(self.excerpt.roles[number][0][0], told if role is None else ("role_id", *told))
        self.planner.remember(number, row.values)
        _sort_key, _archived_at, first_name, last_name, *_fields = self.excerpt.contacts[number]
        return f"{first_name} {last_name}".strip()

    def _candidates(self, rows):
        """Return {number of a row: the only contact with its addresses, who has its numbers too}, of whom nothing else has spoken."""
        holders = self.excerpt.holders([one for row in rows for one in (*row.values["emails"], *row.values["phones"])])
        found = {}
        for row in rows:
            values = row.values
            numbers = {number for address in values["emails"] for number in holders[address]}
            if len(numbers) != 1 or row.answers or "id" in values:
                continue
            (number,) = numbers
            if not [1 for one in (*values["emails"], *values["phones"]) if number not in holders[one]]:
                found[row.number] = number
        times = Counter(found.values())
        found = {row: number for row, number in found.items() if times[number] == 1 and not self.planner.has_spoken_of(number)}
        if changed := self.people.in_scratch(("e" + address for address in holders), found.values()):
            taken = {key for person in changed for key in person.found_by()} | {person.number for person in changed}
            spoken_of = {row.number for row in rows if any("e" + address in taken for address in row.values["emails"])}
            found = {row: number for row, number in found.items() if number not in taken and row not in spoken_of}
        return found

    def _is_known(self, number, values, role, organisation):
        contact = self.excerpt.contacts[number]
        _sort_key, archived_at, *_fields = contact
        if archived_at is not None or [1 for name, place in self.places if name in values and values[name] != contact[place]]:
            return False
        if organisation is None:
            return role is None
        roles = self.excerpt.roles[number]
        return len(roles) == 1 and not organisation.is_archived and self._is_held(roles[0], values, role, organisation.number)

    def _is_held(self, held, values, role, organisation):
        """Whether a contact's only role is the one of the row, goes on, and is in every cell what the row says."""
        number, held_at, held_as, _title, since, until, *_rest = held
        return (
            held_at == organisation
            and role in (None, held_as)
            and number not in self.planner.told_roles
            and self.planner.goes_on(since, until)
            and not [1 for name, value in zip(ROLE_VALUES, held[3:], strict=True) if name in values and values[name] != value]
        )
