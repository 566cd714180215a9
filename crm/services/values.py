"""The ledger's values: what the databases wrote as JSON, as Python's values and as people read them.

SQLite writes booleans as 0 and 1 and times without a zone (UTC), PostgreSQL true, false and a zone; decimals are text in both.
"""

import datetime
from collections import defaultdict
from decimal import Decimal

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext

from crm.models import (
    Affiliation,
    Change,
    ContactPoint,
    Document,
    Fee,
    Holding,
    Indicator,
    Interest,
    Match,
    Membership,
    MergedRecord,
    Mobility,
    Need,
    Participation,
    Partner,
    PictureField,
    PlanLink,
    ProjectRole,
    Relationship,
    Seat,
    SeatRequest,
    SegmentException,
    Tagging,
    User,
)
from crm.recording import is_recorded, recording_of
from crm.validators import format_phone, normalise_phone

# What the register keeps for itself. It follows from what people enter.
_TECHNICAL = {"sort_key", "search_text", "normalised", "created_at", "asker_hash", "file", "size", "moved", "key"}


def parse(field, value):
    """Return the Python value of what the ledger holds for a field; a Python value stays what it is."""
    value = field.to_python(value)
    if isinstance(value, datetime.datetime) and timezone.is_naive(value):
        return value.replace(tzinfo=datetime.UTC)
    if isinstance(value, Decimal):  # SQLite knows 15000, PostgreSQL 15000.00
        return value.quantize(Decimal(1).scaleb(-field.decimal_places))
    return value


def parse_row(recording, row):
    """Return {attname: value} of {column: JSON value}; columns that the model has no longer are left out."""
    fields = {field.column: field for field in recording.fields}
    return {fields[column].attname: parse(fields[column], value) for column, value in (row or {}).items() if column in fields}


def row_of(record):
    """Return the recorded values of a record as the same kind of dictionary."""
    return {field.attname: getattr(record, field.attname) for field in recording_of(type(record)).fields}


def shown_fields(model):
    """Yield the recorded fields that people know of."""
    return [field for field in recording_of(model).fields if field.name not in _TECHNICAL]


def show_value(field, value, names):
    """Return what a person reads for a field's value, "" for nothing. `names` is a NameBook or such a dictionary."""
    value = parse(field, value)
    if value is None or value == "":
        return ""
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model._meta.label_lower, value)) or number_of_deleted(value)
    if isinstance(field, PictureField):
        return gettext("a picture")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return formats.number_format(value.to_integral() if value == value.to_integral() else value, force_grouping=True)
    if field.model is ContactPoint and field.name == "value":
        return show_point(value)
    return str(value)


def show_point(value):
    """An e-mail address as it was typed, a phone number as it is written here."""
    if "@" in value:
        return value
    try:
        return format_phone(normalise_phone(value))
    except ValidationError:
        return value


def number_of_deleted(number):
    return gettext("no. %(number)s (deleted)") % {"number": number}


def name_from_row(model, row, names):
    """Return what a record with these values is called: "Anna Berg", "Rektor vid Lärcentrum Lidköping", "2017/2018"."""

    def named(attname):
        return show_value(model._meta.get_field(attname.removesuffix("_id")), row.get(attname), names)

    if model is ContactPoint:
        return named("value")
    if model is Affiliation:
        label, organisation = row.get("title") or named("role_id"), named("organisation_id")
        if not label or not organisation:
            return label or organisation
        return gettext("%(role)s at %(organisation)s") % {"role": label, "organisation": organisation}
    if model is Fee:
        return named("year")
    if model in (Seat, Participation, ProjectRole):
        return ", ".join(filter(None, [named("contact_id"), named("organisation_id")]))
    if model is Holding:
        holder = ", ".join(filter(None, [named("contact_id"), named("organisation_id")]))
        return ": ".join(filter(None, [named("licence_id"), holder]))
    if model is Relationship:
        return " – ".join(filter(None, [named("organisation_id"), " ".join(filter(None, [named("kind").lower(), named("other_id")]))]))
    if model is Mobility:
        return named("contact_id") or named("participant")
    if model is SeatRequest:
        asker = ", ".join(filter(None, [named("contact_id"), named("organisation_id")]))
        return ": ".join(filter(None, [named("course_id"), asker]))
    if model is Need:
        return ": ".join(filter(None, [named("organisation_id") or named("company_name"), named("area")]))
    if model is Interest:
        return ": ".join(filter(None, [named("project_id"), named("organisation_id")]))
    if model is PlanLink:
        return named("activity_id") or named("project_id")
    if model in _NAMED_AFTER:
        return named(_NAMED_AFTER[model])
    return str(model(**row))


