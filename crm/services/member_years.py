"""What a member got for its fee in an operating year: counted from the rows of the register, each of which can be opened.

A member is the organisation with what belongs to it, two steps down: its learning centres and their units.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import (
    Activity,
    Affiliation,
    Contact,
    Course,
    Fee,
    Holding,
    Membership,
    Mobility,
    Organisation,
    Participation,
    Partner,
    Seat,
    SeatRequest,
)
from crm.pdf import make_pdf
from crm.services.association import association
from crm.services.fee_documents import on_paper
from crm.services.record_sections import units_of
from crm.services.rights import may_view


@dataclass
class Row:
    """One thing in words, and the record behind it, which the page leads to."""

    text: str
    note: str = ""
    record: object = None
    url: str = ""


@dataclass
class Part:
    """One kind of what a member got: a number, its meaning, and the rows that were counted."""

    key: str
    label: str
    number: int
    meaning: str
    rows: list = field(default_factory=list)


@dataclass
class MemberYear:
    organisation: Organisation
    year: object
    fees: list
    parts: list

    @property
    def shown_parts(self):
        return [part for part in self.parts if part.number]

    @property
    def empty_parts(self):
        return [part for part in self.parts if not part.number]


def member_year(organisation, year, user):
    """Return the MemberYear of an organisation, with the parts that somebody may see. A fixed number of queries."""
    asked = _Asked(organisation, year, user)
    fees = Fee.objects.of_members().filter(membership__organisation=organisation, year=year).with_standing()
    parts = [part for make in _PARTS if (part := make(asked))]
    return MemberYear(organisation, year, list(fees), parts)


class _Asked:
    def __init__(self, organisation, year, user):
        self.organisation, self.year, self.user = organisation, year, user
        self.units = list(units_of(organisation).values_list("pk", flat=True)) or [organisation.pk]

    def may_view(self, *models):
        return all(may_view(self.user, model) for model in models)

    def during(self, dated):
        return dated.during(self.year.first_day, self.year.last_day)

    def named(self, *people):
        """The names of people, for whoever may know them."""
        return ", ".join(str(one) for one in people if one) if self.may_view(Contact) else ""


def _people(asked):
    if not asked.may_view(Contact):
        return None
    held = asked.during(Affiliation.objects.filter(organisation__in=asked.units))
    held = held.filter(Q(contact__archived_at=None) | Q(contact__archived_at__date__gt=asked.year.first_day))
    rows = {}
    for one in held.select_related("contact", "organisation", "role").order_by("contact__sort_key", "contact", "pk"):
        label = ", ".join(filter(None, [one.label, str(one.organisation)]))
        rows.setdefault(one.contact_id, Row(str(one.contact), label, one.contact))
    meaning = ngettext("person in the contact list", "people in the contact list", len(rows))
    return Part("people", _("People"), len(rows), meaning, list(rows.values()))


def _networks(asked):
    if not asked.may_view(Seat):
        return None
    seats = asked.during(Seat.objects.filter(organisation__in=asked.units, network__archived_at=None))
    seats = seats.select_related("network", "contact", "organisation").order_by("network__sort_key", "pk")
    rows = [Row(str(one.network), asked.named(one.contact) or str(one.organisation), one.network) for one in seats]
    return Part("networks", _("Networks"), len(rows), ngettext("seat in a network", "seats in networks", len(rows)), rows)


def _of_the_member(asked):
    """Who took part for the member: the organisation, or a person who held a role there that day and was there for nobody else."""
    day = OuterRef("activity__day")
    held = Affiliation.objects.filter(
        Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day), contact=OuterRef("contact"), organisation__in=asked.units
    )
    took_part = Participation.objects.filter(how=Participation.How.ATTENDED)
    return took_part.filter(Q(organisation__in=asked.units) | (Q(organisation=None) & Exists(held)))


def _activities(asked):
    return Activity.objects.active().filter(day__range=(asked.year.first_day, asked.year.last_day))


def _activity_rows(activities):
    return [
        Row(str(one), f"{one.get_kind_display()}, {date_format(one.day, 'SHORT_DATE_FORMAT')}", one)
        for one in activities.order_by("day", "pk")
    ]


def _meetings(asked):
    if not asked.may_view(Activity):
        return None
    attended = _of_the_member(asked).order_by().values("activity")
    kinds = [Activity.Kind.MEETING, Activity.Kind.CONFERENCE, Activity.Kind.LECTURE, Activity.Kind.JOB_SHADOWING]
    rows = _activity_rows(_activities(asked).filter(pk__in=attended, kind__in=kinds))
    meaning = ngettext("meeting, conference or lecture attended", "meetings, conferences and lectures attended", len(rows))
    return Part("meetings", _("Meetings"), len(rows), meaning, rows)


def _visits(asked):
    """Visits to anybody in the member's municipality; without one, to the member itself."""
    if not asked.may_view(Activity):
        return None
    town = asked.organisation.municipality_id
    there = Q(organisation__municipality=town) if town else Q(organisation__in=asked.units)
    visited = Participation.objects.filter(there).order_by().values("activity")
    rows = _activity_rows(_activities(asked).filter(pk__in=visited, kind=Activity.Kind.VISIT))
    meaning = ngettext("visit in the municipality", "visits in the municipality", len(rows))
    return Part("visits", _("Visits"), len(rows), meaning, rows)


