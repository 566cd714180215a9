from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.licences import LicenceFilterSet
from crm.models import Licence


class LicenceChunk(Chunk):
    @cached_property
    def licences(self):
        return self.load(Licence.objects.with_seats(self.day).select_related("supplier"))


class LicenceRow:
    __slots__ = ("licence",)

    def __init__(self, licence):
        self.licence = licence

    @property
    def number(self):
        return self.licence.pk


def of_licence(name):
    return lambda row: getattr(row.licence, name)


@exportable
class LicenceExport(Exportable):
    kind = "licences"
    title = _("Licences")
    model = Licence
    filterset_class = LicenceFilterSet
    chunk_class = LicenceChunk
    groups = (
        Group(
            _("Licence"),
            [
                Field("name", _("Licence"), of_licence("name")),
                Field("kind", _("Kind of licence"), lambda row: word(Licence.Kind, row.licence.kind)),
                Field("supplier", _("Supplier"), lambda row: row.licence.supplier and row.licence.supplier.name),
                Field("seats", _("Seats"), of_licence("seats")),
                Field("held", _("Held"), of_licence("held")),
                Field("free", _("Free"), of_licence("free")),
                Field("price", _("Price (SEK)"), of_licence("price")),
                Field("value", _("Value (SEK)"), of_licence("value")),
                Field("since", _("From"), of_licence("since")),
                Field("until", _("Until"), of_licence("until")),
                more("expected_at_members", _("Every member should have one"), of_licence("expected_at_members")),
                more("description", _("Description"), of_licence("description")),
                more("note", _("Note"), of_licence("note")),
                more("archived_on", _("Archived"), lambda row: day_of(row.licence.archived_at)),
            ],
        ),
    )

    def rows(self, chunk):
        return [LicenceRow(licence) for licence in chunk.licences]
