"""What has been deleted or archived, and how it comes back."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.db import transaction
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, Value
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import (
    Change,
    ChangeSet,
    Contact,
    Cost,
    Course,
    Evidence,
    Holding,
    Interest,
    Licence,
    Membership,
    Mobility,
    Organisation,
    Project,
    Relationship,
    SeatRequest,
)
from crm.recording import recordings
from crm.services.history import owner_kind
from crm.services.merged_records import Merge, merges_of, survivor_of
from crm.services.put_back import undo_part
from crm.services.rights import is_line, may, may_view
from crm.services.undo import plan_undo
from crm.services.values import NameBook
from crm.services.wording import actor_of
from crm.text import fold

# Where a deleted record's name stands.
_NAMES = ("first_name", "last_name", "name", "short_name", "email", "what", "title", "company_name", "participant")
# What is called after other records, and the columns by which a change knows those.
_CALLED_AFTER = {
    Membership: {"organisation_id": Organisation},
    Relationship: {"organisation_id": Organisation},
    Holding: {"contact_id": Contact, "organisation_id": Organisation, "licence_id": Licence},
    Mobility: {"contact_id": Contact, "organisation_id": Organisation, "project_id": Project},
    Cost: {"project_id": Project},
    Evidence: {"project_id": Project},
    SeatRequest: {"contact_id": Contact, "organisation_id": Organisation, "course_id": Course},
    Interest: {"organisation_id": Organisation, "project_id": Project},
}
_ACCENTS = {"a": "aàáâãäåÀÁÂÃÄÅ", "c": "cçÇ", "e": "eèéêëÈÉÊË", "i": "iìíîïÌÍÎÏ", "o": "oòóôõöøÒÓÔÕÖØ", "u": "uùúûüÙÚÛÜ"}


@dataclass
class Removed:
    """A record that is out of the lists: archived, or deleted by a change of the ledger."""

    model: type
    pk: int
    when: object
    change: Change | None = None  # that archived or deleted it; None when that was before the ledger began
    is_deleted: bool = False
    name: str = ""
    may_bring_back: bool = False
    merge: Merge | None = None  # by which it has become part of another record

    @property
    def model_label(self):
        return self.model._meta.label_lower

    @property
    def kind(self):
        return self.model._meta.verbose_name

    @property
    def actor(self):
        return actor_of(self.change.change_set) if self.change else ""


def kinds_for(user):
    """Return the models whose removed records somebody may see. Lines of a form are found in the history of their record."""
    models = [recording.model for recording in recordings().values()]
    return [model for model in models if not is_line(model) and may_view(user, model)]


def removed_records(models, text="", *, state=""):
    """Return a queryset of (model label, number, when, number of the change or 0), newest first; state is archived or deleted."""
    text = text.replace("\x00", " ")
    words = fold(text).split()
    parts = [_deleted(model, words) for model in models] if state != "archived" else []
    if state != "deleted":
        parts += [_archived(model, text) for model in models if hasattr(model, "archived_at")]
    if not parts:
        return Change.objects.none()
    first, *others = parts
    return (
        first.union(*others, all=True).order_by("-removed_at", "label", "-number") if others else first.order_by("-removed_at", "-number")
    )


def about_named(models, text):
    """Return a condition on changes: those of records and their lines that are called so, there or deleted; None for no words."""
    words, conditions = fold(text).split(), []
    for model in models if words else ():
        kind = owner_kind(model)
        gone = _deletions(model, words).values("object_id")
        for numbers in (_called(model, text, words).order_by().values("pk"), gone):
            about = {f"{kind}_id__in": numbers} if kind else {"model": model._meta.label_lower, "object_id__in": numbers}
            conditions.append(Q(**about))
    return Q(*conditions, _connector=Q.OR) if conditions else None


def describe(rows, user):
    """Return the Removed of rows of removed_records (a page of them), in a fixed number of queries."""
    found = [Removed(apps.get_model(label), pk, when, change or None, bool(change)) for label, pk, when, change in rows]
    deletions = Change.objects.select_related("change_set").in_bulk([one.change for one in found if one.is_deleted])
    archivings = _archivings([one for one in found if not one.is_deleted])
    names = NameBook()
    for one in found:
        names.want(one.model, one.pk)
    names.load()
    merges = merges_of({(one.model, one.pk) for one in found if one.is_deleted})
    for one in found:
        one.change = deletions[one.change] if one.is_deleted else archivings.get((one.model._meta.label_lower, one.pk))
        one.name = names.get((one.model._meta.label_lower, one.pk), "")
        one.merge = merges.get((one.model, one.pk))
        one.may_bring_back = one.merge is None and may(user, "add" if one.is_deleted else "delete", one.model)
    return found


def last_deletion(model, pk):
    """Return the change by which a record was deleted, or None when it wasn't."""
    deletions = Change.objects.filter(model=model._meta.label_lower, object_id=pk, action=Change.Action.DELETED)
    return deletions.select_related("change_set").order_by("-pk").first()


