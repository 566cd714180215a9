"""Taking a change set back: what nobody has touched since returns to what it was, the rest is a conflict for a person to decide.

An undo is a change set itself, so it can be undone in the same way. Forms' lines, imports and single values ("put this value
back") all go this way.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import Activity, Affiliation, Change, ChangeSet, Contact, ImportJob, Licence, Network, Organisation, Project
from crm.services import bulk
from crm.services.judgement import Judge
from crm.services.ledger import change_set as new_change_set
from crm.services.ledger import going_on_with, name_of
from crm.services.merged_records import merge_since, move_along
from crm.services.net_changes import recordings_in_order
from crm.services.search import refresh_search_texts

SHOWN = 200
# More changes than this are undone in parts, each a short transaction: SQLite lets one write at a time.
AT_ONCE = 5_000


@dataclass
class Plan:
    """What an undo would do: how many records it deletes, changes and restores, the first of them, and what stands against it."""

    counts: dict = field(default_factory=lambda: {"delete": 0, "change": 0, "restore": 0})
    steps: list = field(default_factory=list)
    conflicts: list = field(default_factory=list)
    conflict_count: int = 0
    in_place_of: dict = field(default_factory=dict)  # {number of a contact point in conflict: number of the one that it replaced}

    @property
    def is_empty(self):
        return not any(self.counts.values()) and not self.conflict_count


def plan_undo(change_set, *, only=None, force=()):
    """Return the Plan of an undo. `only` is (number of a change, column or None): one value or one record of the change set."""
    plan = Plan()
    judge = Judge(change_set, only=only, force=force)
    judge.in_one = judge.changes.count() <= AT_ONCE
    for verdict in (one for verdicts in _judged(judge) for one in verdicts):
        plan.conflict_count += len(verdict.conflicts)
        plan.conflicts += verdict.conflicts[: max(SHOWN - len(plan.conflicts), 0)]
        if verdict.action:
            plan.counts[verdict.action] += 1
            if len(plan.steps) < SHOWN:
                plan.steps.append(verdict)
    plan.in_place_of = judge.in_place_of
    return plan


def undo(change_set, *, acting_user, force=(), only=None):
    """Take a change set back as far as nothing stands against it, and return the change set of doing so.

    `force` holds the keys of the conflicts in which the old value is to win. A large one goes on where it was interrupted.
    Raises RegisterError when nothing is left to undo.
    """
    if only is None and (since := merge_since(change_set)):
        words = {"name": since.merged_record, "survivor": since.survivor}
        raise RegisterError(_("“%(name)s” has become a part of “%(survivor)s” since. Undo that merge first.") % words)
    judge = Judge(change_set, only=only, force=force)
    note = change_set.note
    judge.in_one = judge.changes.count() <= AT_ONCE
    if judge.in_one:
        with new_change_set(actor=acting_user, cause=ChangeSet.Cause.UNDO, note=note, undoes=change_set) as opened:
            for verdicts in _judged(judge):
                _carry_out(verdicts)
            if not opened.changes.exists():
                raise RegisterError(_("There is nothing to undo: everything is as it was before, or somebody has changed it since."))
            move_along(opened.changes.all())
            refresh_search_texts_of(opened.changes.all())
            if only is None:
                _tell_import_job(change_set)
        return opened
    return _undo_in_parts(judge, acting_user=acting_user, note=note)


def _undo_in_parts(judge, *, acting_user, note):
    opened = judge.change_set.undone_by.filter(is_unfinished=True).first() or ChangeSet.objects.create(
        actor=acting_user,
        actor_name=name_of(acting_user),
        cause=ChangeSet.Cause.UNDO,
        note=note,
        undoes=judge.change_set,
        is_unfinished=True,
    )
    judge.skip_done_by(opened)
    for chunk in judge.chunks(_phases()):
        with going_on_with(opened):
            _carry_out(judge.judge(chunk))
    move_along(opened.changes.all())
    refresh_search_texts_of(opened.changes.all())
    if not opened.changes.exists():
        opened.delete()
        raise RegisterError(_("There is nothing to undo: everything is as it was before, or somebody has changed it since."))
    opened.is_unfinished = False
    opened.save(update_fields=["is_unfinished"])
    _tell_import_job(judge.change_set)
    return opened


def is_undone(change_set):
    """Whether a change set is taken back: it has been undone, and that undo has not been undone itself."""
    return any(not is_undone(one) for one in change_set.undone_by.filter(cause=ChangeSet.Cause.UNDO, is_unfinished=False))


def _tell_import_job(change_set):
    """An import is undone when its change set is, and done again when that undo is undone."""
    while change_set.undoes:
        change_set = change_set.undoes
    state = ImportJob.State.UNDONE if is_undone(change_set) else ImportJob.State.DONE
    ended = [ImportJob.State.UNDONE, ImportJob.State.DONE]
    ImportJob.objects.filter(change_set=change_set, state__in=ended).update(state=state)


def _phases():
    """Deletions of what refers to others first, then changes and restorations, those first that others refer to."""
    ordered = recordings_in_order()
    yield from ((recording, [Change.Action.CREATED]) for recording in reversed(ordered))
    yield from ((recording, [Change.Action.CHANGED, Change.Action.DELETED]) for recording in ordered)


def _judged(judge):
    for chunk in judge.chunks(_phases()):
        yield judge.judge(chunk)


def _carry_out(verdicts):
    """Do what the verdicts on a chunk say.

    What the database refuses all the same (a name that somebody else has taken since) stays as it is, and is there again when
    one asks what is left to undo.
    """
    ready = [verdict for verdict in verdicts if verdict.action]
    plain = [verdict for verdict in ready if verdict.action == "delete" and not verdict.forced]
    changed = [verdict for verdict in ready if verdict.action == "change" and not verdict.is_partial]
    others = [verdict for verdict in ready if verdict.is_partial or verdict.forced or verdict.action == "restore"]
    for several, do in ((plain, _delete_all), (changed, _change_all), (others, _do_each)):
        try:
            with transaction.atomic():
                do(several)
        except IntegrityError:
            for verdict in several:
                with suppress(IntegrityError), transaction.atomic():
                    do([verdict])


def _delete_all(verdicts):
    if not verdicts:
        return
    numbers = [verdict.object_id for verdict in verdicts]
    for relation, led_back in verdicts[0].loose_ends:
        name = relation.field.name
        loose = relation.related_model._base_manager.filter(**{f"{name}__in": numbers}).exclude(pk__in=led_back)
        loose.update(**{name: None})
    records = verdicts[0].model._base_manager.filter(pk__in=numbers)
    records._raw_delete(records.db)


def _change_all(verdicts):
    if verdicts:
        bulk.update(verdicts[0].model, {verdict.object_id: verdict.values for verdict in verdicts})


def _do_each(verdicts):
    for verdict in verdicts:
        _ACTIONS[verdict.action](verdict)


def _delete_with_lines(verdict):
    verdict.model._base_manager.get(pk=verdict.object_id).delete()  # with what has been added to it since


def _change(verdict):
    verdict.model._base_manager.filter(pk=verdict.object_id).update(**verdict.values)
    if verdict.is_partial:
        verdict.model._base_manager.get(pk=verdict.object_id).save()  # sort key and normal form fit what stands there now


def _restore(verdict):
    record = verdict.model(pk=verdict.object_id, **verdict.values)
    record.save_base(raw=True, force_insert=True)  # as it was: no "created now", no new sort key


_ACTIONS = {"delete": _delete_with_lines, "change": _change, "restore": _restore}


def refresh_search_texts_of(changes):
    """Make the searched texts of all that changes are about anew, and those of the people at a changed organisation."""
    contacts = set(changes.exclude(contact_id=None).values_list("contact_id", flat=True).distinct())
    organisations = set(changes.exclude(organisation_id=None).values_list("organisation_id", flat=True).distinct())
    renamed = changes.filter(model=Organisation._meta.label_lower).values("object_id")
    contacts |= set(Affiliation.objects.filter(organisation__in=renamed).values_list("contact_id", flat=True))
    networks = set(changes.filter(model=Network._meta.label_lower).values_list("object_id", flat=True))
    licences = set(changes.filter(model=Licence._meta.label_lower).values_list("object_id", flat=True))
    projects = set(changes.filter(model=Project._meta.label_lower).values_list("object_id", flat=True))
    activities = set(changes.exclude(activity_id=None).values_list("activity_id", flat=True).distinct())
    found = {Contact: contacts, Organisation: organisations, Network: networks, Licence: licences, Activity: activities, Project: projects}
    for model, numbers in found.items():
        refresh_search_texts(model, numbers)
