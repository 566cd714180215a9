"""What a merge would write, computed before anything is written. The preview shows it, and carrying it out writes just that."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from django.core.exceptions import ImproperlyConfigured

from crm.models import ContactPoint
from crm.recording import recording_of
from crm.services import (
    merge_refusals,  # noqa: F401 -- registers what cannot become one
    merge_relationships,  # noqa: F401 -- registers what becomes of relations
)
from crm.services.merge_fields import field_choices
from crm.services.merge_points import point_choices
from crm.services.merge_rules import adjustments_of, refusals_of, rules_of

MOVED, DOUBLED = "moved", "doubled"


@dataclass
class Plan:
    """`changes` and `deletions` are about recorded rows, the record that goes left out; `moved` about those of other models."""

    kept: object
    gone: object
    fields: list  # FieldChoices
    points: list  # PointChoices
    refusals: list
    changes: dict = field(default_factory=dict)  # {(model, number): {column: value}}
    deletions: list = field(default_factory=list)  # [(model, number)]
    moved: dict = field(default_factory=dict)  # {Rule: [numbers]}
    before: dict = field(default_factory=dict)  # {(model, number): row}, of all that is changed or deleted
    followed: dict = field(default_factory=dict)  # {Rule: {MOVED: [numbers], DOUBLED: [numbers]}}

    @property
    def model(self):
        return type(self.kept)

    @cached_property
    def mark(self):
        """The same for two plans that write the same to records that are the same."""
        told = [
            sorted((_key(one), sorted(values.items())) for one, values in self.changes.items()),
            sorted(map(_key, self.deletions)),
            sorted((rule.key, sorted(numbers)) for rule, numbers in self.moved.items()),
            sorted((_key(one), sorted(row.items())) for one, row in self.before.items()),
            self.kept.pk,
            self.gone.pk,
        ]
        return sha256(repr(told).encode()).hexdigest()[:32]


def _key(key):
    model, number = key
    return model._meta.label_lower, number


def plan_merge(kept, gone, choices=None):
    """Return the Plan of making `gone` a part of `kept`. Reads only, with a number of queries that doesn't grow with the rows."""
    choices = choices or {}
    draft = Draft(kept, gone, choices)
    refusals = [sentence for function in refusals_of(type(kept)) for sentence in function(kept, gone)]
    if not refusals:
        draft.follow()
    return Plan(
        kept,
        gone,
        draft.fields,
        draft.points,
        refusals,
        {key: values for key, values in draft.changes.items() if key not in draft.deleted},
        sorted(draft.deleted, key=_key),
        draft.moved,
        {key: draft.before[key] for key in {*draft.changes, *draft.deleted, (type(kept), kept.pk), (type(kept), gone.pk)}},
        draft.followed,
    )


class Draft:
    """A plan in the making: rows as they are, with what is planned for them so far."""

    def __init__(self, kept, gone, choices):
        self.model, self.kept, self.gone = type(kept), kept, gone
        self.kept_id, self.gone_id = kept.pk, gone.pk
        self.owner = f"{self.model._meta.model_name}_id"
        self.before, self.changes, self.deleted = {}, {}, set()
        self.moved, self.followed = {}, {}
        rows = {row["id"]: row for row in self._read(self.model, "id", [kept.pk, gone.pk])}
        self.kept_row, self.gone_row = rows[kept.pk], rows[gone.pk]
        self.fields = field_choices(self.model, self.kept_row, self.gone_row, choices)
        held = self._read(ContactPoint, self.owner, [kept.pk, gone.pk])
        of_kept, of_gone = ([row for row in held if row[self.owner] == number] for number in (kept.pk, gone.pk))
        self.points = point_choices(self.model, of_kept, of_gone, kept.pk, gone.pk, choices)

    def follow(self):
        self._follow(self.model, {self.gone_id: self.kept_id})
        for adjustment in adjustments_of(self.model):
            adjustment(self)
        self._choose_fields()

    # For adjustments

    def rows_of(self, model, column, numbers):
        """Return the rows of a model that will refer to some numbers by then, as they will be."""
        self._read(model, column, numbers)
        there = (self._row(*key) for key in self.before if key[0] is model and key not in self.deleted)
        return sorted((row for row in there if row[column] in numbers), key=lambda row: row["id"])

    def is_there(self, model, number):
        return (model, number) not in self.deleted

    def came_from(self, model, number):
        """Return the number of the record to which a row belonged before."""
        return self.before[model, number][self.owner]

    def change(self, model, number, values):
        row = self.before[model, number]
        planned = {**self.changes.get((model, number), {}), **values}
        self.changes[model, number] = {name: value for name, value in planned.items() if value != row[name]}
        if not self.changes[model, number]:
            del self.changes[model, number]

    def delete(self, model, number):
        self.deleted.add((model, number))

    # The following

    def _follow(self, model, into):
        """Let all that refers to some records refer to others: {number of one that goes: number of the one that stays}."""
        for rule in rules_of(model):
            if not rule.is_recorded:
                self._move(rule, into)
                continue
            moving = self.rows_of(rule.model, rule.column, set(into))
            doubled = self._follow_rows(rule, moving, into) if moving else {}
            if doubled:
                self._follow(rule.model, doubled)

    def _follow_rows(self, rule, moving, into):
        """Plan the fate of rows and return {number of a doubled one: number of the one that stays in its place}."""
        staying = {}
        for row in self.rows_of(rule.model, rule.column, set(into.values())) if rule.same else ():
            staying.setdefault(self._place(rule, row, row[rule.column]), []).append(row["id"])
        doubled, fates = {}, self.followed.setdefault(rule, {MOVED: [], DOUBLED: []})
        for row in moving:
            target = into[row[rule.column]]
            candidates = (self._row(rule.model, number) for number in staying.get(self._place(rule, row, target), ()))
            twin = next((one for one in candidates if rule.is_twin(one, row)), None)
            if twin is None:
                self.change(rule.model, row["id"], {rule.column: target})
                fates[MOVED].append(row["id"])
                continue
            self.change(rule.model, twin["id"], rule.settled(twin, row))
            self.delete(rule.model, row["id"])
            doubled[row["id"]] = twin["id"]
            fates[DOUBLED].append(row["id"])
        return doubled

    @staticmethod
    def _place(rule, row, target):
        return (target, *(row[name] for name in rule.same))

    def _move(self, rule, into):
        if set(into) != {self.gone_id}:
            raise ImproperlyConfigured(f"{rule.key} is not in the ledger and cannot follow what is not doubled.")
        found = rule.model._base_manager.filter(**{rule.column: self.gone_id}).order_by("pk")
        if numbers := list(found.values_list("pk", flat=True)):
            self.moved[rule] = numbers

    def _choose_fields(self):
        values = {one.field.attname: one.value for one in self.fields}
        record = self.model(**{name: value for name, value in {**self.kept_row, **values}.items()})
        values["sort_key"] = record.make_sort_key()
        self.change(self.model, self.kept_id, values)

    # Rows

    def _row(self, model, number):
        return {**self.before[model, number], **self.changes.get((model, number), {})}

    def _read(self, model, column, numbers):
        """Take in the rows that refer to some numbers today, and return them."""
        names = ["id", *(one.attname for one in recording_of(model).fields)]
        rows = list(model._base_manager.filter(**{f"{column}__in": list(numbers)}).order_by("pk").values(*names))
        for row in rows:
            self.before[model, row["id"]] = row
        return rows
