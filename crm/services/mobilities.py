"""Mobilities and indicators on the pages of records."""

from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, Q, Sum, Value, When
from django.utils.translation import gettext as _

from crm.models import Contact, Evidence, Mobility, Organisation, Partner
from crm.services.burn_downs import burn_down
from crm.services.indicators import standings
from crm.services.record_sections import SHOWN
from crm.services.records import Section, register_section
from crm.services.timeline import register_stream
from crm.services.timeline_streams import DatedStream


@dataclass
class Row:
    """How many mobilities of one partner there are in which state, and how many of its places are left."""

    organisation: Organisation
    places: int | None
    states: dict
    numbers: list = field(default_factory=list)  # in the order of the states that occur in the project

    @property
    def total(self):
        return sum(self.states.values())

    @property
    def taken(self):
        """The places that are used, or planned to be. Who is granted a journey without a day has not begun to use one."""
        return sum(self.states.get(state, 0) for state in (*Mobility.CARRIED_OUT, Mobility.State.PLANNED))

    @property
    def left(self):
        return None if self.places is None else self.places - self.taken

    @property
    def quota(self):
        """What is left of its places, in words."""
        if self.left is None:
            return ""
        words = {"number": abs(self.left)}
        if self.left < 0:
            return _("%(number)s too many") % words
        return _("%(number)s left") % words if self.left else _("all taken")


def by_partner(project, day, role="sending"):
    """Return (the states that occur, a Row for each partner that sends or receives somebody, or may; those with most first).

    As of a day: whoever travelled later was planned at most.
    """
    later = Case(
        When(state__in=Mobility.CARRIED_OUT, since__gt=day, then=Value(Mobility.State.PLANNED)), default="state", output_field=CharField()
    )
    found = Mobility.objects.active().filter(project=project).exclude(**{role: None}).annotate(then=later).order_by()
    numbers = {}
    for organisation, state, number in found.values_list(role, "then").annotate(number=Count("pk")):
        numbers.setdefault(organisation, {})[state] = number
    states = [state for state in Mobility.State if any(state in of_partner for of_partner in numbers.values())]
    places = places_of(project, role)
    organisations = Organisation.objects.in_bulk(numbers.keys() | places.keys())
    rows = []
    for pk, organisation in organisations.items():
        of_partner = numbers.get(pk, {})
        rows.append(Row(organisation, places.get(pk), of_partner, [of_partner.get(state, 0) for state in states]))
    return states, sorted(rows, key=lambda row: (-row.total, row.organisation.sort_key))


def places_of(project, role="sending"):
    """Return {organisation: places}. A receiving partner has its places for those who come, any other for those it sends."""
    receives = Q(kind=Partner.Kind.RECEIVING)
    partners = project.partners.exclude(places=None).filter(receives if role == "receiving" else ~receives)
    return dict(partners.order_by().values_list("organisation").annotate(sum=Sum("places")))


def quota_sentences(project, rows):
    """Yield whether the places of the partners are as many as the funder has granted, and who takes too many."""
    distributed = sum(row.places or 0 for row in rows)
    granted = project.granted_places
    if granted is not None and distributed:
        words = {"distributed": distributed, "granted": granted, "number": abs(granted - distributed)}
        if distributed == granted:
            yield _("All %(granted)s places that are granted are distributed among the partners.") % words
        elif distributed < granted:
            yield _("%(distributed)s of the %(granted)s places that are granted are distributed; %(number)s are left to give.") % words
        else:
            yield _("%(distributed)s places are distributed, %(number)s more than the %(granted)s that are granted.") % words
    over = [row for row in rows if row.left is not None and row.left < 0]
    if over:
        names = ", ".join(f"{row.organisation} ({-row.left})" for row in over)
        yield _("More journeys than places: %(names)s.") % {"names": names}


