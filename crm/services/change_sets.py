"""What a change set did, record by record, and how many of which kind."""

from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import BigIntegerField, Case, CharField, Count, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from crm.models import Change, ChangeSet
from crm.services.values import OWNERS_OF_LINES, NameBook, number_of_deleted
from crm.services.wording import lines_of

# What has more changes is not counted in a list.
COUNTED = 1_000


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


def search(queryset, text):
    """Narrow change sets down to those with every word in the note or the name of whoever did it."""
    for word in text.replace("\x00", " ").split():
        # SQLite ignores case in ASCII letters only.
        spellings = {word, word.lower(), word.upper(), word.capitalize()}
        found = [(f"{name}__icontains", one) for name in ("actor_name", "note") for one in spellings]
        queryset = queryset.filter(Q(*found, _connector=Q.OR))
    return queryset


def record_counts(change_sets, readable):
    """Return {number of a change set: {model: number of records}} in a fixed number of queries.

    Those with more than COUNTED changes are left out: counting a few large imports would take seconds.
    """
    numbers = [one.pk for one in change_sets]
    beyond = Change.objects.filter(change_set=OuterRef("pk")).order_by().values("pk")[COUNTED : COUNTED + 1]
    small = ChangeSet.objects.filter(pk__in=numbers).annotate(beyond=Subquery(beyond)).filter(beyond=None)
    counts = {pk: {} for pk in small.values_list("pk", flat=True)}
    changes = Change.objects.filter(readable, change_set__in=list(counts)).order_by()
    for pk, label, number in changes.values_list("change_set", "model").annotate(number=Count("object_id", distinct=True)):
        counts[pk][apps.get_model(label)] = number
    return counts


def counts_by_action(changes):
    """Return [(what they are called, created, changed, deleted)] in numbers of records, lines of forms last."""
    counts = {}
    rows = changes.order_by().values_list("model", "action").annotate(number=Count("object_id", distinct=True))
    for label, action, number in rows:
        counts.setdefault(apps.get_model(label), {})[action] = number
    ordered = sorted(counts, key=lambda model: (model in OWNERS_OF_LINES, model._meta.label_lower))
    return [(model._meta.verbose_name_plural, *(counts[model].get(action, 0) for action in Change.Action)) for model in ordered]


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
    for change in _at_home(changes).filter(wanted).order_by("pk"):
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
