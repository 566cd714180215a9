from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.registry import exportable
from crm.exporting.values import country, word
from crm.filters.mobilities import MobilityFilterSet
from crm.models import Mobility


class MobilityChunk(Chunk):
    @cached_property
    def mobilities(self):
        return self.load(Mobility.objects.select_related("project", "sending", "receiving", "contact"))

    @cached_property
    def points(self):
        return points_of("contact", {mobility.contact_id for mobility in self.mobilities} - {None})


class MobilityRow:
    __slots__ = ("chunk", "mobility")

    def __init__(self, chunk, mobility):
        self.chunk, self.mobility = chunk, mobility

    @property
    def contact(self):
        return self.mobility.contact

    @property
    def points(self):
        return self.chunk.points[self.mobility.contact_id] if self.contact else ()


@exportable
class MobilityExport(Exportable):
    kind = "mobilities"
    title = _("Mobilities")
    model = Mobility
    filterset_class = MobilityFilterSet
    chunk_class = MobilityChunk
    groups = (
        Group(
            _("Mobility"),
            [
                Field("project", _("Project"), lambda row: row.mobility.project.name),
                Field("participant", _("Who travels"), lambda row: row.mobility.participant),
                Field("mobility_kind", _("Kind of mobility"), lambda row: word(Mobility.Kind, row.mobility.kind)),
                Field("state", _("State"), lambda row: word(Mobility.State, row.mobility.state)),
                Field("sending", _("Sending partner"), lambda row: row.mobility.sending.name),
                Field("receiving", _("Receiving partner"), lambda row: row.mobility.receiving and row.mobility.receiving.name),
                more("country", _("Country"), lambda row: row.mobility.receiving and country(row.mobility.receiving.country)),
                Field("since", _("From"), lambda row: row.mobility.since),
                Field("until", _("Until"), lambda row: row.mobility.until),
                Field("note", _("Note"), lambda row: row.mobility.note),
                more("archived_on", _("Archived"), lambda row: day_of(row.mobility.archived_at)),
            ],
        ),
        Group(
            _("Contact"),
            [
                Field("first_name", _("First name"), lambda row: row.contact and row.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.contact and row.contact.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
            ],
        ),
    )

    def rows(self, chunk):
        return [MobilityRow(chunk, mobility) for mobility in chunk.mobilities]
