"""What has happened to a record and to the lines in its form: who did what, when, why; newest first."""

from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Q
from django.utils.text import capfirst

from crm.models import Change, ChangeSet
from crm.recording import OWNERS, recording_of, recordings
from crm.services.values import NameBook, shown_fields
from crm.services.wording import actor_of, lines_of

# More lines than this of one change set are left to its own page.
SHOWN = 60


@dataclass
class Entry:
    """One change set, as far as it is about the record."""

    change_set: ChangeSet
    lines: list = field(default_factory=list)
    left_out: int = 0

    @property
    def actor(self):
        return actor_of(self.change_set)


@dataclass
class Filters:
    """What a history is narrowed down to, and what it may be narrowed down to: nothing that doesn't occur."""

    what: str = ""  # "crm.contact:note", or "crm.affiliation" for all about the roles
    cause: str = ""
    actor: str | None = None  # None for everybody, "" for the system
    fields: list = field(default_factory=list)
    causes: list = field(default_factory=list)
    actors: list = field(default_factory=list)

    @property
    def is_active(self):
        return bool(self.what or self.cause or self.actor is not None)

    @property
    def column(self):
        return self.what.partition(":")[2]


def owner_kind(model):
    """Return "contact" for Contact and so on; None for what has no lines."""
    return next((kind for kind in OWNERS if recording_of(model).owners.get(kind) == "id"), None)


def changes_of(model, pk):
    """Return the changes of a record and of what belonged to it at the time."""
    if (kind := owner_kind(model)) is None:
        return Change.objects.filter(model=model._meta.label_lower, object_id=pk)
    about = Change.objects.about(kind, pk)
    gone = [number for label, column in _line_columns(kind, model) for number in _moved_away(about, label, column, pk)]
    return Change.objects.filter(Q(**{f"{kind}_id": pk}) | Q(pk__in=gone)) if gone else about


def line_recordings(model):
    """Return [(recording, column that leads to the record)] of what belongs to records of a model."""
    kind = owner_kind(model)
    return [(recordings()[label], column) for label, column in _line_columns(kind, model)] if kind else []


def _line_columns(kind, model):
    owners = {label: recording.owners.get(kind) for label, recording in recordings().items() if recording.model is not model}
    return [(label, column) for label, column in owners.items() if column]


def _moved_away(about, label, column, pk):
    """Numbers of the changes by which a line came to belong to something else: they stand under its new owner."""
    lines = about.filter(model=label).values("object_id")
    moved = Change.objects.filter(model=label, action=Change.Action.CHANGED, object_id__in=lines, **{f"before__{column}": pk})
    return moved.order_by().values_list("pk", flat=True)


def filters_of(changes, model, chosen):
    """Return the Filters for changes; `chosen` is a dictionary of what somebody has picked, and may hold anything."""
    change_sets = ChangeSet.objects.filter(pk__in=changes.order_by().values("change_set")).order_by()
    met = list(change_sets.values_list("cause", "actor_name").distinct())
    causes = {cause for cause, _name in met}
    filters = Filters(
        fields=_field_choices(changes, model),
        causes=[(value, label) for value, label in ChangeSet.Cause.choices if value in causes],
        actors=sorted({(name, actor_of(ChangeSet(actor_name=name))) for _cause, name in met}, key=lambda choice: choice[1]),
    )
    filters.what = _picked(chosen.get("what"), filters.fields) or ""
    filters.cause = _picked(chosen.get("cause"), filters.causes) or ""
    who = chosen.get("who")  # "-" stands for the system: an empty value means everybody in a form
    filters.actor = None if not who else _picked("" if who == "-" else who, filters.actors)
    return filters


def _picked(value, choices):
    return value if value in {choice for choice, _label in choices} else None


def _field_choices(changes, model):
    """Return [(value, label)] of the fields of the record and the kinds of lines, and their fields, that have changed."""
    columns = {}
    for label, action, after in changes.order_by().values_list("model", "action", "after"):
        columns.setdefault(label, set()).update(after if action == Change.Action.CHANGED else ())
    own, choices = model._meta.label_lower, []
    for label in sorted(columns, key=lambda label: (label != own, label)):
        changed = apps.get_model(label)
        heading = capfirst(changed._meta.verbose_name_plural)
        if label != own:
            choices.append((label, heading))
        for one in shown_fields(changed):
            if one.column in columns[label]:
                name = capfirst(one.verbose_name) if label == own else f"{heading}: {one.verbose_name}"
                choices.append((f"{label}:{one.column}", name))
    return choices


def filtered(changes, filters):
    """Return (changes, change sets newest first) that the filters leave."""
    label, _colon, column = filters.what.partition(":")
    if column:
        changes = changes.filter(model=label, action=Change.Action.CHANGED, after__has_key=column)
    elif label:
        changes = changes.filter(model=label)
    change_sets = ChangeSet.objects.filter(pk__in=changes.order_by().values("change_set"))
    if filters.cause:
        change_sets = change_sets.filter(cause=filters.cause)
    if filters.actor is not None:
        change_sets = change_sets.filter(actor_name=filters.actor)
    return changes, change_sets.order_by("-at", "-pk")


def entries_of(changes, change_sets, *, about, column=""):
    """Return the Entries of some change sets (a page of them), in a fixed number of queries."""
    entries = {one.pk: Entry(one) for one in change_sets}
    shown = {pk: [] for pk in entries}
    for change in changes.filter(change_set__in=list(entries)).order_by("pk"):
        if len(shown[change.change_set_id]) < SHOWN:
            shown[change.change_set_id].append(change)
        else:
            entries[change.change_set_id].left_out += 1
    names = NameBook()
    names.want_changes(change for several in shown.values() for change in several)
    names.load()
    for pk, entry in entries.items():
        for change in shown[pk]:
            change.change_set = entry.change_set
            entry.lines += [line for line in lines_of(change, names, about=about) if not column or line.column == column]
    return [entry for entry in entries.values() if entry.lines]