def bring_back(deletion, *, acting_user):
    """Restore a deleted record with its lines that went with it, and return the change set of doing so.

    The rest of what the same change set did stays as it is. Raises RegisterError when something stands against it.
    """
    model = apps.get_model(deletion.model)
    if survivor := survivor_of(model, deletion.object_id):
        raise RegisterError(_("It is a part of “%(name)s” now. Undo that merge, and both are as they were.") % {"name": survivor})
    only = ([deletion.pk, *_went_along(deletion, model)], None)
    with transaction.atomic():
        plan = plan_undo(deletion.change_set, only=only)
        if plan.conflicts and any(one.recording.model is model for one in plan.conflicts):
            raise RegisterError(plan.conflicts[0].reason)
        opened = undo_part(deletion.change_set, only=only, acting_user=acting_user)
        if not model._base_manager.filter(pk=deletion.object_id).exists():
            raise RegisterError(_("It cannot come back: something else has its name or number now."))
    return opened


def _went_along(deletion, model):
    """Numbers of the changes of its lines in the same change set, and of what lost its link to the record."""
    same = deletion.change_set.changes.exclude(pk=deletion.pk).order_by()
    numbers = []
    if kind := owner_kind(model):
        numbers += same.filter(**{f"{kind}_id": deletion.object_id}).values_list("pk", flat=True)
    for relation in model._meta.related_objects:
        label, column = relation.related_model._meta.label_lower, relation.field.column
        if label in recordings():
            lost = same.filter(model=label, action=Change.Action.CHANGED, **{f"before__{column}": deletion.object_id})
            numbers += lost.values_list("pk", flat=True)
    return sorted(set(numbers))


def _columns(queryset, **annotations):
    return queryset.order_by().annotate(**annotations).values_list("label", "number", "removed_at", "deletion")


def _archived(model, text):
    found = model._base_manager.exclude(archived_at=None)
    if text:
        found = found.filter(pk__in=_called(model, text, fold(text).split()))
    label = Value(model._meta.label_lower, output_field=CharField())
    return _columns(found, label=label, number=F("pk"), removed_at=F("archived_at"), deletion=Value(0, output_field=BigIntegerField()))


def _called(model, text, words):
    """Records that are called so, as the lists find them."""
    if model is Membership:
        return model.objects.filter(organisation__in=Organisation.objects.search(text))
    if hasattr(model.objects, "search"):
        return model.objects.search(text)
    found = model._base_manager.all()
    columns = {one.name for one in model._meta.concrete_fields}
    for word in words:
        pattern = _pattern(word)
        found = found.filter(Q(*[(f"{name}__iregex", pattern) for name in _NAMES if name in columns], _connector=Q.OR))
    return found


def _deleted(model, words):
    newer = Change.objects.filter(model=model._meta.label_lower, action=Change.Action.DELETED)
    newer = newer.filter(object_id=OuterRef("object_id"), pk__gt=OuterRef("pk"))
    there = model._base_manager.filter(pk=OuterRef("object_id"))
    found = _deletions(model, words).filter(~Exists(there), ~Exists(newer))
    return _columns(found, label=F("model"), number=F("object_id"), removed_at=F("change_set__at"), deletion=F("pk"))


def _deletions(model, words):
    """The changes that deleted what was called so. What was erased at somebody's wish is not to be found again."""
    found = Change.objects.filter(model=model._meta.label_lower, action=Change.Action.DELETED)
    found = found.exclude(change_set__cause=ChangeSet.Cause.ERASURE)
    for word in words:
        named = [(f"before__{name}__iregex", _pattern(word)) for name in _NAMES]
        if others := _CALLED_AFTER.get(model):
            named += [(f"{column}__in", other.objects.search(word).order_by().values("pk")) for column, other in others.items()]
        found = found.filter(Q(*named, _connector=Q.OR))
    return found


def _pattern(word):
    """A pattern that finds a folded word in text that isn't: "asa" in "Åsa"."""
    return "".join(f"[{_ACCENTS[letter]}]" if letter in _ACCENTS else re.escape(letter) for letter in word)


def _archivings(records):
    """Return {(label, pk): change} of the last time that each was archived."""
    asked = Q(*[Q(model=one.model._meta.label_lower, object_id=one.pk) for one in records], _connector=Q.OR)
    if not records:
        return {}
    changes = Change.objects.filter(asked, action=Change.Action.CHANGED, after__has_key="archived_at")
    return {(change.model, change.object_id): change for change in changes.select_related("change_set").order_by("pk")}
