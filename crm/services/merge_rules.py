"""What becomes of everything that refers to a record when it becomes part of another one: one line for each relation.

A foreign key without a rule stops every merge of what it leads to, and a test before that. An app above the register adds the
rules of its own models.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ImproperlyConfigured
from django.db.models import ForeignKey, UniqueConstraint

from crm.models import (
    Affiliation,
    ContactPoint,
    Course,
    Document,
    Fee,
    FeeReminder,
    Holding,
    Interest,
    Licence,
    MeetingMail,
    Membership,
    MergedRecord,
    Mobility,
    Need,
    Organisation,
    Participation,
    Partner,
    PlanItem,
    Project,
    ProjectRole,
    Relationship,
    Seat,
    SeatRequest,
    SegmentException,
    Tagging,
    Task,
)
from crm.recording import is_recorded, recording_of
from crm.services.values import shown_fields

_rules = {}
_adjustments = {}
_refusals = {}

_EMPTY = (None, "")
# Who noted it and when says nothing about what is noted.
_ABOUT_THE_NOTING = ("added_by_id", "added_at", "created_by_id")


@dataclass(frozen=True)
class Rule:
    """How a foreign key is followed: its rows come to refer to the record that stays.

    A row that is there already, by the columns in `same`, is not doubled, unless the two say different things in another column.
    `settle` tells for columns what the one that stays says then: {column: function of its row and of the other's}.
    """

    model: type
    name: str
    same: tuple = ()
    settle: dict = field(default_factory=dict, compare=False)

    @cached_property
    def field(self):
        return self.model._meta.get_field(self.name)

    @property
    def column(self):
        return self.field.attname

    @property
    def key(self):
        return f"{self.model._meta.label_lower}:{self.name}"

    @property
    def is_recorded(self):
        return is_recorded(self.model)

    @cached_property
    def is_unique(self):
        """Whether the database allows one such row only, so that the one that stays has the last word."""
        names = {self.name, *(name.removesuffix("_id") for name in self.same)}
        return any(
            isinstance(one, UniqueConstraint) and one.condition is None and set(one.fields) == names for one in self.model._meta.constraints
        )

    @cached_property
    def _others(self):
        left_out = {self.column, *self.same, *self.settle, *_ABOUT_THE_NOTING}
        return [one.attname for one in shown_fields(self.model) if one.attname not in left_out]

    def is_twin(self, kept, other):
        """Whether two rows, which agree in the columns in `same`, say nothing different."""
        return self.is_unique or all(kept[name] == other[name] or kept[name] in _EMPTY or other[name] in _EMPTY for name in self._others)

    def settled(self, kept, other):
        """Return {column: value} of what the row that stays takes over from the other one."""
        values = {name: other[name] for name in self._others if kept[name] in _EMPTY and other[name] not in _EMPTY}
        values |= {name: decide(kept, other) for name, decide in self.settle.items()}
        return {name: value for name, value in values.items() if value != kept[name]}


def follow(model, name, *, same=(), settle=None):
    """Say how the rows of a model follow through one of its foreign keys."""
    rule = Rule(model, name, tuple(same), settle or {})
    if rule.same and not rule.is_recorded:
        raise ImproperlyConfigured(f"{rule.key} is not in the ledger, so none of its rows may go.")
    _rules[model, name] = rule


def adjust(model):
    """Let a function change what is planned for records of a model, once all rows have followed; see merge_plans.Draft."""

    def register(function):
        _adjustments.setdefault(model, []).append(function)
        return function

    return register


def refuse(model):
    """Let a function yield sentences that say why two records cannot become one; it gets the one that stays and the other."""

    def register(function):
        _refusals.setdefault(model, []).append(function)
        return function

    return register


def adjustments_of(model):
    return _adjustments.get(model, [])


def refusals_of(model):
    return _refusals.get(model, [])


def relations_to(model):
    """Return the foreign keys, of whatever model, that lead to a model."""
    found = model._meta.get_fields(include_hidden=True)
    return [one.field for one in found if one.auto_created and not one.concrete and isinstance(one.field, ForeignKey)]


def rules_of(model):
    """Return the rules by which what refers to a model follows. Raises LookupError for a foreign key without one."""
    found = []
    for relation in relations_to(model):
        if (relation.model, relation.name) not in _rules:
            raise LookupError(f"{relation} needs a rule that says what becomes of it in a merge (crm/services/merge_rules.py).")
        found.append(_rules[relation.model, relation.name])
    return found


def mergeable_fields(model):
    """Return the fields of which a person chooses the value that stays."""
    return [one for one in recording_of(model).fields if one.editable and one in shown_fields(model)]


# How two rows settle what they say differently


def either(name):
    return lambda kept, other: kept[name] or other[name]


def stays(name):
    return lambda kept, other: kept[name]


def both(name):
    return lambda kept, other: kept[name] and other[name]


def latest(day, *along):
    """The later day, and what belongs to it: {column: …} for `settle`."""

    def of_the_later(name):
        def decide(kept, other):
            is_later = other[day] is not None and (kept[day] is None or other[day] > kept[day])
            return other[name] if is_later else kept[name]

        return decide

    return {name: of_the_later(name) for name in (day, *along)}


def earliest(name):
    """The first of two days, where both are known."""
    return lambda kept, other: min((one[name] for one in (kept, other) if one[name] is not None), default=None)


def together(name, longest):
    """What both say, one after the other."""

    def join(kept, other):
        said = dict.fromkeys(text for text in (kept[name], other[name]) if text)
        return "; ".join(said)[:longest]

    return join


def furthest(name, ordered):
    """What comes last in an order."""
    return lambda kept, other: max(kept[name], other[name], key=[str(one) for one in ordered].index)


def _status(kept, other):
    """An address that bounces for one of them bounces."""
    statuses = {kept["status"], other["status"]}
    return ContactPoint.Status.BOUNCED.value if ContactPoint.Status.BOUNCED in statuses else kept["status"]


def _reason(kept, other):
    return other["reason"] if kept["is_in"] and not other["is_in"] else kept["reason"]


_How = Participation.How
_ROLE = {
    # Publishing needs a yes on both sides.
    "is_public": both("is_public"),
    "source": either("source"),
    "end_reason": either("end_reason"),
    **latest("confirmed_at", "confirmed_by"),
}
_POINT = {"status": _status, "is_primary": either("is_primary"), **latest("verified_at")}
_PARTICIPATION = {"how": furthest("how", [_How.INVITED, _How.DECLINED, _How.REGISTERED, _How.STAYED_AWAY, _How.ATTENDED])}

follow(Affiliation, "contact", same=["organisation_id", "role_id", "since", "until"], settle=_ROLE)
follow(Affiliation, "organisation", same=["contact_id", "role_id", "since", "until"], settle=_ROLE)
follow(ContactPoint, "contact", same=["kind", "normalised"], settle=_POINT)
follow(ContactPoint, "organisation", same=["kind", "normalised"], settle=_POINT)
follow(ContactPoint, "affiliation")
follow(Course, "provider")
follow(Document, "contact")
follow(Document, "organisation")
follow(Fee, "membership", same=["year"])
# Two rows for one number cannot be; the letters that went to the one that stays tell what it was told.
follow(FeeReminder, "fee", same=["number"], settle={one.attname: stays(one.attname) for one in shown_fields(FeeReminder)})
follow(Membership, "fee_contact")
follow(Membership, "organisation", same=["kind", "since", "until", "archived_at"])
follow(Holding, "contact", same=["licence_id", "organisation_id", "since", "until"], settle=latest("confirmed_at", "confirmed_by"))
follow(Holding, "organisation")  # two seats that nobody is named for are still two seats
follow(Interest, "contact")
follow(Interest, "organisation", same=["project_id"], settle={"day": earliest("day"), "note": together("note", 300)})
follow(Licence, "supplier")
follow(MeetingMail, "contact")
follow(MergedRecord, "contact")
follow(MergedRecord, "organisation")
follow(Mobility, "contact")
follow(Mobility, "receiving")
follow(Mobility, "sending")
follow(Need, "contact")
follow(Need, "organisation")  # what somebody needs twice, two people may have asked about
follow(Organisation, "parent")
follow(Participation, "contact", same=["activity_id", "organisation_id"], settle=_PARTICIPATION)
follow(Participation, "organisation", same=["activity_id", "contact_id"], settle=_PARTICIPATION)
follow(Partner, "organisation", same=["project_id", "kind", "since", "until"])
follow(PlanItem, "responsible")
follow(Project, "funder")
follow(Project, "lead")
follow(ProjectRole, "contact", same=["project_id", "organisation_id", "title", "since", "until"])
follow(ProjectRole, "organisation", same=["project_id", "contact_id", "title", "since", "until"])
follow(Relationship, "organisation", same=["other_id", "kind", "since", "until"])
follow(Relationship, "other", same=["organisation_id", "kind", "since", "until"])
follow(Seat, "contact", same=["network_id", "organisation_id", "since", "until"])
follow(Seat, "organisation", same=["network_id", "contact_id", "since", "until"])
follow(SeatRequest, "contact")
follow(SeatRequest, "organisation")  # two requests are two times as many seats
follow(SeatRequest, "participant")
# Taken out of a segment by hand weighs more than put in.
follow(SegmentException, "contact", same=["segment_id"], settle={"is_in": both("is_in"), "reason": _reason})
follow(Tagging, "contact", same=["tag_id"])
follow(Tagging, "organisation", same=["tag_id"])
follow(Task, "contact")
follow(Task, "organisation")