@register_section(of=("project",))
def indicators(about):
    found = standings(about.record, about.record.last_day(about.day))
    if not found:
        return None
    values = {
        "standings": found,
        "may_add": about.user.has_perm("crm.add_evidence"),
        "may_change": about.user.has_perm("crm.change_evidence"),
    }
    if not about.may_view(Evidence):
        for one in found:
            one.evidence = []
    return Section("indicators", _("Indicators"), "order", 10, "admin/register/record_indicators.html", values)


@register_section(of=("project",))
def mobilities(about):
    if not about.may_view(Mobility):
        return None
    states, rows = by_partner(about.record, about.day)
    rule = burn_down(about.record, about.day)
    if not rows and not rule:
        return None
    arriving_states, arriving = by_partner(about.record, about.day, "receiving")
    values = {
        "rule": rule,
        "sentences": list(quota_sentences(about.record, rows)),
        "tables": [
            table_of(_("Mobilities by sending partner"), _("Sending partner"), "sending", states, rows),
            table_of(_("Mobilities by receiving partner"), _("Receiving partner"), "receiving", arriving_states, arriving),
        ],
        "may_add": about.user.has_perm("crm.add_mobility"),
    }
    total = sum(row.total for row in rows)
    return Section("mobilities", _("Mobilities"), "globe", 14, "admin/register/record_mobilities.html", values, count=total)


def table_of(caption, partner, role, states, rows):
    return {
        "caption": caption,
        "partner": partner,
        "role": role,
        "labels": [state.label for state in states],
        "rows": rows,
        "has_places": any(row.places is not None for row in rows),
        "places": sum(row.places or 0 for row in rows),
        "sums": [sum(numbers) for numbers in zip(*(row.numbers for row in rows), strict=True)],
        "left": sum(row.left for row in rows if row.left is not None),
        "total": sum(row.total for row in rows),
    }


@register_section()
def journeys(about):
    """A person's own, and those that an organisation sends or receives."""
    if not about.may_view(Mobility):
        return None
    whose = Q(contact=about.record) if about.is_contact else Q(sending=about.record) | Q(receiving=about.record)
    found = Mobility.objects.active().filter(whose)
    found = list(found.select_related("project", "contact", "sending", "receiving")[: SHOWN + 1])
    if not found:
        return None
    values = {"mobilities": found[:SHOWN], "are_more": len(found) > SHOWN}
    return Section("mobilities", _("Mobilities"), "globe", 38, "admin/register/record_journeys.html", values)


# In the timeline


class MobilityStream(DatedStream):
    """The journeys that took place: of a person, and those that an organisation has sent or received."""

    icon = "globe"
    role = "contact"

    def is_for(self, about):
        return about.may_view(Mobility)

    def dated(self, about):
        carried_out = Mobility.objects.active().carried_out().filter(**{self.role: about.record})
        return carried_out.select_related("project", "contact", "sending", "receiving")

    def words(self, about, one):
        named = one.contact is None or about.is_contact or about.may_view(Contact)
        return {
            "name": one if named else one.get_kind_display(),
            "project": one.project,
            "from": one.sending,
            "to": one.receiving or _("abroad"),
        }


@register_stream
class MobilityOfContact(MobilityStream):
    of = ("contact",)
    key, moment = "mobility-of-contact", "since"

    def sentence(self, about, one):
        return _("Travelled to %(to)s within the project %(project)s") % self.words(about, one)


@register_stream
class MobilitySent(MobilityStream):
    of = ("organisation",)
    key, moment, role = "mobility-sent", "since", "sending"

    def sentence(self, about, one):
        return _("%(name)s travelled to %(to)s within the project %(project)s") % self.words(about, one)


@register_stream
class MobilityReceived(MobilityStream):
    of = ("organisation",)
    key, moment, role = "mobility-received", "since", "receiving"

    def sentence(self, about, one):
        return _("%(name)s came from %(from)s within the project %(project)s") % self.words(about, one)
