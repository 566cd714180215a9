"""Two contacts, or two organisations, become one. One change set; undoing it separates them again."""

import json

from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import ChangeSet, MergedRecord
from crm.services import bulk
from crm.services.ledger import change_set
from crm.services.merge_plans import plan_merge
from crm.services.merged_records import move_along
from crm.services.undo import refresh_search_texts_of


class MergeRefused(RegisterError):
    """The two are not one."""


class ChangedMeanwhile(RegisterError):
    """What would be written now is not what somebody has seen."""


def merge(kept, gone, choices=None, *, mark, acting_user):
    """Make `gone` a part of `kept` as the plan with this mark says, and return the change set."""
    model = type(kept)
    with change_set(actor=acting_user, cause=ChangeSet.Cause.MERGE, note=f"{gone} → {kept}") as opened:
        numbers = [kept.pk, gone.pk]
        locked = {one.pk: one for one in model._base_manager.select_for_update().filter(pk__in=numbers).order_by("pk")}
        if len(locked) < len(set(numbers)):
            raise ChangedMeanwhile(_("One of the two is no longer there. Nothing is changed."))
        if kept.pk == gone.pk:
            raise MergeRefused(_("Both are the same record."))
        plan = plan_merge(locked[kept.pk], locked[gone.pk], choices)
        if plan.refusals:
            raise MergeRefused(plan.refusals[0])
        if plan.mark != mark:
            raise ChangedMeanwhile(_("Something has changed since the preview. Look at it once more; nothing is done yet."))
        _write(plan)
        move_along(opened.changes.filter(model=MergedRecord._meta.label_lower))
        _delete(model, [plan.gone.pk])
        # After the other one is gone: an organisation number has one owner.
        _update(model, {plan.kept.pk: plan.changes.get((model, plan.kept.pk), {})})
        refresh_search_texts_of(opened.changes.all())
    return opened


def _write(plan):
    changes = {}
    for (model, number), values in plan.changes.items():
        if (model, number) != (plan.model, plan.kept.pk):
            changes.setdefault(model, {})[number] = values
    for model, of_model in changes.items():
        _update(model, of_model)
    deletions = {}
    for model, number in plan.deletions:
        deletions.setdefault(model, []).append(number)
    for model, numbers in deletions.items():
        _delete(model, numbers)
    moved = {rule.key: numbers for rule, numbers in plan.moved.items()}
    MergedRecord.objects.create(
        number=plan.gone.pk,
        name=str(plan.gone)[:210],
        moved=json.dumps(moved) if moved else "",
        **{plan.model._meta.model_name: plan.kept},
    )


def _update(model, changes):
    bulk.update(model, {number: values for number, values in changes.items() if values})


def _delete(model, numbers):
    records = model._base_manager.filter(bulk.one_of(model, "id", numbers))
    records._raw_delete(records.db)
