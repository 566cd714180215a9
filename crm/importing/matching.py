"""Whom a row speaks of: by number, else by e-mail, else by phone and name, else by name and organisation.

What is doubtful is asked, never guessed.
"""

from django.utils.translation import gettext as _

from crm.importing.outcomes import SKIP, Question, RowDoubtful, RowRefused
from crm.importing.people import EMAIL
from crm.models import ContactPoint

# Addresses of a desk rather than of a person: sharing one doesn't make two people the same.
_SHARED_LOCAL_PARTS = {
    "info", "kontakt", "kontakta", "kansli", "kansliet", "expedition", "expeditionen", "reception", "registrator", "kommun",
    "kommunen", "vux", "komvux", "vuxenutbildning", "vuxenutbildningen", "larcentrum", "rektor", "syv", "studievagledning",
    "office", "post", "mail",
}  # fmt: skip

SAME, RENAME, NEW = "same", "rename", "new"


class Matcher:
    """Finds people among those that `people` has gathered. `number_of_row` tells who a row of the file has brought in."""

    def __init__(self, people, organisation_name, number_of_row):
        self.people = people
        self.organisation_name = organisation_name
        self.number_of_row = number_of_row

    def find(self, values, organisation, answers):
        """Return the Person of a row, or None for a new one; raise RowDoubtful or RowRefused.

        `values` gives sort_key, emails and phones (normalised) besides the columns.
        """
        self.answers = answers
        for answer in answers:
            kind, _colon, whom = answer.partition(":")
            if kind in (SAME, RENAME):
                return self._named(whom)
        if "id" in values:
            return self._by_number(values)
        if NEW in answers:
            return None
        return (
            self._by_email(values)
            or self._by_phone_and_name(values)
            or self._by_name_and_organisation(values, organisation)
            or self._by_name_alone(values, organisation)
        )

    def number_of(self, whom):
        """Return the number of somebody who is named in an answer: "12", or "row14" for whom that row has brought in."""
        if not whom.startswith("row"):
            return int(whom)
        row = int(whom.removeprefix("row"))
        here = (one.number for one in self.people.by_number.values() if one.origin == row)
        return next(here, None) or self.number_of_row(row)

    def _named(self, whom):
        number = self.number_of(whom)
        if person := self.people.by_number.get(number):
            return person
        raise RowRefused([["", _("The person who was chosen for this row is no longer in the register.")]])

    def _by_number(self, values):
        person = self.people.by_number.get(values["id"])
        if person is None:
            message = _("There is no number %(id)s in the register. Leave the cell empty for a new one.") % {"id": values["id"]}
            raise RowRefused([["id", message]])
        known_by = any(person.has(one) for one in (*values["emails"], *values["phones"]))
        if person.sort_key not in values["sort_keys"] and not known_by:
            # A column of numbers may well be another system's.
            text = _("Number %(id)s is %(holder)s in the register. Is it the same person?")
            raise RowDoubtful(self._question(text % {"id": values["id"], "holder": self._described(person)}, [person], values))
        return person

    def _by_email(self, values):
        held = [(address, self.people.found_by("e" + address)) for address in values["emails"]]
        namesakes = {one.number: one for _address, holders in held for one in holders if one.sort_key in values["sort_keys"]}
        if found := self._only(list(namesakes.values()), values):
            return found
        for address, holders in held:
            if holders and not self._is_shared(address, holders):
                text = _("The address %(email)s belongs to %(holder)s. Is it the same person?")
                text %= {"email": address, "holder": self._described(holders[0])}
                raise RowDoubtful(self._question(text, holders, values))
        return None

    def _is_shared(self, address, holders):
        """Whether an address is a desk's: by its name, because an organisation has it, or because several people do."""
        return address.partition("@")[0] in _SHARED_LOCAL_PARTS or len(holders) > 1 or address in self.people.organisation_emails

    def _by_phone_and_name(self, values):
        numbers = values["phones"]
        namesakes = self._namesakes(values) if numbers else ()
        return self._only([one for one in namesakes if any(one.has(number) for number in numbers)], values)

    def _by_name_and_organisation(self, values, organisation):
        if organisation is None:
            return None
        held = [one for one in self._namesakes(values) if any(role["organisation_id"] == organisation.number for role in one.roles)]
        found = self._only(held, values)
        domains = {address.rpartition("@")[2] for address in values["emails"]}
        others = [point for point in found.points if point.kind == EMAIL and is_usable(point)] if found else []
        if found and any(point.normalised.rpartition("@")[2] in domains for point in others):
            # Two addresses at one employer are two people as often as not.
            text = _("%(holder)s has another address at the same place. Is it the same person?")
            raise RowDoubtful(self._question(text % {"holder": self._described(found)}, [found], values))
        return found

    def _by_name_alone(self, values, organisation):
        """A name is no identity; but a row with nothing else may well mean somebody who is there already."""
        if organisation is not None or values["emails"] or values["phones"]:
            return None
        if namesakes := self._namesakes(values):
            text = _("The row has only a name, and %(holder)s is in the register. Is it the same person?")
            raise RowDoubtful(self._question(text % {"holder": self._described(namesakes[0])}, namesakes, values))
        return None

    def _namesakes(self, values):
        found = {one.number: one for key in values["sort_keys"] for one in self.people.found_by("n" + key)}
        return list(found.values())

    def _only(self, found, values):
        if len(found) > 1:
            text = _("There is more than one %(name)s in the register. Who is it?") % {"name": found[0].name}
            raise RowDoubtful(self._question(text, found, values))
        return found[0] if found else None

    def _question(self, text, candidates, values):
        options = []
        for person in candidates[:8]:
            whom = f"row{person.origin}" if person.number < 0 else person.number
            if person.sort_key in values["sort_keys"]:
                options.append((f"{SAME}:{whom}", _("It is %(person)s") % {"person": self._described(person)}))
                continue
            options.append((f"{SAME}:{whom}", _("It is %(person)s; keep that name") % {"person": self._described(person)}))
            renamed = _("It is %(person)s, now called %(name)s")
            options.append((f"{RENAME}:{whom}", renamed % {"person": self._described(person), "name": values["name"]}))
        if "id" not in values:
            options.append((NEW, _("It is somebody new")))
        return Question(text, [*options, (SKIP, _("Leave the row out"))])

    def _described(self, person):
        """A name with what tells namesakes apart: "Anna Berg (Rektor, Lärcentrum Skara, anna.berg@skara.example)"."""
        organisation = next((self.organisation_name(role["organisation_id"]) for role in person.roles), "")
        address = next((point.value for point in person.points if point.kind == EMAIL), "")
        known_by = ", ".join(filter(None, [organisation, address]))
        return f"{person.name} ({known_by})" if known_by else person.name


def is_usable(point):
    return point.status == ContactPoint.Status.WORKS
