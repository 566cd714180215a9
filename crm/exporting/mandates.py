from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group
from crm.exporting.registry import exportable
from crm.models import Affiliation


class MandateChunk(Chunk):
    @cached_property
    def mandates(self):
        return self.load(Affiliation.objects.select_related("contact", "role", "elected_at"))

    @cached_property
    def points(self):
        return points_of("contact", {mandate.contact_id for mandate in self.mandates})


class MandateRow:
    __slots__ = ("chunk", "mandate")

    def __init__(self, chunk, mandate):
        self.chunk, self.mandate = chunk, mandate

    @property
    def points(self):
        return self.chunk.points[self.mandate.contact_id]


def of_mandate(name):
    return lambda row: getattr(row.mandate, name)


@exportable
class MandateExport(Exportable):
    kind = "mandates"
    title = _("Board and office")
    model = Affiliation
    chunk_class = MandateChunk
    groups = (
        Group(
            _("Mandate"),
            [
                Field("first_name", _("First name"), lambda row: row.mandate.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.mandate.contact.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                Field("role", _("Role"), lambda row: row.mandate.role.name),
                Field("title", _("Title"), of_mandate("title")),
                Field("since", _("From"), of_mandate("since")),
                Field("until", _("Until"), of_mandate("until")),
                Field("term_until", _("Elected until"), of_mandate("term_until")),
                Field("elected_at", _("Elected at"), lambda row: row.mandate.elected_at and row.mandate.elected_at.day),
                Field("percent", _("Percentage of full time"), of_mandate("percent")),
            ],
        ),
    )

    def everything(self):
        return Affiliation.objects.at_association().order_by("pk")

    def rows(self, chunk):
        return [MandateRow(chunk, mandate) for mandate in chunk.mandates]
