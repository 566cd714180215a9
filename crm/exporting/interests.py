from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.registry import exportable
from crm.filters.interests import InterestFilterSet
from crm.models import Interest


class InterestChunk(Chunk):
    @cached_property
    def interests(self):
        return self.load(Interest.objects.select_related("project", "organisation__municipality", "contact"))

    @cached_property
    def points(self):
        return points_of("contact", {interest.contact_id for interest in self.interests} - {None})


class InterestRow:
    __slots__ = ("chunk", "interest")

    def __init__(self, chunk, interest):
        self.chunk, self.interest = chunk, interest

    @property
    def number(self):
        return self.interest.pk

    @property
    def contact(self):
        return self.interest.contact

    @property
    def municipality(self):
        return self.interest.organisation.municipality

    @property
    def points(self):
        return self.chunk.points[self.interest.contact_id] if self.contact else ()


@exportable
class InterestExport(Exportable):
    kind = "interests"
    title = _("Interests in projects")
    model = Interest
    filterset_class = InterestFilterSet
    chunk_class = InterestChunk
    groups = (
        Group(
            _("Interest"),
            [
                Field("project", _("Project"), lambda row: row.interest.project.name),
                Field("organisation", _("Organisation"), lambda row: row.interest.organisation.name),
                Field("organisation_number", _("Organisation number"), lambda row: row.interest.organisation.organisation_number),
                Field("municipality", _("Municipality"), lambda row: row.municipality and row.municipality.name),
                more("subregion", _("Sub-region"), lambda row: row.municipality and row.municipality.subregion),
                Field("day", _("Day"), lambda row: row.interest.day),
                Field("first_name", _("First name"), lambda row: row.contact and row.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.contact and row.contact.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                Field("note", _("Note"), lambda row: row.interest.note),
            ],
        ),
    )

    def rows(self, chunk):
        return [InterestRow(chunk, interest) for interest in chunk.interests]
