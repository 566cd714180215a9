"""The plan of an undo in words: what would happen to whom, and each conflict with both values.

As plain data, since the plan of a large change set is made by a background task.
"""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext

from crm.models import ContactPoint
from crm.services.undo import plan_undo
from crm.services.values import NameBook, number_of_deleted, show_value, shown_fields
from crm.services.wording import actor_of, noun


def plan_in_words(change_set, *, only=None, force=()):
    """Return {"counts", "groups", "shown", "conflicts", "conflict_count", "is_empty"}, ready for a template or for JSON."""
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
    for number in plan.in_place_of.values():
        names.want(ContactPoint, number)
    names.load()
    return {
        "counts": plan.counts,
        "groups": _groups(plan.steps, names),
        "shown": len(plan.steps),
        "conflicts": [_conflict(one, plan, names) for one in plan.conflicts],
        "conflict_count": plan.conflict_count,
        "is_empty": plan.is_empty,
    }


def _groups(steps, names):
    """One for each record in whose form something happens: {"name", "kind", "action", "along", "lines"}.

    `action` is what becomes of the record itself, `along` the kinds of lines that share its fate, `lines` all else.
    """
    homes = {}
    for verdict in steps:
        key = (verdict.model._meta.label_lower, verdict.object_id)
        homes.setdefault(names.owner(verdict.model, verdict.object_id) or key, []).append((key, verdict))
    return [_group(home, several, names) for home, several in homes.items()]


def _group(home, several, names):
    own = next((verdict for key, verdict in several if key == home), None)
    action = own.action if own and own.action != "change" else ""
    along, lines = [], []
    for key, verdict in sorted(several, key=lambda one: one[0] != home):
        kind = noun(verdict.model, names.rows.get(key, {}))
        if verdict.action == "change":
            lines.append(
                {"action": "change", "kind": kind, "name": "" if key == home else names.get(key, ""), "changes": _changes(verdict, names)}
            )
        elif key != home and verdict.action == action:
            along.append(kind)
        elif key != home:
            lines.append({"action": verdict.action, "kind": kind, "name": names.get(key, ""), "changes": []})
    return {
        "name": names.get(home) or number_of_deleted(home[1]),
        "kind": "" if own is None else str(own.model._meta.verbose_name),
        "action": action,
        "along": get_text_list(list(dict.fromkeys(along)), gettext("and")),
        "lines": lines,
    }


def _changes(verdict, names):
    found = []
    for one in shown_fields(verdict.model):
        if one.attname in verdict.values:
            now, then = (show_value(one, row.get(one.attname), names) for row in (verdict.current, verdict.values))
            found.append([str(one.verbose_name), now, then])
    return found


def _conflict(conflict, plan, names):
    model = conflict.recording.model
    label, then, now = "", "", ""
    if conflict.column:
        one = next(one for one in conflict.recording.fields if one.column == conflict.column)
        label = str(one.verbose_name)
        then, now = (show_value(one, value, names) for value in (conflict.then, conflict.now))
    keep, drop = ("", "") if conflict.column else _choices(conflict, plan, names)
    own_name = names.get((model._meta.label_lower, conflict.object_id)) or number_of_deleted(conflict.object_id)
    since = _who_and_when(conflict.since) if conflict.since else ""
    reason = conflict.reason
    if conflict.is_changed and since:
        reason, since = gettext("%(what)s has been changed since: %(since)s.") % {"what": capfirst(label) or own_name, "since": since}, ""
    return {
        "key": conflict.key,
        "kind": str(model._meta.verbose_name),
        "name": names.full(model, conflict.object_id),
        "label": label,
        "then": then,
        "now": now,
        "keep": keep,
        "drop": drop,
        "reason": reason,
        "can_force": conflict.can_force,
        "since": since,
    }


def _choices(conflict, plan, names):
    """What the two buttons say when it is about a whole record: that it stays, and that it goes."""
    model = conflict.recording.model
    key = (model._meta.label_lower, conflict.object_id)
    if model is not ContactPoint:
        return gettext("Keep “%(name)s”") % {"name": names.get(key, "")}, gettext("Delete it all the same, with what has been added to it")
    is_email = names.rows.get(key, {}).get("kind") == ContactPoint.Kind.EMAIL
    keep = gettext("Keep the address %(value)s") if is_email else gettext("Keep the number %(value)s")
    drop = gettext("Delete the address") if is_email else gettext("Delete the number")
    if before := plan.in_place_of.get(conflict.object_id):
        drop = gettext("%(delete)s; %(value)s is used first again") % {
            "delete": drop,
            "value": unbroken(names.get((key[0], before), "")),
        }
    return keep % {"value": unbroken(names.get(key, ""))}, drop


def unbroken(text):
    """Text that stays on one line, such as a number."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


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
