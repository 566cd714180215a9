"""Whether each change of a change set can be taken back, and what stands against it. Reads only; crm.services.undo writes."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import CASCADE, PROTECT, SET_NULL, Q
from django.utils.translation import gettext as _

from crm.models import Change, ChangeSet, ContactPoint
from crm.recording import is_recorded, recording_of
from crm.services.net_changes import NetChange, net_changes
from crm.services.values import parse

CHUNK = 500
# Made from other columns of the same row: never in conflict by themselves.
COMPANIONS = {"sort_key", "normalised"}


@dataclass(frozen=True)
class Conflict:
    """Something that was changed since, or that something else needs now."""

    key: str  # by which `force` names it
    recording: Any
    object_id: int
    column: str  # "" when it is about the whole record
    then: Any  # what an undo would put back
    now: Any
    reason: str
    can_force: bool = True
    since: ChangeSet | None = None
    is_changed: bool = False  # whether that somebody has changed it since is all that stands against it


@dataclass
class Verdict:
    """What becomes of one record. `action` is "" when nothing is to be done, or nothing may be."""

    net: NetChange
    action: str = ""
    values: dict = field(default_factory=dict)  # {column: Python value} to write
    current: dict = field(default_factory=dict)
    conflicts: list = field(default_factory=list)
    forced: bool = False
    loose_ends: list = field(default_factory=list)  # [(relation that is emptied when the record goes, numbers of rows that aren't)]

    @property
    def model(self):
        return self.net.recording.model

    @property
    def recording(self):
        return self.net.recording

    @property
    def object_id(self):
        return self.net.object_id

    @property
    def is_partial(self):
        """Whether some columns of the change are put back and others are not."""
        return self.action == "change" and any(name in self.net.before and name not in self.values for name in COMPANIONS)


class Judge:
    def __init__(self, change_set, *, only=None, force=()):
        self.change_set = change_set
        self.force = set(force)
        self.in_one = True  # whether all is done in one transaction, at whose end only references must be right
        self.changes = change_set.changes.all()
        self.column = None
        if only:
            numbers, self.column = only
            self.changes = self.changes.filter(pk__in=numbers if isinstance(numbers, list) else [numbers])
        self.kept = set()  # keys of created records that stay
        self.in_place_of = {}  # {number of a contact point that stays: number of the one that would be used first instead}
        self.done_by = None

    def skip_done_by(self, undoing):
        """Leave out the records that an interrupted undo has dealt with already."""
        self.done_by = undoing

    def chunks(self, phases):
        """Yield lists of NetChanges of one model, in the order of the phases: (recording, actions) each."""
        for recording, actions in phases:
            found = (net for net in net_changes(self.changes, recording) if net.action in actions)
            while chunk := list(islice(found, CHUNK)):
                yield self._left(chunk)

    def _left(self, chunk):
        if self.done_by is None or not chunk:
            return chunk
        numbers = [net.object_id for net in chunk]
        done = self.done_by.changes.filter(model=chunk[0].recording.label, object_id__in=numbers).values_list("object_id", flat=True)
        done = set(done)
        return [net for net in chunk if net.object_id not in done]

    def judge(self, chunk):
        """Return the verdicts on a chunk of one model, in a fixed number of queries."""
        if not chunk:
            return []
        recording = chunk[0].recording
        numbers = [net.object_id for net in chunk]
        columns = [one.attname for one in recording.fields]
        # In no order: one by what a foreign key leads to would leave out those whose record is on its way.
        found = recording.model._base_manager.filter(pk__in=numbers).order_by()
        rows = {row["pk"]: row for row in found.values("pk", *columns)}
        created = [net.object_id for net in chunk if net.action == Change.Action.CREATED]
        users = self._users(recording.model, created)
        loose_ends = self._loose_ends(recording.model, created)
        missing = self._missing_targets(chunk)
        since = self._changed_since(chunk)
        verdicts = [self._verdict(net, rows.get(net.object_id), users, missing, since.get(net.object_id)) for net in chunk]
        for verdict in verdicts:
            verdict.loose_ends = loose_ends
        if recording.model is ContactPoint:
            self._leave_one_primary(verdicts)
        return verdicts

    def _verdict(self, net, current, users, missing, since):
        verdict = Verdict(net, current=current or {})
        fields = {one.column: one for one in net.recording.fields}
        if net.action == Change.Action.CREATED:
            if current:
                self._judge_created(verdict, fields, users.get(net.object_id, ()), since)
        elif net.action == Change.Action.DELETED:
            if not current:
                self._judge_deleted(verdict, fields, missing, since)
        else:
            self._judge_changed(verdict, fields, missing, since)
        return verdict

    def _judge_created(self, verdict, fields, users, since):
        net = verdict.net
        differs = [name for name, value in net.after.items() if name in fields and parse(fields[name], value) != verdict.current[name]]
        holding = [relation for relation in users if relation.on_delete in (CASCADE, PROTECT)]
        if differs or holding:
            protected = any(relation.on_delete is PROTECT for relation in holding)
            names = ", ".join(sorted({str(relation.related_model._meta.verbose_name_plural) for relation in holding}))
            reason = _("It is in use by: %(users)s.") % {"users": names} if holding else _("It has been changed since.")
            conflict = Conflict(net.key, net.recording, net.object_id, "", None, None, reason, not protected, since, is_changed=not holding)
            if protected or net.key not in self.force:
                verdict.conflicts.append(conflict)
                self.kept.add(net.key)
                return
            verdict.forced = True
        verdict.action = "delete"

    def _judge_changed(self, verdict, fields, missing, since):
        net = verdict.net
        for name, value in net.before.items():
            if name not in fields or name in COMPANIONS or self.column not in (None, name):
                continue
            key = f"{net.key}:{name}"
            then = parse(fields[name], value)
            if not verdict.current:
                reason = _("The record has been deleted since. Bring it back first.")
                verdict.conflicts.append(Conflict(key, net.recording, net.object_id, name, then, None, reason, False, since))
                continue
            now = verdict.current[name]
            if now == then:
                continue
            if (name, then) in missing:
                reason = _("What stood there is no longer in the register.")
                verdict.conflicts.append(Conflict(key, net.recording, net.object_id, name, then, now, reason, False, since))
            elif now == parse(fields[name], net.after[name]) or key in self.force:
                verdict.values[name] = then
            else:
                reason = _("It has been changed since.")
                verdict.conflicts.append(Conflict(key, net.recording, net.object_id, name, then, now, reason, True, since, is_changed=True))
        if verdict.values:
            verdict.action = "change"
            judged = set(net.before) - COMPANIONS
            if judged <= set(verdict.values):
                companions = COMPANIONS & set(net.before)
                verdict.values |= {name: parse(fields[name], net.before[name]) for name in companions}

    def _judge_deleted(self, verdict, fields, missing, since):
        net = verdict.net
        values = {name: parse(fields[name], value) for name, value in net.before.items() if name in fields}
        if lost := [name for name, value in values.items() if (name, value) in missing]:
            names = ", ".join(str(fields[name].verbose_name) for name in lost)
            reason = _("What it belongs to is no longer in the register: %(names)s. Bring that back first.") % {"names": names}
            verdict.conflicts.append(Conflict(net.key, net.recording, net.object_id, "", None, None, reason, False, since))
            return
        verdict.values = values
        verdict.action = "restore"

    def _leave_one_primary(self, verdicts):
        """Don't make a contact point the one to use first where another of the same kind still is, after the undo too."""
        wanting = [(verdict, _place({**verdict.current, **verdict.values})) for verdict in verdicts if verdict.values.get("is_primary")]
        if not wanting:
            return
        places = {place for _verdict, place in wanting}
        owned = Q(*[Q(contact=contact, organisation=organisation, kind=kind) for contact, organisation, kind in places], _connector=Q.OR)
        primary = list(ContactPoint.objects.filter(owned, is_primary=True).values("pk", "contact_id", "organisation_id", "kind"))
        leaving = self._no_longer_primary([row["pk"] for row in primary])
        staying = {_place(row): row["pk"] for row in primary if row["pk"] not in leaving}
        for verdict, place in wanting:
            if (other := staying.get(place)) not in (None, verdict.object_id):
                self._hold_back(verdict, other)

    def _hold_back(self, verdict, other):
        net = verdict.net
        if verdict.action == "restore":
            verdict.values["is_primary"] = False
            return
        del verdict.values["is_primary"]
        if set(verdict.values) <= COMPANIONS:
            verdict.action, verdict.values = "", {}
        else:
            verdict.values = {name: value for name, value in verdict.values.items() if name not in COMPANIONS}
        if f"{net.recording.label}:{other}" in self.kept:  # that conflict decides about both
            self.in_place_of[other] = net.object_id
            return
        reason = _("Another one of the same kind is used first now.")
        verdict.conflicts.append(Conflict(f"{net.key}:is_primary", net.recording, net.object_id, "is_primary", True, False, reason, False))

    def _no_longer_primary(self, numbers):
        """Return those of some contact points that the same undo deletes, or makes no longer the one to use first."""
        label = ContactPoint._meta.label_lower
        changes = self.changes.filter(model=label, object_id__in=numbers).order_by("pk").values_list("object_id", "action", "before")
        leaves = {}  # the first change tells what stood there before
        for number, action, before in changes:
            if action == Change.Action.CREATED:
                leaves.setdefault(number, f"{label}:{number}" not in self.kept)
            elif "is_primary" in (before or {}) and self.column in (None, "is_primary"):
                leaves.setdefault(number, not before["is_primary"])
            elif {"contact_id", "organisation_id"} & set(before or {}) and self.column is None:
                leaves.setdefault(number, True)  # goes back to whom a merge has taken it from
        return {number for number, does in leaves.items() if does}

    def _users(self, model, numbers):
        """Return {number: relations} through which something refers to records that an undo would delete.

        What the same change set has brought in goes with them, unless it has to stay itself.
        """
        users = {}
        for relation in model._meta.related_objects if numbers else ():
            if relation.on_delete not in (CASCADE, PROTECT):
                continue
            name = relation.field.attname
            found = list(relation.related_model._base_manager.filter(**{f"{name}__in": numbers}).values_list(name, "pk"))
            going = self._going(relation.related_model, [pk for _number, pk in found]) | self._led_back(relation, found)
            for number, pk in found:
                if pk not in going:
                    users.setdefault(number, []).append(relation)
        return users

    def _loose_ends(self, model, numbers):
        """Return [(relation that is emptied when records go, numbers of rows that are not, since the same undo leads them elsewhere)]."""
        found = []
        for relation in model._meta.related_objects if numbers else ():
            if relation.on_delete is SET_NULL:
                name = relation.field.attname
                referring = relation.related_model._base_manager.filter(**{f"{name}__in": numbers}).order_by().values_list(name, "pk")
                found.append((relation, self._led_back(relation, list(referring))))
        return found

    def _going(self, model, numbers):
        if not numbers or not is_recorded(model):
            return set()
        label = model._meta.label_lower
        created = self.changes.filter(model=label, action=Change.Action.CREATED, object_id__in=numbers).values_list("object_id", flat=True)
        return {number for number in created if f"{label}:{number}" not in self.kept}

    def _led_back(self, relation, found):
        """Return those of [(number referred to, number of who refers)] that the same undo makes refer to what they did before.

        A task that a change of job has handed to a new contact goes back, and the contact goes.
        """
        if not found or not self.in_one or not is_recorded(relation.related_model):
            return set()
        referring, one = {pk: number for number, pk in found}, relation.field
        nets = net_changes(self.changes.filter(object_id__in=list(referring)), recording_of(relation.related_model))
        back = {
            net.object_id: parse(one, net.before[one.column])
            for net in nets
            if net.action == Change.Action.CHANGED
            and one.column in net.before
            and parse(one, net.after[one.column]) == referring[net.object_id]
        }
        there = set(one.related_model._base_manager.filter(pk__in=set(back.values()) - {None}).values_list("pk", flat=True))
        return {pk for pk, number in back.items() if number is None or number in there}

    def _missing_targets(self, chunk):
        """Return {(column, number)} of what foreign keys would point to and is neither there nor restored by the same undo."""
        missing = set()
        for one in chunk[0].recording.fields:
            if not one.is_relation:
                continue
            wanted = {parse(one, net.before[one.column]) for net in chunk if net.before.get(one.column) is not None}
            if not wanted:
                continue
            target = one.related_model
            there = set(target._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
            if is_recorded(target):
                deleted = self.changes.filter(model=target._meta.label_lower, action=Change.Action.DELETED, object_id__in=wanted)
                there |= set(deleted.values_list("object_id", flat=True))
            missing |= {(one.attname, number) for number in wanted - there}
        return missing

    def _changed_since(self, chunk):
        """Return {number: change set} of whoever touched the records last after this change set did."""
        numbers = {net.object_id: net.last for net in chunk}
        later = Change.objects.filter(model=chunk[0].recording.label, object_id__in=numbers, pk__gt=min(numbers.values()))
        later = later.exclude(change_set=self.change_set).select_related("change_set").order_by("pk")
        return {change.object_id: change.change_set for change in later if change.pk > numbers[change.object_id]}


def _place(row):
    """Of what only one contact point is used first."""
    return row.get("contact_id"), row.get("organisation_id"), row.get("kind")
