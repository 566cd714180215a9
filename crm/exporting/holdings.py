from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, MOBILE, PHONE, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import OrganisationChunk, OrganisationExport, OrganisationRow
from crm.exporting.registry import exportable
from crm.filters.holdings import HoldingFilterSet
from crm.models import Holding


class HoldingChunk(Chunk):
    @cached_property
    def holdings(self):
        return self.load(Holding.objects.select_related("licence", "contact"))

    @cached_property
    def organisations(self):
        chunk = OrganisationChunk(sorted({holding.organisation_id for holding in self.holdings} - {None}), self.asked_day)
        return {number: OrganisationRow(chunk, record) for number, record in chunk.records.items()}

    @cached_property
    def points(self):
        return points_of("contact", {holding.contact_id for holding in self.holdings} - {None})


class HoldingRow:
    __slots__ = ("chunk", "holding")

    def __init__(self, chunk, holding):
        self.chunk, self.holding = chunk, holding

    @property
    def number(self):
        return self.holding.pk

    @property
    def contact(self):
        return self.holding.contact

    @property
    def organisation(self):
        return self.chunk.organisations.get(self.holding.organisation_id)

    @property
    def points(self):
        return self.chunk.points[self.holding.contact_id] if self.contact else ()


def of_holding(name):
    return lambda row: getattr(row.holding, name)


def of_organisation(key, label):
    value = OrganisationExport().fields[key].value
    return more(f"organisation_{key}", label, lambda row: value(row.organisation) if row.organisation else None)


@exportable
class HoldingExport(Exportable):
    kind = "holdings"
    title = _("Licence holdings")
    model = Holding
    filterset_class = HoldingFilterSet
    chunk_class = HoldingChunk
    groups = (
        Group(
            _("Holding"),
            [
                Field("licence", _("Licence"), lambda row: row.holding.licence.name),
                Field("organisation", _("Organisation"), lambda row: row.organisation and row.organisation.record.name),
                Field("first_name", _("First name"), lambda row: row.contact and row.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.contact and row.contact.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                more("mobile", _("Mobile"), lambda row: best(row.points, MOBILE)),
                more("phone", _("Phone"), lambda row: best(row.points, PHONE)),
                Field("since", _("From"), of_holding("since")),
                Field("until", _("Until"), of_holding("until")),
                Field("confirmed_at", _("Confirmed"), of_holding("confirmed_at")),
                more("confirmed_by", _("Confirmed by"), of_holding("confirmed_by")),
                more("note", _("Note"), of_holding("note")),
                more("value", _("Value (SEK)"), lambda row: row.holding.licence.value),
            ],
        ),
        Group(
            _("Organisation"),
            [
                of_organisation("kind", _("Kind of organisation")),
                of_organisation("municipality", _("Municipality")),
                of_organisation("subregion", _("Sub-region")),
            ],
        ),
    )

    def rows(self, chunk):
        return [HoldingRow(chunk, holding) for holding in chunk.holdings]