# What the names of these are made of.
_NAMED_AFTER = {
    Membership: "organisation_id",
    Partner: "organisation_id",
    SegmentException: "contact_id",
    Tagging: "tag_id",
    Match: "course_id",
}
_NAMED_BY = {
    Affiliation: ["organisation_id", "role_id"],
    Seat: ["contact_id", "organisation_id"],
    Holding: ["licence_id", "contact_id", "organisation_id"],
    Participation: ["contact_id", "organisation_id"],
    ProjectRole: ["contact_id", "organisation_id"],
    Mobility: ["contact_id"],
    SeatRequest: ["course_id", "contact_id", "organisation_id"],
    Need: ["organisation_id"],
    Interest: ["project_id", "organisation_id"],
    PlanLink: ["activity_id", "project_id", "planitem_id"],
    Relationship: ["organisation_id", "other_id"],
    **{model: [attname] for model, attname in _NAMED_AFTER.items()},
}
# Lines, and the records in whose form they stand: the first that is not empty.
OWNERS_OF_LINES = {
    Affiliation: ["contact_id"],
    ContactPoint: ["contact_id", "organisation_id"],
    Document: ["contact_id", "organisation_id", "project_id", "network_id", "activity_id"],
    Seat: ["network_id"],
    Participation: ["activity_id"],
    Indicator: ["project_id"],
    Match: ["need_id"],
    Partner: ["project_id"],
    ProjectRole: ["project_id"],
    SegmentException: ["segment_id"],
    Tagging: ["contact_id", "organisation_id"],
    MergedRecord: ["contact_id", "organisation_id"],
    Fee: ["membership_id"],
    PlanLink: ["planitem_id"],
}


class NameBook(dict):
    """What records are called, {(model label, pk): name}, asked of the database with one query for each kind of record.

    names = NameBook()
    names.want(Contact, 3)
    names.want_changes(changes)
    names.load()

    A deleted record is called what it was called last. `rows` holds the values of those that the ledger records, `deleted` the
    keys of those that are no more.
    """

    def __init__(self):
        super().__init__()
        self.rows = {}
        self.deleted = set()
        self._wanted = set()

    def want(self, model, pk):
        if pk is not None:
            self._wanted.add((model._meta.label_lower, pk))

    def want_row(self, model, row):
        """Want what the foreign keys of a row ({column or attname: value}) lead to."""
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                self.want(field.related_model, row.get(field.attname))

    def want_changes(self, changes):
        """Want the records that were changed, those whose lines they are, and what the values lead to."""
        for change in changes:
            model = apps.get_model(change.model)
            self.want(model, change.object_id)
            self.want_row(model, change.before or {})
            self.want_row(model, change.after or {})

    def load(self):
        """Ask for what is wanted, then for what that is called after: a fee's membership, and its organisation."""
        for _step in range(3):
            self._fetch()
        # A line is called after other records, so those get their names first.
        for label, pk in sorted(self.rows, key=lambda key: apps.get_model(key[0]) in _NAMED_BY):
            if (label, pk) not in self:
                self[label, pk] = name_from_row(apps.get_model(label), self.rows[label, pk], self)
        return self

    def full(self, model, pk):
        """Return what a record is called with whose it is: "Anna Berg: Rektor vid Lärcentrum Lidköping"."""
        name = self.get((model._meta.label_lower, pk)) or number_of_deleted(pk)
        owner = self.owner(model, pk)
        return f"{self[owner]}: {name}" if owner in self else name

    def owner(self, model, pk):
        """Return (model label, pk) of the record in whose form a line stands; None for what is no line."""
        row = self.rows.get((model._meta.label_lower, pk), {})
        for attname in OWNERS_OF_LINES.get(model, []):
            if row.get(attname):
                return model._meta.get_field(attname.removesuffix("_id")).related_model._meta.label_lower, row[attname]
        return None

    def _fetch(self):
        wanted, self._wanted = self._wanted - set(self) - set(self.rows), set()
        pks = defaultdict(set)
        for label, pk in wanted:
            pks[apps.get_model(label)].add(pk)
        found = {}
        for model in pks:
            for record in model._base_manager.filter(pk__in=pks[model]):
                if is_recorded(model):
                    found[model._meta.label_lower, record.pk] = row_of(record)
                else:
                    self[model._meta.label_lower, record.pk] = record.get_full_name() if isinstance(record, User) else str(record)
        last = _last_rows(wanted - set(found) - set(self))
        self.deleted |= set(last)
        found |= last
        self.rows |= found
        for label, pk in found:
            model = apps.get_model(label)
            columns = [*_NAMED_BY.get(model, []), *OWNERS_OF_LINES.get(model, [])]
            self.want_row(model, {column: found[label, pk][column] for column in columns})


def _last_rows(keys):
    """Return {(model label, pk): row} of deleted records, as they were when they were deleted."""
    pks = defaultdict(set)
    for label, pk in keys:
        pks[label].add(pk)
    asked = Q(*[Q(model=label, object_id__in=pks[label]) for label in pks if is_recorded(apps.get_model(label))], _connector=Q.OR)
    deletions = Change.objects.filter(asked, action=Change.Action.DELETED).order_by("pk") if asked else []
    return {(one.model, one.object_id): parse_row(recording_of(apps.get_model(one.model)), one.before) for one in deletions}
