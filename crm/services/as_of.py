"""A record as it stood at the end of a day: from what stands there now, the ledger is walked backwards.

What happened before the ledger began is not known. A record that was there by then is shown as it stood at that time.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.apps import apps
from django.utils import timezone
from django.utils.text import capfirst

from crm.models import Change, ChangeSet
from crm.recording import recording_of
from crm.services.history import changes_of, line_recordings
from crm.services.values import NameBook, parse_row, row_of, show_value, shown_fields
from crm.services.wording import name_with_owner


@dataclass
class Value:
    label: str
    then: str
    now: str

    @property
    def differs(self):
        return self.then != self.now


@dataclass
class LineThen:
    """A line of the record: as it was then (`fate` same or changed), gone since, or added since."""

    name: str
    fate: str
    values: list


@dataclass
class Snapshot:
    day: datetime.date
    exists: bool = True
    known_since: datetime.datetime | None = None  # set when the day lies before it
    is_deleted_now: bool = False
    values: list = field(default_factory=list)
    groups: list = field(default_factory=list)  # [(heading, [LineThen])]


def as_of(model, pk, day, *, readable=None):
    """Return the Snapshot of a record and its lines. `readable` says which models' lines may be shown; None means all."""
    own = (model._meta.label_lower, pk)
    lines = [(one, column) for one, column in line_recordings(model) if readable is None or readable(one.model)]
    end = timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min))
    changes = changes_of(model, pk)
    later = changes.filter(change_set__at__gte=end)
    keys = {own, *later.order_by().values_list("model", "object_id").distinct()}
    now = _rows_now(model, pk, lines, keys)
    then = _walk_back(now, set(now) | keys, end)
    snapshot = Snapshot(day, is_deleted_now=now.get(own) is None)
    began = ChangeSet.objects.order_by("at").values_list("at", flat=True).first()
    if began is None or end <= began:
        snapshot.known_since = began or timezone.now()
    if then.get(own) is None or (_made_later(then[own], end) and not changes.filter(model=own[0], object_id=pk, action="+").exists()):
        snapshot.exists = False
        return snapshot
    owners = {one.label: column for one, column in lines}
    mine = {rows: _belonging(state, owners, pk) for rows, state in (("then", then), ("now", now))}
    names = _names([(own, then[own]), (own, now.get(own) or {}), *mine["then"].items(), *mine["now"].items()])
    snapshot.values = _values(model, then[own], now.get(own) or {}, names)
    for one, _column in lines:
        if found := _lines(one, mine["then"], mine["now"], names, own):
            snapshot.groups.append((capfirst(one.model._meta.verbose_name_plural), found))
    return snapshot


def _rows_now(model, pk, lines, keys):
    """Return {key: row or None} of the record, of its lines of today, and of all else that was touched since the day."""
    rows, wanted = dict.fromkeys(keys), defaultdict(set)
    for label, number in keys:
        wanted[apps.get_model(label)].add(number)
    for one, column in lines:
        wanted[one.model] |= set(one.model._base_manager.filter(**{column: pk}).values_list("pk", flat=True))
    for one in wanted:
        for record in one._base_manager.filter(pk__in=wanted[one]):
            rows[one._meta.label_lower, record.pk] = row_of(record)
    return rows


def _walk_back(now, keys, end):
    state = {key: dict(row) if row else None for key, row in now.items()}
    numbers = defaultdict(list)
    for label, number in keys:
        numbers[label].append(number)
    for label, several in numbers.items():
        recording = recording_of(apps.get_model(label))
        changes = Change.objects.filter(model=label, object_id__in=several, change_set__at__gte=end).order_by("-pk")
        for number, action, before in changes.values_list("object_id", "action", "before"):
            key = (label, number)
            if action == Change.Action.CREATED:
                state[key] = None
            else:
                state[key] = {**(state.get(key) or {}), **parse_row(recording, before)}
    return state


def _made_later(row, end):
    """Whether a record says itself that it was made later: what is known of those from before the ledger began."""
    return row.get("created_at") is not None and row["created_at"] >= end


def _belonging(state, owners, pk):
    return {(label, number): row for (label, number), row in state.items() if row and label in owners and row.get(owners[label]) == pk}


def _names(rows):
    names = NameBook()
    for (label, _number), row in rows:
        names.want_row(apps.get_model(label), row)
    return names.load()


def _values(model, then, now, names, *, without=None):
    """Return the Values of a row that are something, then or now."""
    found = []
    for one in shown_fields(model):
        if one.name == "archived_at" and not (then.get(one.attname) or now.get(one.attname)):
            continue
        is_home = one.is_relation and without == one.related_model._meta.label_lower
        value = Value(str(one.verbose_name), *(show_value(one, row.get(one.attname), names) for row in (then, now)))
        if not is_home and (value.then or value.now):
            found.append(value)
    return found


def _lines(recording, then, now, names, own):
    model, found = recording.model, []
    keys = sorted((key for key in {*then, *now} if key[0] == recording.label), key=lambda key: key[1])
    for key in keys:
        before, after = then.get(key), now.get(key)
        values = _values(model, before or after, after or before, names, without=own[0])
        fate = "added" if not before else "gone" if not after else "changed" if any(one.differs for one in values) else "same"
        found.append(LineThen(name_with_owner(model, before or after, names, own), fate, values))
    return sorted(found, key=lambda line: line.fate == "added")
