"""Projects, and in files of their own the organisations and the people in them."""

from collections import defaultdict
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.projects import ProjectFilterSet
from crm.models import Partner, Project, ProjectRole
from crm.services.bulk import among


class ProjectChunk(Chunk):
    def in_projects(self, lines):
        return lines.all() if self.everything else lines.in_projects_on(self.day)

    @cached_property
    def partners(self):
        """{number of the project: names of its partners}."""
        found = defaultdict(list)
        partners = self.in_projects(Partner.objects).filter(project__in=among(self.numbers, "bigint"))
        for number, name in partners.order_by("organisation__sort_key", "pk").values_list("project", "organisation__name"):
            found[number].append(name)
        return found

    @cached_property
    def people(self):
        """{number of the project: [“Anna Berg, coordinator”]}."""
        found = defaultdict(list)
        roles = self.in_projects(ProjectRole.objects).filter(project__in=among(self.numbers, "bigint"))
        for role in roles.select_related("contact").order_by("contact__sort_key", "pk"):
            found[role.project_id].append(", ".join(filter(None, [str(role.contact), role.title])))
        return found


class ProjectRow:
    __slots__ = ("chunk", "number", "record")

    def __init__(self, chunk, record):
        self.chunk, self.record, self.number = chunk, record, record.pk

    @property
    def partners(self):
        return list(dict.fromkeys(self.chunk.partners[self.number]))

    @property
    def people(self):
        return list(dict.fromkeys(self.chunk.people[self.number]))


@exportable
class ProjectExport(Exportable):
    kind = "projects"
    title = _("Projects")
    model = Project
    filterset_class = ProjectFilterSet
    chunk_class = ProjectChunk
    groups = (
        Group(
            _("Project"),
            [
                Field("name", _("Project"), lambda row: row.record.name),
                Field("short_name", _("Short name"), lambda row: row.record.short_name),
                Field("state", _("State"), lambda row: word(Project.State, row.record.state)),
                Field("since", _("From"), lambda row: row.record.since),
                Field("until", _("Until"), lambda row: row.record.until),
                Field("description", _("Description"), lambda row: row.record.description),
                more("archived_on", _("Archived"), lambda row: day_of(row.record.archived_at)),
            ],
        ),
        Group(
            _("Funding"),
            [
                Field("programme", _("Programme"), lambda row: row.record.programme),
                Field("project_number", _("Project number"), lambda row: row.record.project_number),
                Field("funder", _("Funder"), lambda row: row.record.funder and row.record.funder.name),
                Field("lead", _("Lead organisation"), lambda row: row.record.lead and row.record.lead.name),
                Field("budget", _("Budget (SEK)"), lambda row: row.record.budget),
                Field("granted_places", _("Places granted"), lambda row: row.record.granted_places),
            ],
        ),
        Group(
            _("Who is in it"),
            [
                more("partner_count", _("Number of partners"), lambda row: len(row.partners)),
                more("partners", _("Partners"), lambda row: "; ".join(row.partners)),
                more("people", _("People"), lambda row: "; ".join(row.people)),
            ],
        ),
    )

    def rows(self, chunk):
        return [ProjectRow(chunk, record) for record in chunk.load(Project.objects.select_related("funder", "lead"))]


@exportable
class PartnerExport(Exportable):
    kind = "project_partners"
    title = _("Organisations in projects")
    model = Partner
    groups = (
        Group(
            _("Partner"),
            [
                Field("project", _("Project"), lambda partner: partner.project.name),
                Field("organisation", _("Organisation"), lambda partner: partner.organisation.name),
                Field("partner_kind", _("Kind of partner"), lambda partner: word(Partner.Kind, partner.kind)),
                Field("places", _("Places"), lambda partner: partner.places),
                Field("since", _("From"), lambda partner: partner.since),
                Field("until", _("Until"), lambda partner: partner.until),
                Field("note", _("Note"), lambda partner: partner.note),
            ],
        ),
    )

    def rows(self, chunk):
        return chunk.load(Partner.objects.select_related("project", "organisation"))


class PeopleChunk(Chunk):
    @cached_property
    def roles(self):
        return self.load(ProjectRole.objects.select_related("project", "contact", "organisation"))

    @cached_property
    def points(self):
        return points_of("contact", {role.contact_id for role in self.roles})


class PersonRow:
    __slots__ = ("chunk", "role")

    def __init__(self, chunk, role):
        self.chunk, self.role = chunk, role

    @property
    def points(self):
        return self.chunk.points[self.role.contact_id]


@exportable
class ProjectRoleExport(Exportable):
    kind = "project_people"
    title = _("People in projects")
    model = ProjectRole
    chunk_class = PeopleChunk
    groups = (
        Group(
            _("Role in a project"),
            [
                Field("project", _("Project"), lambda row: row.role.project.name),
                Field("first_name", _("First name"), lambda row: row.role.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.role.contact.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                Field("organisation", _("Organisation"), lambda row: row.role.organisation and row.role.organisation.name),
                Field("title", _("Role"), lambda row: row.role.title),
                Field("since", _("From"), lambda row: row.role.since),
                Field("until", _("Until"), lambda row: row.role.until),
            ],
        ),
    )

    def rows(self, chunk):
        return [PersonRow(chunk, role) for role in chunk.roles]
