"""Which of the roles that every member should have filled are held, by whom, and which are vacant."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from crm.filters.held_roles import at_organisation_or_above
from crm.models import Affiliation, ChangeSet, Membership, Organisation, Role
from crm.services.ledger import change_set


@dataclass
class Holder:
    contact_id: int
    name: str
    unit: str  # where, when it is not at the member itself


@dataclass
class Cell:
    member: Organisation
    role: Role
    holders: list

    @property
    def is_vacant(self):
        return not self.holders


@dataclass
class Row:
    member: Organisation
    cells: list

    @property
    def has_gaps(self):
        return any(cell.is_vacant for cell in self.cells)


@dataclass
class Board:
    roles: list
    rows: list = field(default_factory=list)

    @property
    def total(self):
        return sum(len(row.cells) for row in self.rows)

    @property
    def vacant(self):
        return sum(cell.is_vacant for row in self.rows for cell in row.cells)


def expected_roles():
    return Role.objects.filter(expected_at_members=True)


def members(day, *, subregions=()):
    found = Organisation.objects.members(day).select_related("municipality").defer("search_text")
    return found.filter(municipality__subregion__in=subregions) if subregions else found


def vacancy_board(day, *, organisations):
    """Return the Board of some members on a day, in three queries, however many there are."""
    board = Board(list(expected_roles()))
    if board.roles:
        held = _holders(day)
        for member in organisations:
            board.rows.append(Row(member, [Cell(member, role, held.get((member.pk, role.pk), [])) for role in board.roles]))
    return board


def _holders(day):
    """Return {(number of the member, number of the role): Holders}. Who is at a unit counts for the member that it belongs to."""
    at_members = at_organisation_or_above(pk__in=Membership.objects.held_on(day).values("organisation"))
    held = Affiliation.objects.held_by_active_contacts(day).at_active_organisations(day)
    held = held.filter(at_members, role__in=expected_roles()).order_by("contact__sort_key", "contact", "pk")
    found = defaultdict(dict)
    for role, place, place_name, parent, grandparent, contact, *names in held.values_list(
        "role",
        "organisation",
        "organisation__name",
        "organisation__parent",
        "organisation__parent__parent",
        "contact",
        "contact__first_name",
        "contact__last_name",
    ):
        for member in {place, parent, grandparent} - {None}:
            holder = Holder(contact, " ".join(names).strip(), "" if member == place else place_name)
            found[member, role].setdefault((contact, holder.unit), holder)
    return {key: list(holders.values()) for key, holders in found.items()}


def places_of(member):
    """Return the member and its units: where the role can be filled."""
    units = Q(parent=member) | Q(parent__parent=member)
    return Organisation.objects.active().filter(units | Q(pk=member.pk))


def fill(organisation, role, *, contact, since, acting_user):
    """Give somebody of the register the role; return it."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        return Affiliation.objects.create(contact=contact, organisation=organisation, role=role, since=since)
