"""What a row of people would change, and doing that to the people in hand; crm.importing.writing carries it to the register."""

import datetime
from functools import cache

from django.utils.translation import gettext as _

from crm.importing.matching import RENAME, SAME, is_usable
from crm.importing.outcomes import SKIP, Question, RowDoubtful, RowRefused
from crm.importing.people import FIELDS, Point
from crm.models import ContactPoint, Organisation
from crm.text import fold
from crm.validators import format_phone

CHANGE, ADD = "change", "add"
AGAIN, OVER = "again", "over"
# Two rows about one person may not say two things of these; each new import would turn one into the other.
TOLD_ONCE = ("language", "quick_facts", "note", "source")
POINTS = {
    "email": ContactPoint.Kind.EMAIL.value,
    "email_2": ContactPoint.Kind.EMAIL.value,
    "email_3": ContactPoint.Kind.EMAIL.value,
    "mobile": ContactPoint.Kind.MOBILE.value,
    "phone": ContactPoint.Kind.PHONE.value,
    "phone_2": ContactPoint.Kind.PHONE.value,
}
FIRST = {"email", "mobile", "phone"}  # the ones to use first
ROLE_VALUES = ("title", "since", "until", "end_reason", "is_public")
_EMPTY = {"since": None, "until": None, "title": "", "end_reason": ""}
_WORKS = ContactPoint.Status.WORKS.value
_HISTORICAL = ContactPoint.Status.HISTORICAL.value


