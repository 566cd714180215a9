"""People with their addresses and a role at an organisation: one row per person and role."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.importing.contact_columns import columns
from crm.importing.matching import RENAME, SAME, Matcher
from crm.importing.organisations import Organisations
from crm.importing.organisations import suggest as suggest_organisations
from crm.importing.outcomes import SKIP, Fate, Outcome, RowDoubtful, RowRefused
from crm.importing.people import People
from crm.importing.planning import POINTS, Planner
from crm.importing.recognition import Recogniser
from crm.importing.roles import Roles
from crm.importing.roles import suggest as suggest_roles
from crm.importing.scratch import Scratch
from crm.importing.writing import NoWriter, Writer
from crm.models import Contact
from crm.resources.widgets import (
    display,
)
from crm.text import swedish_sort_key


class ContactImporter:
    """One run over a file. `process` takes its parts one after the other; `write` carries a processed part to the register."""

    kind = "contacts"
    title = _("Contacts")
    model = Contact
    largest_part = 1000

    def __init__(self, *, names=(), values=None, wishes=None, writes=False, number_of_row=None):
        self.columns = columns()
        self.writes = writes
        self.values = values or {}
        self.wishes = wishes
        self.names = set(names)
        if wishes is None:
            return  # asked for its columns only
        self.scratch = None if writes else Scratch()
        self.people = People(self.scratch)
        self.writer = Writer() if writes else NoWriter()
        self.organisations = Organisations(values=self.values.get("organisation", {}), wishes=wishes)
        self.roles = Roles(values=self.values.get("role", {}), wishes=wishes)
        self.labels = {name: str(column.label) for name, column in self.columns.items()}
        self.matcher = Matcher(self.people, self.organisations.name, number_of_row if writes else self.scratch.number_of_row)
        self.planner = Planner(
            self.people, self.writer, names=self.names, wishes=wishes, today=timezone.localdate(), show=self.show, label=self.labels.get
        )
        self.recogniser = Recogniser(self.people, self.planner)

    def go_on(self, job):
        """Recall whom and which roles the parts written before an interruption have brought in or changed."""
        if self.writes and job.row_done:
            self.planner.brought_in |= set(job.rows.filter(fate=Fate.CREATED).values_list("object_id", flat=True))
            roles = job.change_set.changes.filter(model="crm.affiliation").values_list("object_id", flat=True)
            self.planner.told_roles |= dict.fromkeys(roles, frozenset({"role"}))

    def close(self):
        if self.scratch:
            self.scratch.close()

    @staticmethod
    def missing_columns(names):
        if "full_name" in names or {"first_name", "last_name"} <= names:
            return []
        labels = {name: str(column.label) for name, column in columns().items()}
        return [labels[name] for name in ("first_name", "last_name") if name not in names]

    # A part of the file

    def prepare(self, rows):
        """Read the cells, which needs nothing of the register and so goes before the transaction."""
        for row in rows:
            row.values, row.messages = self._read(row)

    def process(self, rows):
        """Return the Outcome of each row. What is written follows with `write`."""
        good = [row for row in rows if row.values is not None and SKIP not in row.answers]
        self.organisations.gather([row.values for row in good])
        known = self._gather_people(good)
        outcomes = [self._unchanged(row, known[row.number]) if row.number in known else self._decide(row) for row in rows]
        if not self.writes:
            self.planner.end_part()
            self.people.settle()
        return outcomes

    def _gather_people(self, rows):
        """Bring in everybody whom rows may speak of, but for the {number of a row: contact} of rows that tell nothing new, returned."""
        for row in rows:
            row.place = self._place(row.values)
        known = self.recogniser.recognise([row for row in rows if not isinstance(row.place, RowRefused)])
        others = [row for row in rows if row.number not in known]
        while others:
            self._gather_people_of(others)
            # Of whom another row may speak too, all is looked at in the order of the file.
            others = [row for row in rows if known.get(row.number) in self.people.by_number]
            for row in others:
                del known[row.number]
        return known

    def _gather_people_of(self, rows):
        for row in rows:
            self._add_sort_keys(row.values)
        named = {number for row in rows for number in self._chosen(row)}
        numbers = {row.values["id"] for row in rows if "id" in row.values} | named
        self.people.gather(numbers, {"e" + address for row in rows for address in row.values["emails"]})
        keys = set()
        for values in (row.values for row in rows):
            known = (one for address in values["emails"] for one in self.people.found_by("e" + address))
            if not any(one.sort_key in values["sort_keys"] for one in known):
                keys |= {"n" + key for key in values["sort_keys"]}
                keys |= {"p" + number for number in values["phones"]}
        self.people.gather((), keys)

    def _chosen(self, row):
        """Yield the numbers of people of whom somebody has said that the row speaks of them."""
        for answer in row.answers:
            kind, _colon, whom = answer.partition(":")
            if kind in (SAME, RENAME) and (number := self.matcher.number_of(whom)) is not None:
                yield number

    def _read(self, row):
        """Return (values, []) or (None, messages). Beside the columns, values hold what people are found by."""
        values, messages = {}, []
        emails, phones = [], []
        for name, text in row.cells.items():
            if text:
                value, sentence = self.columns[name].read(text)
                if sentence is not None:
                    messages.append([name, sentence])
                elif name in POINTS:
                    values[name], values["normalised_" + name] = value
                    (emails if POINTS[name] == "email" else phones).append(value[1])
                else:
                    values[name] = value
        splits = _splits(values)
        if splits:
            values["first_name"], values["last_name"] = splits[0]
        missing = [name for name in ("first_name", "last_name") if not values.get(name) and not _is_bad(name, messages)]
        if missing and values.get("full_name"):
            messages.append(["full_name", gettext("Write both first and last name.")])
        else:
            messages += [[name, gettext("is missing.")] for name in missing]
        messages += [
            ["full_name", gettext("The text is too long: at most %(limit)d characters.") % {"limit": 100}]
            for name in ("first_name", "last_name")
            if splits and len(values[name]) > 100
        ][:1]
        if messages:
            return None, messages
        values["name"] = f"{values['first_name']} {values['last_name']}"
        values["splits"] = splits
        values["emails"], values["phones"] = emails, phones
        if "organisation" in values:
            values["organisation_key"] = swedish_sort_key(values["organisation"])
        return values, []

    @staticmethod
    def _add_sort_keys(values):
        values["sort_key"] = swedish_sort_key(values["last_name"], values["first_name"])[:400]
        # Where a name was in one piece, nobody knows where the last name begins; it is compared in every way.
        values["sort_keys"] = [swedish_sort_key(last, first)[:400] for first, last in values["splits"]] or [values["sort_key"]]

    def _unchanged(self, row, number):
        label = self.recogniser.take_note(row, number)
        return Outcome(row, Fate.UNCHANGED, label=label, model="crm.contact", object_id=number if self.writes else None)

    def _decide(self, row):
        if SKIP in row.answers:
            return Outcome(row, Fate.SKIPPED, label=self._raw_label(row))
        values = row.values
        if values is None:
            return Outcome(row, Fate.REFUSED, label=self._raw_label(row), messages=row.messages)
        outcome = Outcome(row, Fate.UNCHANGED, label=values["name"], model="crm.contact")
        try:
            if isinstance(row.place, RowRefused):
                raise row.place
            role, organisation = row.place
            person = self.matcher.find(values, organisation, row.answers)
            is_new = person is None
            person, outcome.changes, outcome.settled = self.planner.carry_out(row, values, person, organisation, role)
        except RowRefused as refusal:
            outcome.fate, outcome.messages, outcome.unknown = Fate.REFUSED, refusal.messages, refusal.unknown
        except RowDoubtful as doubt:
            outcome.fate, outcome.question = Fate.ASKED, doubt.question
        else:
            self.organisations.use(organisation)
            self.roles.use(role)
            outcome.person = person
            outcome.label = person.name
            outcome.fate = Fate.CREATED if is_new else Fate.CHANGED if outcome.changes else Fate.UNCHANGED
        return outcome

    def _place(self, values):
        """Return what a row names, (role, organisation), or the refusal: all that is unknown at once, to be decided in one round."""
        found, refusals = [], []
        for find in (self.roles.of, self.organisations.of):
            try:
                found.append(find(values))
            except RowRefused as refusal:
                refusals.append(refusal)
        if not refusals:
            return found
        return RowRefused(
            [message for refusal in refusals for message in refusal.messages],
            unknown=[one for refusal in refusals for one in refusal.unknown],
        )

    def _raw_label(self, row):
        cells = row.cells
        name = " ".join(filter(None, [cells.get("first_name"), cells.get("last_name")])) or cells.get("full_name")
        return name or " ".join([text for text in cells.values() if text][:3])

    def write(self, outcomes):
        """Carry the part just processed to the register; the caller holds the transaction and the change set."""
        new_numbers = {"organisation_id": self.organisations.write(), "role_id": self.roles.write()}
        held = {role["organisation_id"] for person in self.writer.touched.values() for role in person.roles}
        self.organisations.learn(held)
        organisations = {number: one.name for number, one in self.organisations.by_number.items()}
        people = self.writer.write(new_numbers, {"organisation": organisations, "role": self.roles.names})
        self.planner.end_part(people)
        for outcome in outcomes:
            if outcome.person is not None:
                outcome.object_id = outcome.person.number
        self.people.settle()

    def forget(self):
        """Begin the part anew, because the database has refused it."""
        self.people.forget()
        self.organisations.forget()
        self.roles.forget()
        self.planner.forget()
        if self.writes:
            self.writer.forget()

    # For people

    def show(self, name, value):
        if value is None or value == "":
            return ""
        if name == "organisation":
            return self.organisations.name(value)
        if name == "role":
            return self.roles.names.get(value, "")
        if name == "language":
            return str(Contact.Language(value).label)
        return display(value)

    def suggest(self, name, texts, domains_of):
        """Return {text: [(number, name), …]}: what of the register may be meant by values it lacks."""
        return suggest_organisations(texts, domains_of) if name == "organisation" else suggest_roles(texts)


def _is_bad(name, messages):
    return any(column in (name, "full_name") for column, _sentence in messages)


# What stands before a last name and belongs to it.
_PARTICLES = {"von", "af", "av", "de", "der", "den", "van", "el", "al", "la", "di", "da", "du", "ten", "zu", "le"}


def _splits(values):
    """Return the ways of taking a whole name apart, [(first, last), …], the likeliest first: "Berg, Anna" or "Anna Maria von Berg".

    None where the file has first and last names, or one word only.
    """
    whole = values.get("full_name", "")
    if not whole or values.get("first_name") or values.get("last_name"):
        return []
    last, comma, first = whole.partition(",")
    if comma:
        return [(first.strip(), last.strip())] if first.strip() and last.strip() else []
    words = whole.split()
    likely = len(words) - 1
    while likely > 1 and words[likely - 1].casefold() in _PARTICLES:
        likely -= 1
    ways = sorted(range(1, len(words)), key=lambda place: place != likely)
    return [(" ".join(words[:place]), " ".join(words[place:])) for place in ways]
