"""The association's own people: who is on the board and in the office on a day, elected until when, and who comes to the meetings.

There is one truth: a mandate is a role at the association itself (`Organisation.is_own`) whose Role says that it is on the board.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, F, IntegerField, Value, When
from django.utils import timezone

from crm.models import Activity, Affiliation, BoardDocument, ChangeSet, Organisation, Participation, Role
from crm.services.ledger import change_set
from crm.services.rights import may_view
from crm.years import OperatingYear

SOON = 6  # months before the end of a mandate, when somebody should think of the election


@dataclass
class Mandate:
    """One person's role on the board, with the meetings held while they sat in the operating year."""

    affiliation: Affiliation
    state: str = ""  # ends_soon, ran_out, or nothing worth saying
    meetings: int = 0
    attended: int = 0

    @property
    def contact(self):
        return self.affiliation.contact

    @property
    def last_day(self):
        """When it ends: as somebody ended it, else as the election said."""
        return self.affiliation.until or self.affiliation.term_until


@dataclass
class Seats:
    """One role on the board: who holds it, and how many of its seats are empty."""

    role: Role
    mandates: list = field(default_factory=list)

    @property
    def vacant(self):
        return max((self.role.seats or 0) - len(self.mandates), 0)

    @property
    def vacancies(self):
        return range(self.vacant)


@dataclass
class Meeting:
    activity: Activity
    attended: int = 0
    stayed_away: int = 0
    documents: list = field(default_factory=list)

    @property
    def is_named(self):
        """Whether it is known who came: somebody is noted, and not only some of those who are counted."""
        return bool(self.attended) and self.attended >= (self.activity.head_count or 0)

    @property
    def came(self):
        """How many came: those who are named, or the number where names are not kept."""
        return max(self.attended, self.activity.head_count or 0)


@dataclass
class Lent:
    """Somebody whom a member lends, and where they come from."""

    affiliation: Affiliation
    homes: list


@dataclass
class Board:
    day: date
    year: OperatingYear
    organisation: Organisation | None
    seats: list = field(default_factory=list)
    employees: list = field(default_factory=list)
    lent: list = field(default_factory=list)
    meetings: list = field(default_factory=list)
    papers: list = field(default_factory=list)  # that belong to no meeting
    may_read_papers: bool = False

    @property
    def mandates(self):
        return [mandate for seats in self.seats for mandate in seats.mandates]

    @property
    def ending(self):
        """The mandates that end within half a year, and those that have run out, the first to end first."""
        found = [mandate for mandate in self.mandates if mandate.state]
        return sorted(found, key=lambda mandate: mandate.last_day)

    @property
    def vacant(self):
        return sum(seats.vacant for seats in self.seats)

    @property
    def full_time(self):
        """How many full-time posts the employees are together, or None where somebody's share is not known."""
        shares = [one.percent for one in self.employees]
        return sum(shares) / 100 if shares and all(shares) else None


def months_later(day, months):
    """The same day of the month some months later, or the last one of a month that has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return day.replace(year=day.year + years, month=month + 1, day=number)
        except ValueError:
            continue
    return day.replace(year=day.year + years, month=month + 1)


def state_of(last_day, day):
    if last_day is None:
        return ""
    if last_day < day:
        return "ran_out"
    return "ends_soon" if last_day <= months_later(day, SOON) else ""


def board_on(day, *, user):
    """Return the Board of a day as somebody may see it, in a fixed number of queries."""
    year = OperatingYear.of(day)
    board = Board(day, year, Organisation.objects.own(), may_read_papers=may_view(user, BoardDocument))
    if board.organisation is None:
        return board
    held = list(_held_on(day))
    roles = Role.objects.filter(post=Role.Post.BOARD).order_by(F("rank").asc(nulls_last=True), "sort_key")
    seats = {role.pk: Seats(role) for role in roles}
    for one in held:
        if one.role.post == Role.Post.BOARD:
            mandate = Mandate(one, state_of(one.until or one.term_until, day))
            seats[one.role_id].mandates.append(mandate)
    board.seats = [one for one in seats.values() if one.mandates or one.role.seats]
    board.employees = [one for one in held if one.role.post == Role.Post.EMPLOYEE]
    lent = [one for one in held if one.role.post == Role.Post.SECONDED]
    homes = _homes_of(lent, day)
    board.lent = [Lent(one, homes[one.contact_id]) for one in lent]
    if may_view(user, Activity):
        board.meetings = _meetings(board)
        _count_attendance(board)
    if board.may_read_papers:
        _add_papers(board)
    return board


def _held_on(day):
    held = Affiliation.objects.held_by_active_contacts(day).at_association().select_related("contact", "role", "elected_at")
    return held.order_by(F("role__rank").asc(nulls_last=True), "role__sort_key", "contact__sort_key", "pk")


def _homes_of(lent, day):
    """Return {number of the contact: organisations at which they have a role on the day}, the association itself left out."""
    found = defaultdict(list)
    people = [one.contact_id for one in lent]
    held = Affiliation.objects.on(day).filter(contact__in=people, organisation__is_own=False) if people else []
    for one in held.select_related("organisation").order_by("organisation__sort_key") if people else ():
        if one.organisation not in found[one.contact_id]:
            found[one.contact_id].append(one.organisation)
    return found


def _meetings(board):
    """The board meetings of the operating year."""
    year = board.year
    held = Activity.objects.active().not_cancelled()
    found = held.filter(kind=Activity.Kind.BOARD_MEETING, day__gte=year.first_day, day__lte=year.last_day)
    return [Meeting(activity) for activity in found.order_by("day", F("starts_at").asc(nulls_first=True), "pk")]


def _count_attendance(board):
    """Of the meetings up to the day of which it is known who came; a person counts once a meeting, for whatever organisation."""
    meetings = {one.activity.pk: one for one in board.meetings}
    how = Participation.How
    rank = Case(When(how=how.ATTENDED, then=Value(0)), default=Value(1), output_field=IntegerField())
    noted = Participation.objects.filter(activity__in=meetings, contact__isnull=False, how__in=[how.ATTENDED, how.STAYED_AWAY])
    came = {}
    for activity, contact, answer in noted.order_by(rank, "pk").values_list("activity", "contact", "how"):
        came.setdefault((activity, contact), answer == how.ATTENDED)
    for (activity, _contact), was_there in came.items():
        if was_there:
            meetings[activity].attended += 1
        else:
            meetings[activity].stayed_away += 1
    for mandate in board.mandates:
        since, until = mandate.affiliation.since, mandate.affiliation.until
        for meeting in board.meetings:
            day = meeting.activity.day
            if meeting.is_named and day <= board.day and (since is None or since <= day) and (until is None or day <= until):
                mandate.meetings += 1
                mandate.attended += came.get((meeting.activity.pk, mandate.affiliation.contact_id), False)


def _add_papers(board):
    """Those of the year's meetings beside them, and of the year those that belong to none; what holds for long, of all years."""
    meetings = {one.activity.pk: one for one in board.meetings}
    year = board.year
    for paper in BoardDocument.objects.select_related("meeting"):
        if paper.meeting_id in meetings:
            meetings[paper.meeting_id].documents.append(paper)
        elif paper.kind == BoardDocument.Kind.STATUTES or (paper.meeting_id is None and year.first_day <= paper.day <= year.last_day):
            board.papers.append(paper)


def save_mandate(mandate, *, acting_user):
    """Store a role at the association that a form has made or changed."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        if mandate.pk is None:
            mandate.confirmed_at, mandate.confirmed_by = timezone.localdate(), acting_user.get_full_name()[:150]
        mandate.save()
    return mandate
