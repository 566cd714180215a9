"""What a row of people would change, and doing that to the people in hand; crm.importing.writing carries it to the register."""

import datetime

from django.utils.translation import gettext as _

from crm.importing.matching import RENAME, is_usable
from crm.importing.outcomes import Question, RowDoubtful, RowRefused
from crm.importing.people import FIELDS, Point
from crm.models import ContactPoint
from crm.validators import format_phone

CHANGE, ADD = "change", "add"
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
        self.wishes = wishes
        self.today = today
        self.show = show
        self.label = label
        self.vouched = set()  # roles that the file itself has told of, by number
        self.brought_in = set()  # people that the file has brought in

    def written(self, people, roles):
        """Learn which numbers the register has given to what the file has brought in."""
        self.brought_in |= {person.number for person in people}
        self.vouched |= {role["number"] for role in roles}

    def carry_out(self, row, values, person, organisation, role):
        """Do what the row says; return (person, changes, answers that the file itself gave)."""
        wanted = self._wanted_role(values, organisation, role)
        settled, ending = "", []
        if person is not None and wanted is not None:
            held = self._held_role(person, wanted)
            if held is None:
                settled, ending = self._new_organisation(row, person, wanted, organisation)
            else:
                self._check_days({**held, **{name: value for name, value in wanted.items() if value is not None}})
        else:
            held = None
        changes = []
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
        if changes:
            self.people.note(person)
        return person, changes, settled

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
        new = {name: values[name] for name in ("language", "note", "source") if name in values}
        if self.wishes.wipe_empty:
            new |= {name: "" for name in ("note", "source") if name in self.names and name not in values}
        may_rename = "id" in values or person.sort_key == values["sort_key"] or any(one.startswith(RENAME) for one in row.answers)
        if may_rename:
            for name in ("first_name", "last_name"):
                # Another case alone is how a file writes everybody.
                if values[name].casefold() != person.fields[name].casefold() or "id" in values:
                    new[name] = values[name]
        new = {name: value for name, value in new.items() if person.fields[name] != value}
        for name, value in new.items():
            changes.append([self.label(name), self.show(name, person.fields[name]), self.show(name, value)])
        if new:
            person.fields |= new
            self.writer.change_person(person, new)

    # Addresses

    def _add_points(self, values, person, changes):
        for column, kind in POINTS.items():
            normalised = values.get("normalised_" + column)
            if normalised is None:
                if self.wishes.wipe_empty and column in FIRST and column in self.names:
                    self._retire_point(person, column, kind, changes)
                continue
            if person.has(normalised):
                continue
            others = [point for point in person.points if point.kind == kind]
            first = column in FIRST or not any(point.is_primary for point in others)
            current = next((point for point in others if is_usable(point)), None)
            old = self._display(current) if current and column in FIRST else ""
            point = Point(None, kind, normalised, values[column], first, _WORKS)
            changes.append([self.label(column), old, self._display(point)])
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

    def _retire_point(self, person, column, kind, changes):
        current = next((point for point in person.points if point.kind == kind and is_usable(point)), None)
        if current is not None:
            changes.append([self.label(column), self._display(current), ""])
            current.status, current.is_primary = _HISTORICAL, False
            self.writer.change_point(person, current, {"status": _HISTORICAL, "is_primary": False})

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

    def _held_role(self, person, wanted):
        """Return the person's role that the row speaks of: same organisation and role, begun the same day or overlapping."""
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
        since, until = wanted.get("since"), wanted.get("until")
        if since is None:
            return held[0] if held else None
        same_day = [one for one in held if one["since"] == since]
        overlapping = [
            one
            for one in held
            if (one["until"] is None or one["until"] >= since) and (one["since"] is None or until is None or one["since"] <= until)
        ]
        return next(iter(same_day + overlapping), None)

    def _is_going_on(self, role):
        return (role["since"] is None or role["since"] <= self.today) and (role["until"] is None or role["until"] >= self.today)

    def _new_organisation(self, row, person, wanted, organisation):
        """Return (answer that the file itself gives, roles that end), or ask: has the person left the others for this one?"""
        elsewhere = [one for one in person.roles if self._is_going_on(one)]
        at_same = any(one["organisation_id"] == wanted["organisation_id"] for one in elsewhere)
        is_past = wanted.get("until") is not None and wanted["until"] < self.today
        if not elsewhere or at_same or is_past or ADD in row.answers:
            return "", []
        if person.number in self.brought_in or all("told" in one or one["number"] in self.vouched for one in elsewhere):
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
                    ("skip", _("Leave the row out")),
                ],
            )
        )

    def _end_role(self, person, role, wanted, changes):
        last_day = wanted["since"] - datetime.timedelta(days=1) if wanted.get("since") else self.today
        last_day = max(last_day, role["since"]) if role["since"] else last_day
        changes.append([f"{self._described(role)}: {self.label('until')}", self.show("until", role["until"]), self.show("until", last_day)])
        ended = {"until": last_day, "end_reason": role["end_reason"] or _("Change of job")}
        role |= ended
        self.writer.change_role(person, role, ended)

    def _add_role(self, values, person, wanted, changes):
        role = {"number": None, **_EMPTY, "is_public": False, **wanted, "told": True}
        person.roles.insert(0, role)
        self.writer.add_role(person, role)
        changes.append([_("Role at an organisation"), "", self._described(role)])
        if role["since"] or role["until"]:
            days = [self.show("since", role["since"]), self.show("until", role["until"])]
            changes[-1][2] += f" ({'–'.join(days).strip()})"

    def _change_role(self, values, person, role, wanted, changes):
        self.vouched.add(role["number"])
        new = {name: value for name, value in wanted.items() if value is not None and role[name] != value}
        if self.wishes.wipe_empty:
            new |= {name: empty for name, empty in _EMPTY.items() if name in self.names and name not in wanted and role[name] != empty}
        for name, value in new.items():
            column = name.removesuffix("_id")
            changes.append([self.label(column), self.show(column, role[name]), self.show(column, value)])
        if new:
            role |= new
            self.writer.change_role(person, role, new)

    def _described(self, role):
        label = role["title"] or self.show("role", role["role_id"])
        return ", ".join(filter(None, [label, self.show("organisation", role["organisation_id"])]))
