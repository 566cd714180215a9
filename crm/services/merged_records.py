"""What is left of a record that has become part of another one: where it went, by which change set, and what moved along with it."""

import json

from django.apps import apps

from crm.models import Change, MergedRecord


def survivor_of(model, number):
    """Return the record that no. `number` has become part of, or None; a number that is there is nobody else's."""
    if not hasattr(MergedRecord, model._meta.model_name) or model._base_manager.filter(pk=number).exists():
        return None
    return model._base_manager.filter(pk=MergedRecord.objects.survivors(model, [number]).get(number)).first()


def change_set_of(merged_record):
    """Return the change set by which a record became part of another one, or None when that was before the ledger began."""
    creations = Change.objects.of_record(merged_record).filter(action=Change.Action.CREATED)
    change = creations.select_related("change_set").order_by("-pk").first()
    return change and change.change_set


def merge_of(model, number):
    """Return (MergedRecord, its change set) of a number that has become part of another record, else (None, None)."""
    if survivor_of(model, number) is None:
        return None, None
    merged_record = MergedRecord.objects.get(number=number, **{f"{model._meta.model_name}__isnull": False})
    return merged_record, change_set_of(merged_record)


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
