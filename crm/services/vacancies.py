"""Which of the roles, licences and network seats that every member should have are held, by whom, and which are vacant."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from crm.filters.held_roles import at_organisation_or_above
from crm.models import Affiliation, ChangeSet, Holding, Licence, Membership, Network, Organisation, Role, Seat
from crm.services.ledger import change_set

# What of a row is read: the person, and the organisation with what it belongs to.
_PERSON = ("contact", "contact__first_name", "contact__last_name")
_PLACE = ("organisation", "organisation__name", "organisation__parent", "organisation__parent__parent")


@dataclass
class Holder:
    contact_id: int | None  # None where the organisation itself is it
    name: str
    unit: str  # where, when it is not at the member itself


@dataclass
class Cell:
    member: Organisation
    post: Role | Licence | Network
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
    posts: list
    rows: list = field(default_factory=list)

    @property
    def total(self):
        return sum(len(row.cells) for row in self.rows)

    @property
    def vacant(self):
        return sum(cell.is_vacant for row in self.rows for cell in row.cells)


def expected_roles():
    return Role.objects.filter(expected_at_members=True)


def expected_posts():
    """What every member should have somebody for: a role (head), a licence, a seat in a network."""
    others = [model.objects.active().filter(expected_at_members=True).defer("search_text") for model in (Licence, Network)]
    return [*expected_roles(), *others[0], *others[1]]


def members(day, *, subregions=()):
    found = Organisation.objects.members(day).select_related("municipality").defer("search_text")
    return found.filter(municipality__subregion__in=subregions) if subregions else found


def vacancy_board(day, *, organisations):
    """Return the Board of some members on a day, in a fixed number of queries, however many there are."""
    board = Board(expected_posts())
    if board.posts:
        held = _holders(day, board.posts)
        for member in organisations:
            board.rows.append(Row(member, [Cell(member, post, held.get((member.pk, post), [])) for post in board.posts]))
    return board


def vacant_posts(organisation, day):
    """Return what every member should have somebody for and this one has not; nothing for who is no member."""
    if not Membership.objects.held_on(day).filter(organisation=organisation).exists():
        return []
    board = vacancy_board(day, organisations=[organisation])
    return [cell.post for row in board.rows for cell in row.cells if cell.is_vacant]


def _holders(day, posts):
    """Return {(number of the member, what should be held): Holders}. Who is at a unit counts for the member that it belongs to."""
    found = defaultdict(dict)
    for post, contact, first, last, place, place_name, *above in _held(day, posts):
        name = f"{first or ''} {last or ''}".strip()
        for member in {place, *above} - {None}:
            holder = Holder(contact, name or place_name, "" if member == place or not name else place_name)
            found[member, post].setdefault((contact, holder.name, holder.unit), holder)
    return {key: list(holders.values()) for key, holders in found.items()}


def _held(day, posts):
    """Yield what is held on a day at members: (what it is, *person, *place)."""
    at_members = at_organisation_or_above(pk__in=Membership.objects.held_on(day).values("organisation"))
    working = Affiliation.objects.held_by_active_contacts(day).at_active_organisations(day).filter(at_members)
    working = working.order_by("contact__sort_key", "contact", "pk")
    for model, rows in ((Role, working), (Licence, Holding.objects.on(day)), (Network, Seat.objects.on(day))):
        name = model._meta.model_name
        expected = {post.pk: post for post in posts if type(post) is model}
        if not expected:
            continue
        rows = rows.filter(**{f"{name}__in": expected})
        yield from _at_places(rows.filter(at_members), name, expected, day)
        if model is not Role:
            yield from _wherever_they_work(rows.filter(organisation=None), working, name, expected)


def _at_places(rows, name, expected, day):
    somebody = Q(contact=None) | Q(contact__archived_at=None) | Q(contact__archived_at__date__gt=day)
    for number, *rest in rows.filter(somebody).order_by("contact__sort_key", "contact", "pk").values_list(name, *_PERSON, *_PLACE):
        yield expected[number], *rest


def _wherever_they_work(rows, working, name, expected):
    """A licence or seat that is a person's own counts for each member where the person holds a role."""
    own = defaultdict(set)
    for number, contact in rows.values_list(name, "contact"):
        own[contact].add(number)
    for contact, *rest in working.filter(contact__in=own).values_list(*_PERSON, *_PLACE):
        for number in sorted(own[contact]):
            yield expected[number], contact, *rest


def places_of(member):
    """Return the member and its units: where the role can be filled."""
    units = Q(parent=member) | Q(parent__parent=member)
    return Organisation.objects.active().filter(units | Q(pk=member.pk))


def fill(organisation, role, *, contact, since, acting_user):
    """Give somebody of the register the role; return it."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        return Affiliation.objects.create(contact=contact, organisation=organisation, role=role, since=since)