def _projects(asked):
    if not asked.may_view(Partner):
        return None
    partners = asked.during(Partner.objects.filter(organisation__in=asked.units, project__archived_at=None))
    rows = {}
    for one in partners.select_related("project", "organisation").order_by("project__sort_key", "pk"):
        rows.setdefault(one.project_id, Row(str(one.project), f"{one.get_kind_display()}, {one.organisation}", one.project))
    return Part("projects", _("Projects"), len(rows), ngettext("project", "projects", len(rows)), list(rows.values()))


def _mobilities(asked):
    if not asked.may_view(Mobility):
        return None
    journeys = Mobility.objects.active().carried_out().filter(sending__in=asked.units)
    journeys = journeys.filter(since__range=(asked.year.first_day, asked.year.last_day)).select_related("project", "receiving", "contact")
    rows = [
        Row(
            asked.named(one.contact) or one.get_kind_display(),
            ", ".join(filter(None, [date_format(one.since, "SHORT_DATE_FORMAT"), str(one.receiving or ""), str(one.project)])),
            one,
        )
        for one in journeys.order_by("since", "pk")
    ]
    return Part("mobilities", _("Mobilities"), len(rows), ngettext("journey abroad", "journeys abroad", len(rows)), rows)


def _licences(asked):
    if not asked.may_view(Holding):
        return None
    held = asked.during(Holding.objects.filter(organisation__in=asked.units, licence__archived_at=None))
    held = list(held.select_related("licence", "contact", "organisation").order_by("licence__sort_key", "pk"))
    value = sum((one.licence.value for one in held if one.licence.value), Decimal(0))
    meaning = ngettext("licence held", "licences held", len(held))
    if value:
        meaning = _("%(meaning)s, at list price SEK %(value)s a year") % {
            "meaning": meaning,
            "value": number_format(value, 0, force_grouping=True),
        }
    rows = [Row(str(one.licence), asked.named(one.contact) or str(one.organisation or ""), one.licence) for one in held]
    return Part("licences", _("Licences"), len(rows), meaning, rows)


def _courses(asked):
    """Seats that were confirmed in the courses of others."""
    if not asked.may_view(Course, SeatRequest):
        return None
    confirmed = SeatRequest.objects.filter(
        organisation__in=asked.units,
        state=SeatRequest.State.CONFIRMED,
        course__archived_at=None,
        course__since__range=(asked.year.first_day, asked.year.last_day),
    )
    confirmed = list(
        confirmed.exclude(course__state=Course.State.CANCELLED).select_related("course", "course__provider").order_by("course__since", "pk")
    )
    number = sum(one.seats for one in confirmed)
    rows = [
        Row(str(one.course), ngettext("%(number)s seat", "%(number)s seats", one.seats) % {"number": one.seats}, one.course)
        for one in confirmed
    ]
    return Part(
        "courses", _("Courses"), number, ngettext("seat in a course of another member", "seats in courses of other members", number), rows
    )


_PARTS = (_people, _networks, _meetings, _visits, _projects, _mobilities, _licences, _courses)

ON_PAPER = 30  # rows of one kind


def was_member(organisation, year):
    return Membership.objects.active().filter(organisation=organisation).during(year.first_day, year.last_day).exists()


def as_pdf(found):
    """The same as one document for the member."""
    data = {
        "association": on_paper(association()),
        "heading": _("What you got for your fee"),
        "member": f"{found.organisation}, {found.year}",
        "span": f"{date_format(found.year.first_day)} – {date_format(found.year.last_day)}",
        "words": {"what": _("What"), "number": _("Number")},
        "fees": [
            _("The fee for the year: SEK %(amount)s. %(state)s.")
            % {"amount": number_format(fee.amount, 0, force_grouping=True), "state": fee.state}
            for fee in found.fees
        ],
        "numbers": [[part.meaning, str(part.number)] for part in found.shown_parts],
        "empty": "" if found.shown_parts else _("The register holds nothing for this year."),
        "parts": [
            {
                "label": part.label,
                "rows": [[row.text, row.note] for row in part.rows[:ON_PAPER]],
                "more": _and_more(len(part.rows) - ON_PAPER),
            }
            for part in found.shown_parts
        ],
    }
    return make_pdf("member_year.typ", data, title=f"{data['heading']}: {data['member']}")


def _and_more(number):
    return ngettext("and %(number)s more", "and %(number)s more", number) % {"number": number} if number > 0 else ""
