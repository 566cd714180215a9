from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.needs import NeedFilterSet
from crm.models import Need
from crm.training import Area, Level, Sector


class NeedChunk(Chunk):
    @cached_property
    def needs(self):
        found = Need.objects.select_related("organisation__municipality", "contact", "activity", "municipality")
        return self.load(found.prefetch_related("matches__course"))


class NeedRow:
    __slots__ = ("need",)

    def __init__(self, need):
        self.need = need

    @property
    def number(self):
        return self.need.pk

    @property
    def organisation(self):
        return self.need.organisation

    @property
    def municipality(self):
        found = self.need.whose_municipality
        return found and found.name

    @property
    def subregion(self):
        found = self.need.whose_municipality
        return found and found.subregion

    @property
    def courses(self):
        return ", ".join(str(match.course) for match in self.need.matches.all())


def of_need(name):
    return lambda row: getattr(row.need, name)


@exportable
class NeedExport(Exportable):
    kind = "needs"
    title = _("Training needs")
    model = Need
    filterset_class = NeedFilterSet
    chunk_class = NeedChunk
    groups = (
        Group(
            _("Training need"),
            [
                Field("company", _("Company"), lambda row: row.need.company),
                Field(
                    "company_number",
                    _("Organisation number"),
                    lambda row: row.organisation.organisation_number if row.organisation else row.need.company_number,
                ),
                Field("municipality", _("Municipality"), lambda row: row.municipality),
                more("subregion", _("Sub-region"), lambda row: row.subregion),
                Field("sector", _("Sector"), lambda row: word(Sector, row.need.sector)),
                Field("area", _("Area of education"), lambda row: word(Area, row.need.area)),
                Field("level", _("SeQF level"), lambda row: word(Level, row.need.level)),
                Field("people", _("People"), of_need("people")),
                Field("when", _("When"), of_need("when")),
                Field("since", _("From"), of_need("since")),
                Field("until", _("Until"), of_need("until")),
                Field("text", _("What is needed"), of_need("text")),
                Field("state", _("State"), lambda row: word(Need.State, row.need.state)),
                Field("source", _("Source"), lambda row: word(Need.Source, row.need.source)),
                Field("received_on", _("Received"), of_need("received_on")),
                Field("contact_name", _("Contact"), lambda row: row.need.contact.name if row.need.contact else row.need.contact_name),
                more("contact_email", _("E-mail, as written"), of_need("contact_email")),
                more("contact_phone", _("Phone, as written"), of_need("contact_phone")),
                more("as_said", _("Other words for it"), of_need("as_said")),
                more("answer_id", _("Number of the answer"), of_need("answer_id")),
                more("courses", _("Matched to courses"), lambda row: row.courses),
                more("activity", _("Activity"), lambda row: row.need.activity and str(row.need.activity)),
                more("archived_on", _("Archived"), lambda row: day_of(row.need.archived_at)),
            ],
        ),
    )

    def rows(self, chunk):
        return [NeedRow(need) for need in chunk.needs]
