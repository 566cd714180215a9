"""What a change set did, record by record, and how many of which kind."""

from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import BigIntegerField, Case, CharField, Count, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Change, ChangeSet
from crm.recording import recordings
from crm.services.deletions import about_named
from crm.services.values import OWNERS_OF_LINES, NameBook, number_of_deleted, shown_fields
from crm.services.wording import lines_of

# What has more changes is not counted in a list.
COUNTED = 1_000
# What was done to a record as a whole.
_DID = {
    "created": pgettext_lazy("done to a record", "created"),
    "deleted": _("deleted"),
    "archived": _("archived"),
    "restored": _("brought back"),
    "brought_back": _("brought back"),
}


@dataclass
class What:
    """What a change set did, for a list: the first record, how many there are, and what was done to it when it is the only one."""

    name: str
    records: int | None  # None stands for more than is counted
    did: dict = field(default_factory=dict)  # the keys, in order


@dataclass
class Group:
    """One record, with what was done to it and to its lines."""

    model: type
    pk: int
    name: str
    lines: list = field(default_factory=list)

    @property
    def kind(self):
        return self.model._meta.verbose_name


def search(queryset, text, models):
    """Narrow change sets down to those with every word in the note or in the name of whoever did it, or that changed such a record.

    Records are those of some models, with their lines, also the deleted ones.
    """
    text = text.replace("\x00", " ")
    meta = Q()
    for word in text.split():
        # SQLite ignores case in ASCII letters only.
        spellings = {word, word.lower(), word.upper(), word.capitalize()}
        meta &= Q(*[(f"{name}__icontains", one) for name in ("actor_name", "note") for one in spellings], _connector=Q.OR)
    if (about := about_named(models, text)) is not None:
        meta |= Q(pk__in=Change.objects.filter(about).order_by().values("change_set"))
    return queryset.filter(meta)


def whats(change_sets, readable):
    """Return {number of a change set: What it changed} in a fixed number of queries.

    Those with more than COUNTED changes are not counted: that would take seconds for a few large imports.
    """
    numbers = [one.pk for one in change_sets]
    changes = Change.objects.filter(readable)
    own = changes.filter(change_set=OuterRef("pk")).order_by("pk").values("pk")
    found = ChangeSet.objects.filter(pk__in=numbers).annotate(first=Subquery(own[:1]), beyond=Subquery(own[COUNTED : COUNTED + 1]))
    found = {pk: (first, beyond) for pk, first, beyond in found.values_list("pk", "first", "beyond")}
    records = dict.fromkeys(pk for pk, (_first, beyond) in found.items() if beyond is None)
    counted = _at_home(changes.filter(change_set__in=list(records))).values("change_set", "home_model")
    for row in counted.annotate(number=Count("home_id", distinct=True)):
        records[row["change_set"]] = (records[row["change_set"]] or 0) + row["number"]
    firsts = _at_home(Change.objects.filter(pk__in=[first for first, _beyond in found.values() if first]))
    homes = {row["change_set"]: (row["home_model"], row["home_id"]) for row in firsts.values("change_set", "home_model", "home_id")}
    alone = [pk for pk, number in records.items() if number == 1]
    several = list(changes.filter(change_set__in=alone).select_related("change_set").order_by("pk"))
    names = NameBook()
    for label, pk in homes.values():
        names.want(apps.get_model(label), pk)
    names.want_changes(several)
    names.load()
    found = {pk: What(names.get(key) or number_of_deleted(key[1]), records.get(pk)) for pk, key in homes.items()}
    for change in several:
        what = found[change.change_set_id]
        for line in lines_of(change, names, about=homes[change.change_set_id]):
            is_own = (change.model, change.object_id) == homes[change.change_set_id]
            what.did.setdefault(str(_DID.get(line.verb, line.label) if is_own else line.label))
    return found


def counts_by_action(changes):
    """Return [(what they are called, created, changed, deleted)] in numbers of records, lines of forms last."""
    counts = {}
    rows = changes.exclude(_only_technical()).order_by().values_list("model", "action").annotate(number=Count("object_id", distinct=True))
    for label, action, number in rows:
        counts.setdefault(apps.get_model(label), {})[action] = number
    ordered = sorted(counts, key=lambda model: (model in OWNERS_OF_LINES, model._meta.label_lower))
    return [(model._meta.verbose_name_plural, *(counts[model].get(action, 0) for action in Change.Action)) for model in ordered]


def _only_technical():
    """A condition on changes: those of nothing that people know of, such as the key by which a name is sorted."""
    found = Q(pk__in=[])
    for label, recording in recordings().items():
        shown = [one.column for one in shown_fields(recording.model)]
        if technical := [one.column for one in recording.fields if one.column not in shown]:
            changed = Q(model=label, action=Change.Action.CHANGED, after__has_any_keys=technical)
            found |= changed & ~Q(after__has_any_keys=shown)
    return found


def records_of(changes):
    """Return a queryset of {home_model, home_id}: the records in whose forms something was changed, in the order of the doing."""
    return _at_home(changes).values("home_model", "home_id").annotate(first=Min("pk")).order_by("first")


def groups_of(changes, records, *, most=60):
    """Return the Groups for a page of records_of, in a fixed number of queries; at most so many changes of each."""
    keys = [(row["home_model"], row["home_id"]) for row in records]
    if not keys:
        return []
    wanted = Q(*[Q(home_model=label, home_id=pk) for label, pk in keys], _connector=Q.OR)
    found = {key: [] for key in keys}
    for change in _at_home(changes).filter(wanted).order_by("pk").select_related("change_set"):
        several = found[change.home_model, change.home_id]
        if len(several) < most:
            several.append(change)
    names = NameBook()
    for label, pk in keys:
        names.want(apps.get_model(label), pk)
    names.want_changes(change for several in found.values() for change in several)
    names.load()
    groups = []
    for key, several in found.items():
        model = apps.get_model(key[0])
        group = Group(model, key[1], names.get(key) or number_of_deleted(key[1]))
        group.lines = [line for change in several for line in lines_of(change, names, about=key)]
        groups.append(group)
    return groups


def _at_home(changes):
    """Annotate changes with the record in whose form the changed row stands: itself, or the one whose line it is."""
    models, numbers = [], []
    for model, columns in OWNERS_OF_LINES.items():
        label = model._meta.label_lower
        for column in columns:
            home = model._meta.get_field(column.removesuffix("_id")).related_model._meta.label_lower
            models.append(When(Q(model=label, **{f"{column}__isnull": False}), then=Value(home)))
        numbers.append(When(model=label, then=Coalesce(*columns) if len(columns) > 1 else F(columns[0])))
    return changes.order_by().annotate(
        home_model=Case(*models, default=F("model"), output_field=CharField()),
        home_id=Case(*numbers, default=F("object_id"), output_field=BigIntegerField()),
    )
