"""A change of the ledger in words: which field, from what to what; what was added, what removed."""

from dataclasses import dataclass, field

from django.apps import apps
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Affiliation, Change, ChangeSet, ContactPoint, PictureField
from crm.recording import recording_of
from crm.services.values import OWNERS_OF_LINES, name_from_row, number_of_deleted, parse, parse_row, show_value, shown_fields

LONG = 60
# Shorter ones, such as phone numbers, are not broken across lines.
SHORT = 24
ON_A_BUTTON = 40

_CAUSES = {
    ChangeSet.Cause.EDIT: _("the edit"),
    ChangeSet.Cause.BULK_EDIT: _("the bulk edit"),
    ChangeSet.Cause.ARCHIVING: _("the archiving"),
    ChangeSet.Cause.IMPORT: _("the import"),
    ChangeSet.Cause.UNDO: _("the undo"),
    ChangeSet.Cause.MERGE: _("the merge"),
    ChangeSet.Cause.JOB_CHANGE: _("the change of job"),
    ChangeSet.Cause.CONFIRMATION: _("the confirmation"),
    ChangeSet.Cause.SUBSCRIPTION: _("the sign-up or leaving"),
    ChangeSet.Cause.BOUNCE: _("the bounced mail"),
    ChangeSet.Cause.ERASURE: _("the erasure"),
    ChangeSet.Cause.API: _("the change by the API"),
    ChangeSet.Cause.COMMAND: _("the change by the command line"),
}


@dataclass
class Line:
    """One thing that a change did. Templates make a sentence of it."""

    change: Change
    # set, emptied, changed (picture_set and so on where the values tell nothing), archived, restored;
    # created, deleted (the record itself); added, removed (a line of it);
    # brought_back (either, by an undo)
    verb: str
    label: str  # of the field, or what kind of thing was added
    subject: str = ""  # the line that was changed: "Rektor vid Lärcentrum Lidköping"
    old: str = ""
    new: str = ""
    column: str = ""
    details: list = field(default_factory=list)  # [(label, value)] of what was created or removed
    can_be_put_back: bool = False  # what stood there is not what stands there now
    may_put_back: bool = False  # and whoever looks at it may do that

    @property
    def is_long(self):
        return max(len(self.old), len(self.new)) > LONG or "\n" in self.old + self.new

    @property
    def is_short(self):
        return max(len(self.old), len(self.new), len(self.subject)) <= SHORT

    @property
    def button(self):
        """What the button says that takes this back."""
        if not self.column or self.verb == "archived":
            return gettext("Bring back")
        if not self.old:
            return gettext("Empty it again")
        return gettext("Put back “%(value)s”") % {"value": Truncator(" ".join(self.old.split())).chars(ON_A_BUTTON)}


def lines_of(change, names, *, about=None):
    """Return the Lines of a change. `about` is the (model label, pk) of the record on whose page they are read."""
    model = apps.get_model(change.model)
    if change.action == Change.Action.CHANGED:
        return list(_changed(change, model, names, about))
    return [_whole(change, model, names, about)]


def noun(model, row):
    """What a record is: "mobile", "role at an organisation"."""
    if model is ContactPoint:
        return show_value(model._meta.get_field("kind"), row.get("kind"), {}).lower()
    return str(model._meta.verbose_name)


def name_with_owner(model, row, names, about=None):
    """What a record with these values is called, after whose it is unless that is said already."""
    name = name_from_row(model, row, names)
    owner = owner_of(model, row)
    if owner is None or owner == about:
        return name
    return f"{names.get(owner) or number_of_deleted(owner[1])}: {name}"


def owner_of(model, row):
    """Return (model label, pk) of the record in whose form a line with these values stands, or None."""
    for attname in OWNERS_OF_LINES.get(model, ()):
        if row.get(attname):
            return model._meta.get_field(attname.removesuffix("_id")).related_model._meta.label_lower, row[attname]
    return None


def described(model, row, names, *, about=None):
    """Return [(label, value)] of what a row holds and its name and place do not say."""
    found = []
    for one in shown_fields(model):
        value = row.get(one.attname)
        leads_home = isinstance(one, models.ForeignKey) and (one.related_model._meta.label_lower, value) == about
        if value is not False and not leads_home and (text := show_value(one, value, names)):
            found.append((one.verbose_name, text))
    return found


def _whole(change, model, names, about):
    created = change.action == Change.Action.CREATED
    key = (change.model, change.object_id)
    row = parse_row(recording_of(model), change.after if created else change.before)
    if created and change.change_set.cause == ChangeSet.Cause.UNDO:
        verb = "brought_back"
    else:
        verb = ("created" if created else "deleted") if key == about else ("added" if created else "removed")
    return Line(
        change,
        verb,
        noun(model, row),
        subject=name_with_owner(model, row, names, about),
        details=described(model, row, names, about=about),
        can_be_put_back=not created and key in names.deleted,
    )


def _changed(change, model, names, about):
    key = (change.model, change.object_id)
    row = names.rows.get(key, {})
    for one in shown_fields(model):
        if one.column not in change.after:
            continue
        old, new = (show_value(one, values.get(one.column), names) for values in (change.before, change.after))
        if one.name == "archived_at" and not (old and new):
            verb = "archived" if new else "restored"
        else:
            verb = "changed" if old and new else "set" if new else "emptied"
        if isinstance(one, PictureField):
            verb = f"picture_{verb}"
        is_address = model is ContactPoint and one.name == "value"
        if key == about:
            subject = ""
        elif row:  # called as it was, and without what the line says anyway
            then = {**row, **parse_row(recording_of(model), change.before), **({one.attname: None} if model is Affiliation else {})}
            subject = name_with_owner(model, then, names, about)
        else:
            subject = number_of_deleted(change.object_id)
        label = noun(model, row) if is_address and row else str(one.verbose_name)
        # The address itself is the change; whose it is has to be said all the same where that isn't clear.
        if is_address:
            owner = owner_of(model, row)
            subject = "" if owner == about or owner is None else names.get(owner, "")
        there = key in names.rows and key not in names.deleted
        now = row.get(one.attname)
        differs = there and now != parse(one, change.before.get(one.column)) and not _leads_nowhere(one, change, names)
        if one.name == "archived_at":  # only what is archived since then comes back; archiving has a button of its own
            differs = there and verb == "archived" and now == parse(one, change.after.get(one.column))
        yield Line(change, verb, label, subject=subject, old=old, new=new, column=one.column, can_be_put_back=differs)


def _leads_nowhere(field, change, names):
    """Whether what stood there before is a record that is no more."""
    return (
        isinstance(field, models.ForeignKey) and (field.related_model._meta.label_lower, change.before.get(field.column)) in names.deleted
    )


def actor_of(change_set):
    """Who did it. What nobody did who is logged in, the system has done on its own."""
    return change_set.actor_name or gettext("The system")


def cause_of(change_set):
    """The cause within a sentence: "the edit"."""
    return _CAUSES[change_set.cause]
