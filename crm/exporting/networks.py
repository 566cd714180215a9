"""Networks: a row for each seat, and one for a network that has none."""

from collections import defaultdict
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, MOBILE, PHONE, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import OrganisationChunk, OrganisationExport, OrganisationRow, day_of
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.networks import NetworkFilterSet
from crm.models import Network, Seat
from crm.services.bulk import among


class NetworkChunk(Chunk):
    @cached_property
    def networks(self):
        return self.load(Network.objects.all())

    @cached_property
    def seats(self):
        """{number of the network: seats}, those of the day that is asked for, else those of all times."""
        found = defaultdict(list)
        seats = Seat.objects.on(self.asked_day) if self.asked_day else Seat.objects.all()
        for seat in seats.filter(network__in=among(self.numbers, "bigint")).select_related("contact").order_by("pk"):
            found[seat.network_id].append(seat)
        return found

    @cached_property
    def organisations(self):
        numbers = {seat.organisation_id for seats in self.seats.values() for seat in seats} - {None}
        chunk = OrganisationChunk(sorted(numbers), self.asked_day)
        return {number: OrganisationRow(chunk, record) for number, record in chunk.records.items()}

    @cached_property
    def points(self):
        return points_of("contact", {seat.contact_id for seats in self.seats.values() for seat in seats} - {None})


class SeatRow:
    __slots__ = ("chunk", "network", "seat")

    def __init__(self, chunk, network, seat):
        self.chunk, self.network, self.seat = chunk, network, seat

    @property
    def number(self):
        return self.network.pk

    @property
    def organisation(self):
        return self.chunk.organisations.get(self.seat.organisation_id) if self.seat else None

    @property
    def contact(self):
        return self.seat.contact if self.seat else None

    @property
    def points(self):
        return self.chunk.points[self.seat.contact_id] if self.contact else ()


def of_organisation(key, label):
    value = OrganisationExport().fields[key].value
    return more(f"organisation_{key}", label, lambda row: value(row.organisation) if row.organisation else None)


@exportable
class NetworkExport(Exportable):
    kind = "networks"
    title = _("Networks and seats")
    model = Network
    filterset_class = NetworkFilterSet
    rows_note = _("A network has a row for each seat.")
    chunk_class = NetworkChunk
    groups = (
        Group(
            _("Network"),
            [
                Field("network", _("Network"), lambda row: row.network.name),
                Field("network_kind", _("Kind of network"), lambda row: word(Network.Kind, row.network.kind)),
                more("description", _("Description"), lambda row: row.network.description),
                more("archived_on", _("Archived"), lambda row: day_of(row.network.archived_at)),
            ],
        ),
        Group(
            _("Seat"),
            [
                Field("organisation", _("Organisation"), lambda row: row.organisation and row.organisation.record.name),
                Field("first_name", _("First name"), lambda row: row.contact and row.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.contact and row.contact.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                more("mobile", _("Mobile"), lambda row: best(row.points, MOBILE)),
                more("phone", _("Phone"), lambda row: best(row.points, PHONE)),
                Field("since", _("From"), lambda row: row.seat and row.seat.since),
                Field("until", _("Until"), lambda row: row.seat and row.seat.until),
            ],
        ),
        Group(
            _("Organisation"),
            [
                of_organisation("kind", _("Kind of organisation")),
                of_organisation("municipality", _("Municipality")),
                of_organisation("subregion", _("Sub-region")),
                of_organisation("email", _("E-mail of the organisation")),
            ],
        ),
    )

    def rows(self, chunk):
        return [SeatRow(chunk, network, seat) for network in chunk.networks for seat in chunk.seats.get(network.pk) or [None]]