class Planner:
    """Plans rows one after the other. `show` makes text of a column's value, `label` of a column's name, for the changes listed."""

    def __init__(self, people, writer, *, names, wishes, today, show, label):
        self.people = people
        self.writer = writer
        self.names = names  # of the columns that the file has
        self.may_tell_once = any(name in names for name in TOLD_ONCE)
        self.wishes = wishes
        self.today = today
        self.show = show
        self.label = label
        self.brought_in = set()  # numbers of people whom the file has brought in
        # What earlier parts of the file have told: {number of a role: names of values}, {number of a person: {field: value}}.
        self.told_roles, self.told_fields = {}, {}
        self.forget()

    def forget(self):
        self.telling_roles, self.telling_people = [], []
        self.telling_known = []  # of people and roles that are not in hand: (which of the two above, number, what is told)

    def end_part(self, people=()):
        """Keep in mind what the part has told, under the numbers that the register has given to what is new."""
        self.brought_in |= {person.number for person in people}
        for role in self.telling_roles:
            if role["number"] is not None:
                self.told_roles[role["number"]] = _shared(role["told"])
        for person in self.telling_people:
            self.told_fields[person.number] = person.told
        for told, number, what in self.telling_known:
            told[number] = what
        self.forget()

    def has_spoken_of(self, number):
        """Whether an earlier part of the file has brought somebody in, or said of the person what it may not say otherwise."""
        return number in self.brought_in or number in self.told_fields

    def tell_of(self, role, names):
        """Note what a row says of a role, by its number, that it leaves as it is. `names` is a tuple of those of the row's own values."""
        self.telling_known.append((self.told_roles, role, _told_of_unchanged(names)))

    def remember(self, number, values):
        """Note what a row says of somebody, by number, whom it leaves as they are."""
        if self.may_tell_once and (given := _told_once(values)):
            self.telling_known.append((self.told_fields, number, given))

    def _told_of(self, role):
        """Return which values of a role the file has given already, or None when this is the first row that speaks of it."""
        return role.get("told") or self.told_roles.get(role["number"])

    def _tell(self, role, names):
        role["told"] = {*(self._told_of(role) or ()), "role", *names}
        self.telling_roles.append(role)

    def carry_out(self, row, values, person, organisation, role):
        """Do what the row says; return (person, changes, answers that the file itself gave)."""
        wanted = self._wanted_role(values, organisation, role)
        settled, ending, held = "", [], None
        if person is not None:
            self._check_person(values, person)
            if wanted is not None:
                held = self._held_role(row, person, wanted)
                if held is None:
                    settled, ending = self._new_organisation(row, person, wanted, organisation)
                else:
                    self._check_held(held, wanted)
        changes = []
        if organisation is not None and organisation.details and not organisation.is_used:
            kind = str(Organisation.Kind(organisation.details["kind"]).label)
            changes.append([_("New organisation"), "", f"{organisation.name} ({kind.lower()})"])
        if person is None:
            person = self._bring_in(row, values, changes)
        else:
            self._change_fields(row, values, person, changes)
        self._add_points(values, person, changes)
        for old in ending:
            self._end_role(person, old, wanted, changes)
        if wanted is not None:
            if held is None:
                self._add_role(values, person, wanted, changes)
            else:
                self._change_role(values, person, held, wanted, changes)
        self._remember(values, person)
        if changes:
            self.people.note(person)
        return person, changes, settled

    def _check_person(self, values, person):
        if person.is_archived:
            message = _("%(person)s is archived. Restore the contact first, if that is who is meant.")
            raise RowRefused([["", message % {"person": person.name}]])
        told = person.told or self.told_fields.get(person.number, {})
        for name in TOLD_ONCE:
            if name in values and told.get(name, values[name]) != values[name]:
                message = _("An earlier row of the file says something else about the same person: “%(value)s”.")
                raise RowRefused([[name, message % {"value": self.show(name, told[name])[:60]}]])

    def _remember(self, values, person):
        if given := _told_once(values):
            person.told = {**self.told_fields.get(person.number, {}), **(person.told or {}), **given}
            self.telling_people.append(person)

    # The person

    def _bring_in(self, row, values, changes):
        fields = {name: values.get(name, "") for name in FIELDS}
        fields["language"] = fields["language"] or "sv"
        person = self.people.new(fields, values["sort_key"], row.number)
        self.brought_in.add(person.number)
        self.writer.add_person(person)
        changes += [[self.label(name), "", self.show(name, values[name])] for name in FIELDS if values.get(name)]
        return person

    def _change_fields(self, row, values, person, changes):
        new = _told_once(values)
        if self.wishes.wipe_empty:
            new |= {name: "" for name in ("quick_facts", "note", "source") if name in self.names and name not in values}
        if self._may_rename(row, values, person):
            for name in ("first_name", "last_name"):
                # Another case alone is how a file writes everybody.
                if values[name].casefold() != person.fields[name].casefold() or values.get("id") == person.number:
                    new[name] = values[name]
        new = {name: value for name, value in new.items() if person.fields[name] != value}
        for name, value in new.items():
            changes.append([self.label(name), self.show(name, person.fields[name]), self.show(name, value)])
        if new:
            person.fields |= new
            self.writer.change_person(person, new)

    @staticmethod
    def _may_rename(row, values, person):
        """Whether the row's name is to stand in the register: where it is only written otherwise, or somebody has said so."""
        if any(one.startswith(RENAME) for one in row.answers):
            return True
        if any(one.startswith(SAME) for one in row.answers):
            return False
        if "id" in values:
            # The matcher has asked where the number may be another system's. One from before a merge goes with a former name.
            return values["id"] == person.number
        return person.sort_key == values["sort_key"] and not values["splits"]

    # Addresses

    def _add_points(self, values, person, changes):
        for column, kind in POINTS.items():
            normalised = values.get("normalised_" + column)
            if normalised is None:
                if self.wishes.wipe_empty and column in FIRST and column in self.names:
                    self._retire_points(values, person, column, kind, changes)
                continue
            if person.has(normalised):
                continue
            others = [point for point in person.points if point.kind == kind]
            first = column in FIRST or not any(point.is_primary for point in others)
            current = next((point for point in others if is_usable(point)), None)
            point = Point(None, kind, normalised, values[column], first, _WORKS)
            shown = self._display(point)
            if current and first:
                shown = _("%(new)s first; %(old)s stays") % {"new": shown, "old": self._display(current)}
            changes.append([self.label(column), "", shown])
            if first:
                # New addresses are the ones to use first; the old ones still find the person.
                for other in others:
                    if other.is_primary:
                        other.is_primary = False
                        self.writer.change_point(person, other, {"is_primary": False})
                person.points.insert(0, point)
            else:
                person.points.append(point)
            self.writer.add_point(person, point)

    def _retire_points(self, values, person, column, kind, changes):
        """Let an empty cell say that there is no such address any more; those that other cells of the row give stay."""
        given = {*values["emails"], *values["phones"]}
        for point in person.points:
            if point.kind == kind and is_usable(point) and point.normalised not in given:
                changes.append([self.label(column), self._display(point), ""])
                point.status, point.is_primary = _HISTORICAL, False
                self.writer.change_point(person, point, {"status": _HISTORICAL, "is_primary": False})

    @staticmethod
    def _display(point):
        return point.value if point.kind == "email" else format_phone(point.normalised)

    # The role

    def _wanted_role(self, values, organisation, role):
        """Return the role's cells of the row, or None when it names no organisation."""
        given = {name: values[name] for name in ROLE_VALUES if name in values}
        if organisation is None:
            if role is not None:
                raise RowRefused([["organisation", _("is missing: a role is held at an organisation.")]])
            return None
        if organisation.is_archived and "until" not in given:
            message = _("“%(value)s” is archived. Restore it first, or say until when the role was held.")
            raise RowRefused([["organisation", message % {"value": organisation.name}]])
        self._check_days(given)
        return {"organisation_id": organisation.number, "role_id": role, **given}

    @staticmethod
    def _check_days(values):
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            raise RowRefused([["until", _("The last day is before the first day, %(since)s.") % {"since": since}]])

    def _check_held(self, held, wanted):
        self._check_days({**held, **{name: value for name, value in wanted.items() if value is not None}})
        for name in self._told_of(held) or ():
            if name in wanted and wanted[name] != held[name]:
                message = _("An earlier row of the file says something else about the same role: “%(value)s”.")
                raise RowRefused([[name, message % {"value": self.show(name, held[name])}]])

    def _held_role(self, row, person, wanted):
        """Return the person's role that the row speaks of: same organisation and role, begun the same day or overlapping.

        A role that an earlier row of the file has told of under another title or from another day is another one.
        """
        there = [one for one in person.roles if one["organisation_id"] == wanted["organisation_id"]]
        if not there:
            return None
        held = [one for one in there if one["role_id"] == wanted["role_id"]]
        if not held:
            # A file without roles speaks of whatever is held there; one with roles completes what had none.
            loose = there if wanted["role_id"] is None else [one for one in there if one["role_id"] is None]
            titled = [one for one in loose if one["title"] and one["title"] == wanted.get("title")]
            going_on = [one for one in loose if self._is_going_on(one)]
            held = titled or (going_on if len(going_on) == 1 else [])
        if title := wanted.get("title"):
            held = [one for one in held if one["title"] == title] or [one for one in held if not self._told_of(one)]
        since, until = wanted.get("since"), wanted.get("until")
        if since is None and until is None:
            return self._without_days(row, person, held)
        if since is None:
            return next((one for one in held if one["until"] == until), None) or next(filter(self._is_going_on, held), None)
        same_day = [one for one in held if one["since"] == since]
        overlapping = [
            one
            for one in held
            if (one["until"] is None or one["until"] >= since) and (one["since"] is None or until is None or one["since"] <= until)
        ]
        return next(iter(same_day + [one for one in overlapping if not self._told_of(one)]), None)

    def _without_days(self, row, person, held):
        """Return the role that a row without days speaks of: one that goes on. One that is over may have been taken up again."""
        if not held:
            return None
        if going_on := next((one for one in held if self._is_going_on(one) or self._told_of(one)), None):
            return going_on
        over = next((one for one in held if one["until"] is not None and one["until"] < self.today), None)
        if over is None or OVER in row.answers:
            return held[0]
        if AGAIN in row.answers:
            return None
        words = {"person": person.name, "role": self._described(over), "day": over["until"].isoformat()}
        raise RowDoubtful(
            Question(
                _("%(person)s was %(role)s until %(day)s. Does the row mean that it is so again?") % words,
                [(AGAIN, _("Yes, a new role")), (OVER, _("No, it is over")), (SKIP, _("Leave the row out"))],
            )
        )

    def _is_going_on(self, role):
        return self.goes_on(role["since"], role["until"])

    def goes_on(self, since, until):
        return (since is None or since <= self.today) and (until is None or until >= self.today)

    def _new_organisation(self, row, person, wanted, organisation):
        """Return (answer that the file itself gives, roles that end), or ask: has the person left the others for this one?"""
        since = wanted.get("since")
        # Who began here before beginning there has not left there for here.
        elsewhere = [one for one in person.roles if self._is_going_on(one) and not (since and one["since"] and since <= one["since"])]
        at_same = any(one["organisation_id"] == wanted["organisation_id"] for one in elsewhere)
        is_past = wanted.get("until") is not None and wanted["until"] < self.today
        if not elsewhere or at_same or is_past or ADD in row.answers:
            return "", []
        if person.number in self.brought_in or all(self._told_of(one) for one in elsewhere):
            return ADD, []  # a file that lists somebody at several organisations means just that
        if CHANGE in row.answers or self.wishes.new_organisation == CHANGE:
            return "", elsewhere
        if self.wishes.new_organisation == ADD:
            return "", []
        names = ", ".join(dict.fromkeys(self.show("organisation", one["organisation_id"]) for one in elsewhere))
        words = {"person": person.name, "old": names, "new": organisation.name}
        raise RowDoubtful(
            Question(
                _("%(person)s is at %(old)s today. What does %(new)s mean?") % words,
                [
                    (CHANGE, _("A change of job: the role at %(old)s ends") % words),
                    (ADD, _("Another role beside the one at %(old)s") % words),
                    (SKIP, _("Leave the row out")),
                ],
            )
        )

    def _end_role(self, person, role, wanted, changes):
        last_day = wanted["since"] - datetime.timedelta(days=1) if wanted.get("since") else self.today
        last_day = min(last_day, role["until"]) if role["until"] else last_day
        if last_day == role["until"]:
            return
        changes.append([f"{self._described(role)}: {self.label('until')}", self.show("until", role["until"]), self.show("until", last_day)])
        ended = {"until": last_day, "end_reason": role["end_reason"] or _("Change of job")}
        role |= ended
        self.writer.change_role(person, role, ended)

    def _add_role(self, values, person, wanted, changes):
        role = {"number": None, **_EMPTY, "is_public": False, **wanted}
        self._tell(role, wanted)
        person.roles.insert(0, role)
        self.writer.add_role(person, role)
        changes.append([_("Role at an organisation"), "", self._described(role)])
        if role["since"] or role["until"]:
            days = [self.show("since", role["since"]), self.show("until", role["until"])]
            changes[-1][2] += f" ({'–'.join(days).strip()})"

    def _change_role(self, values, person, role, wanted, changes):
        new = {name: value for name, value in wanted.items() if value is not None and role[name] != value}
        if not role["title"] and fold(new.get("title", "")) == fold(self.show("role", role["role_id"])):
            new.pop("title", None)  # a title that repeats the role, as address cards do
        if self.wishes.wipe_empty and self._is_going_on(role):
            new |= {name: empty for name, empty in _EMPTY.items() if name in self.names and name not in wanted and role[name] != empty}
        self._tell(role, [name for name in wanted if wanted[name] is not None])
        for name, value in new.items():
            column = name.removesuffix("_id")
            changes.append([self.label(column), self.show(column, role[name]), self.show(column, value)])
        if new:
            role |= new
            self.writer.change_role(person, role, new)

    def _described(self, role):
        label = role["title"] or self.show("role", role["role_id"])
        return ", ".join(filter(None, [label, self.show("organisation", role["organisation_id"])]))


def _told_once(values):
    return {name: values[name] for name in TOLD_ONCE if name in values}


_sets = {}


@cache
def _told_of_unchanged(names):
    return _shared({"role", "organisation_id", *names})


def _shared(names):
    """Return one and the same frozenset for equal ones: a large file tells the same of each of its roles."""
    names = frozenset(names)
    return _sets.setdefault(names, names)
