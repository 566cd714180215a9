"""What is left of a record that has become part of another one: where it went, by which change set, and what moved along with it."""

import json
from dataclasses import dataclass

from django.apps import apps

from crm.models import Change, ChangeSet, Contact, MergedRecord, Organisation


def survivor_of(model, number):
    """Return the record that no. `number` has become part of, or None; a number that is there is nobody else's."""
    if not _can_merge(model) or model._base_manager.filter(pk=number).exists():
        return None
    return model._base_manager.filter(pk=MergedRecord.objects.survivors(model, [number]).get(number)).first()


@dataclass
class Merge:
    """That a record has become part of another one."""

    merged_record: MergedRecord
    survivor: object
    change_set: ChangeSet | None  # None when that was before the ledger began

    @property
    def model(self):
        return type(self.survivor)


def merges_into(record):
    """Return the Merges by which others have become part of a record, the latest first."""
    if not _can_merge(type(record)):
        return []
    return _merges([(one, record) for one in MergedRecord.objects.of(record)])


def merge_of(model, number):
    """Return the Merge by which a record that is no more has become part of another one, or None."""
    return merges_of({(model, number)}).get((model, number)) if survivor_of(model, number) else None


def merges_of(gone):
    """Return {(model, number): Merge} of those records, which are no more, that have become part of others."""
    found = []
    for model in {model for model, _number in gone if _can_merge(model)}:
        owner = model._meta.model_name
        numbers = [number for one, number in gone if one is model]
        merged = MergedRecord.objects.filter(number__in=numbers, **{f"{owner}__isnull": False}).select_related(owner)
        found += [(one, getattr(one, owner)) for one in merged]
    return {(merge.model, merge.merged_record.number): merge for merge in _merges(found)}


def merge_since(change_set):
    """Return the Merge by which the record that others became part of in a change set has become part of another one itself, or None."""
    made = change_set.changes.filter(model=MergedRecord._meta.label_lower, action=Change.Action.CREATED).first()
    return merge_of(Contact, made.contact_id) or merge_of(Organisation, made.organisation_id) if made else None


def _merges(found):
    label = MergedRecord._meta.label_lower
    numbers = [one.pk for one, _survivor in found]
    creations = Change.objects.filter(model=label, action=Change.Action.CREATED, object_id__in=numbers)
    made_by = {change.object_id: change.change_set for change in creations.select_related("change_set").order_by("pk")}
    return [Merge(one, survivor, made_by.get(one.pk)) for one, survivor in found]


def _can_merge(model):
    return model in (Contact, Organisation)


def move_along(changes):
    """Let what is not in the ledger follow what some changes have done: to the one that stays, or back where they are undone."""
    label = MergedRecord._meta.label_lower
    for change in changes.filter(model=label).exclude(action=Change.Action.CHANGED).order_by("pk"):
        is_undone = change.action == Change.Action.DELETED
        row = change.before if is_undone else change.after
        survivor = row["contact_id"] or row["organisation_id"]
        for key, numbers in json.loads(row["moved"] or "{}").items():
            model, _colon, name = key.partition(":")
            rows = apps.get_model(model)._base_manager.filter(pk__in=numbers)
            if is_undone:
                rows.filter(**{name: survivor}).update(**{f"{name}_id": row["number"]})
            else:
                # Those that somebody has deleted the record of refer to nobody.
                rows.filter(**{f"{name}__isnull": True}).update(**{f"{name}_id": survivor})
                rows.filter(**{name: row["number"]}).update(**{f"{name}_id": survivor})
