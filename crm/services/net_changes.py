"""What a change set did to each record, all in all: several changes of one record count as one."""

from dataclasses import dataclass
from itertools import groupby

from crm.models import Change
from crm.recording import Recording, recordings


@dataclass
class NetChange:
    """One record: created, changed or deleted (or created and deleted again, which is no change)."""

    recording: Recording
    object_id: int
    action: str
    before: dict  # {column: value as JSON}: what stood there before, of the changed columns or of the whole deleted record
    after: dict
    last: int  # number of the last change

    @property
    def key(self):
        return f"{self.recording.label}:{self.object_id}"


def recordings_in_order():
    """Return the recordings so that each comes after those that its rows refer to."""
    ordered, left = [], list(recordings().values())
    while left:
        waiting = {recording.model for recording in left}
        ready = [one for one in left if not _targets(one.model) & (waiting - {one.model})]
        ordered += ready
        left = [one for one in left if one not in ready]
    return ordered


def _targets(model):
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def net_changes(changes, recording):
    """Yield the net change of each record of a model, by its number; `changes` is a queryset, read row by row."""
    ordered = changes.filter(model=recording.label).order_by("object_id", "pk")
    rows = ordered.values_list("object_id", "pk", "action", "before", "after").iterator(chunk_size=2000)
    for object_id, group in groupby(rows, key=lambda row: row[0]):
        if found := _sum_up(recording, object_id, list(group)):
            yield found


def _sum_up(recording, object_id, group):
    first, last = group[0][2], group[-1][2]
    before, after = {}, {}
    for _object_id, _pk, _action, old, new in group:
        before = {**(old or {}), **before}
        after = {**after, **(new or {})}
    created, deleted = first == Change.Action.CREATED, last == Change.Action.DELETED
    if created and deleted:
        return None
    action = Change.Action.CREATED if created else Change.Action.DELETED if deleted else Change.Action.CHANGED
    return NetChange(recording, object_id, action, {} if created else before, {} if deleted else after, group[-1][1])
