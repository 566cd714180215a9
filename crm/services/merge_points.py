"""Addresses and numbers of two records that become one: all stay, unless somebody wants it otherwise, and one of a kind is used first."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.models import Contact, ContactPoint, Organisation
from crm.services.merge_rules import adjust
from crm.services.values import show_point

_CHOICE = "points-"
BOTH, ONLY = "both", "only"


@dataclass
class PointChoice:
    """What stays of one kind of addresses or numbers. A choice is "both:17", those of no. 17 first, or "only:17"."""

    kind: str
    kept: list  # rows
    gone: list
    kept_id: int
    gone_id: int
    chosen: str = ""

    def __post_init__(self):
        if self.chosen not in self.choices:
            self.chosen = self.default

    @property
    def name(self):
        return f"{_CHOICE}{self.kind}"

    @property
    def label(self):
        return ContactPoint.Kind(self.kind).label

    @property
    def is_same(self):
        """Whether there is nothing to choose."""
        return not self.kept or not self.gone or not (self._own(self.kept, self.gone) or self._own(self.gone, self.kept))

    @property
    def choices(self):
        return [f"{what}:{number}" for what in (BOTH, ONLY) for number in (self.kept_id, self.gone_id)]

    @property
    def default(self):
        return f"{BOTH}:{self.kept_id if self.kept else self.gone_id}"

    @property
    def first(self):
        """The number of the record whose addresses go first."""
        return int(self.chosen.partition(":")[2])

    @property
    def leaves_out(self):
        """The rows that do not stay: those that only the other side has."""
        return self._left_out(self.chosen)

    def _left_out(self, choice):
        what, _colon, number = choice.partition(":")
        if what != ONLY:
            return []
        return self._own(self.gone, self.kept) if int(number) == self.kept_id else self._own(self.kept, self.gone)

    def options(self, names):
        """Return [(choice, what people read)], where there is something to choose; `names`, as of a field, are not needed."""
        told = {}
        for choice in self.choices:
            what, _colon, number = choice.partition(":")
            rows = self.kept if int(number) == self.kept_id else self.gone
            if what == BOTH:
                told[choice] = _("All, %(value)s first") % {"value": _first(rows)}
            elif self._left_out(choice):
                told[choice] = _("Only %(value)s") % {"value": ", ".join(show_point(row["value"]) for row in rows)}
        return list({text: (choice, text) for choice, text in reversed(told.items())}.values())[::-1]

    @staticmethod
    def _own(rows, others):
        there = {row["normalised"] for row in others}
        return [row for row in rows if row["normalised"] not in there]


def _first(rows):
    ordered = sorted(rows, key=lambda row: (not row["is_primary"], row["status"] != ContactPoint.Status.WORKS, row["id"]))
    return show_point(ordered[0]["value"])


def point_choices(model, kept, gone, kept_id, gone_id, choices):
    """Return a PointChoice for each kind that one of two records has; `kept` and `gone` are their rows."""
    found = []
    for kind in ContactPoint.Kind.values:
        ours, theirs = ([row for row in rows if row["kind"] == kind] for rows in (kept, gone))
        if ours or theirs:
            found.append(PointChoice(kind, ours, theirs, kept_id, gone_id, choices.get(f"{_CHOICE}{kind}", "")))
    return found


@adjust(Contact)
@adjust(Organisation)
def leave_out_and_use_one_first(draft):
    for choice in draft.points:
        for row in choice.leaves_out:
            if draft.is_there(ContactPoint, row["id"]):
                draft.delete(ContactPoint, row["id"])
        _use_one_first(draft, choice)


def _use_one_first(draft, choice):
    staying = [row for row in draft.rows_of(ContactPoint, draft.owner, [draft.kept_id]) if row["kind"] == choice.kind]
    primary = [row for row in staying if row["is_primary"]]
    if not primary:
        return
    preferred = {row["normalised"] for row in (choice.kept if choice.first == choice.kept_id else choice.gone) if row["is_primary"]}
    first = next((row for row in primary if row["normalised"] in preferred), primary[0])
    for row in primary:
        if row["id"] != first["id"]:
            draft.change(ContactPoint, row["id"], {"is_primary": False})
