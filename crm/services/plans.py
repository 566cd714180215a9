"""The plan of an undo in words: what would happen, and each conflict with both values.

As plain data, since the plan of a large change set is made by a background task.
"""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from crm.services.undo import plan_undo
from crm.services.values import NameBook, show_value, shown_fields
from crm.services.wording import actor_of


def plan_in_words(change_set, *, only=None, force=()):
    """Return {"counts", "steps", "conflicts", "conflict_count", "is_empty"}, ready for a template or for JSON."""
    plan = plan_undo(change_set, only=only, force=force)
    names = NameBook()
    for verdict in plan.steps:
        names.want(verdict.model, verdict.object_id)
        names.want_row(verdict.model, verdict.values)
        names.want_row(verdict.model, verdict.current)
    for conflict in plan.conflicts:
        model = conflict.recording.model
        names.want(model, conflict.object_id)
        if conflict.column:
            for value in (conflict.then, conflict.now):
                names.want_row(model, {conflict.column: value})
    names.load()
    return {
        "counts": plan.counts,
        "steps": [_step(verdict, names) for verdict in plan.steps],
        "conflicts": [_conflict(one, names) for one in plan.conflicts],
        "conflict_count": plan.conflict_count,
        "is_empty": plan.is_empty,
    }


def _step(verdict, names):
    changes = []
    if verdict.action == "change":
        for one in shown_fields(verdict.model):
            if one.attname in verdict.values:
                now, then = (show_value(one, row.get(one.attname), names) for row in (verdict.current, verdict.values))
                changes.append([str(one.verbose_name), now, then])
    name = names.full(verdict.model, verdict.object_id)
    return {"action": verdict.action, "kind": str(verdict.model._meta.verbose_name), "name": name, "changes": changes}


def _conflict(conflict, names):
    model = conflict.recording.model
    label, then, now = "", "", ""
    if conflict.column:
        one = next(one for one in conflict.recording.fields if one.column == conflict.column)
        label = str(one.verbose_name)
        then, now = (show_value(one, value, names) for value in (conflict.then, conflict.now))
    return {
        "key": conflict.key,
        "kind": str(model._meta.verbose_name),
        "name": names.full(model, conflict.object_id),
        "label": label,
        "then": then,
        "now": now,
        "reason": conflict.reason,
        "can_force": conflict.can_force,
        "since": _who_and_when(conflict.since) if conflict.since else "",
    }


def _who_and_when(change_set):
    return gettext("%(who)s, %(when)s, %(cause)s") % {
        "who": actor_of(change_set),
        "when": when(change_set.at),
        "cause": change_set.get_cause_display(),
    }


def when(moment):
    """ "3 mars 2026 14:05", as it is written in the reader's language."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M}"
