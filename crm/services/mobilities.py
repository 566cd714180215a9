"""Mobilities and indicators on the pages of records."""

from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _

from crm.models import Mobility, Organisation
from crm.services.indicators import standings
from crm.services.record_sections import SHOWN
from crm.services.records import Section, register_section


@dataclass
class Row:
    """How many mobilities of one sending partner there are in which state."""

    organisation: Organisation
    places: int | None
    numbers: list = field(default_factory=list)

    @property
    def total(self):
        return sum(self.numbers)


def by_sending_partner(project):
    """Return (the states that occur, a Row for each organisation that sends, or may send, somebody; those who send most first)."""
    counted = Mobility.objects.active().filter(project=project).order_by().values_list("sending", "state")
    numbers = {}
    for sending, state, number in counted.annotate(number=Count("pk")):
        numbers.setdefault(sending, {})[state] = number
    states = [state for state in Mobility.State if any(state in of_partner for of_partner in numbers.values())]
    places = {}
    for partner in project.partners.exclude(places=None):
        places[partner.organisation_id] = places.get(partner.organisation_id, 0) + partner.places
    organisations = Organisation.objects.in_bulk(numbers.keys() | places.keys())
    rows = [
        Row(organisation, places.get(pk), [numbers.get(pk, {}).get(state, 0) for state in states])
        for pk, organisation in organisations.items()
    ]
    return states, sorted(rows, key=lambda row: (-row.total, row.organisation.sort_key))


@register_section(of=("project",))
def indicators(about):
    found = standings(about.record, about.record.last_day(about.today))
    if not found:
        return None
    return Section("indicators", _("Indicators"), "order", 10, "admin/register/record_indicators.html", {"standings": found})


@register_section(of=("project",))
def mobilities(about):
    if not about.may_view(Mobility):
        return None
    states, rows = by_sending_partner(about.record)
    if not rows:
        return None
    total = sum(row.total for row in rows)
    values = {
        "labels": [state.label for state in states],
        "rows": rows,
        "sums": [sum(numbers) for numbers in zip(*(row.numbers for row in rows), strict=True)],
        "places": sum(row.places or 0 for row in rows),
        "total": total,
        "may_add": about.user.has_perm("crm.add_mobility"),
    }
    return Section("mobilities", _("Mobilities"), "globe", 38, "admin/register/record_mobilities.html", values, count=total)


@register_section()
def journeys(about):
    """A person's own, and those of an organisation's people."""
    if not about.may_view(Mobility):
        return None
    found = Mobility.objects.active().filter(**{"contact" if about.is_contact else "sending": about.record})
    found = list(found.select_related("project", "contact", "receiving")[: SHOWN + 1])
    if not found:
        return None
    values = {"mobilities": found[:SHOWN], "are_more": len(found) > SHOWN}
    return Section("mobilities", _("Mobilities"), "globe", 38, "admin/register/record_journeys.html", values)
