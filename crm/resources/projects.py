"""Projects; and in files of their own the organisations and the people in them, one row for each."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Organisation, Partner, Project, ProjectRole
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.people import person_of
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, EmailWidget, LongTextWidget, MoneyWidget, RecordWidget, WholeNumberWidget

PROJECT_MISSING = _("There is no project called “%(value)s”. Import or add it first.")


class ProjectWidget(RecordWidget):
    """A project by its name or its short name."""

    @cached_property
    def _by_name(self):
        records = {}
        for project in Project.objects.all():
            for name in {project.name.casefold(), project.short_name.casefold()} - {""}:
                records.setdefault(name, []).append(project)
        return records


def project_column():
    widget = ProjectWidget(Project, PROJECT_MISSING, archived=True)
    return Column("project", _("Project"), "Projekt", "Projektnamn", widget=widget, required=True)


def organisation_column(*, required):
    widget = RecordWidget(Organisation, ORGANISATION_MISSING, archived=True)
    return Column("organisation", _("Organisation"), widget=widget, required=required)


@importer
class ProjectResource(RegisterResource):
    kind = "projects"
    title = _("Projects")

    name = Column("name", _("Project"), "Projektnamn", "Namn", "Name", required=True)
    short_name = Column("short_name", _("Short name"), "Kortnamn", "Förkortning")
    state = Column("state", _("State"), "Läge", "Status", widget=ChoiceWidget(Project.State))
    programme = Column("programme", _("Programme"), "Program")
    project_number = Column("project_number", _("Project number"), "Projektnummer", "Diarienummer", "Projektnr")
    funder = Column("funder", _("Funder"), "Finansiär", widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True))
    lead = Column(
        "lead", _("Lead organisation"), "Projektägare", "Samordnare", widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True)
    )
    since = Column("since", _("From"), "Från", "Start", "Startdatum", widget=DayWidget())
    until = Column("until", _("Until"), "Till", "Slut", "Slutdatum", widget=DayWidget())
    budget = Column("budget", _("Budget (SEK)"), "Budget", widget=MoneyWidget())
    granted_places = Column("granted_places", _("Places granted"), "Beviljade platser", "Beviljat antal", widget=WholeNumberWidget())
    description = Column("description", _("Description"), "Beskrivning", widget=LongTextWidget())

    class Meta(RegisterResource.Meta):
        model = Project
        fields = (
            "name", "short_name", "state", "programme", "project_number", "funder", "lead", "since", "until", "budget",
            "granted_places", "description",
        )  # fmt: skip

    def find(self, values):
        """By its name; by its short name where the file gives a project a longer one than the register."""
        found = Project.objects.filter(name=values["name"]).first()
        if found is None and "short_name" in values:
            found = Project.objects.filter(short_name=values["short_name"]).first()
        return found


class LineResource(RegisterResource):
    """What a project is made of, known by its day of beginning where there are several."""

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        if "organisation" in self.values and self.values["organisation"].is_archived and "until" not in self.values:
            message = gettext("“%(value)s” is archived. Restore it first, or say until when it was in the project.")
            raise ValidationError({str(self.columns["organisation"].label): message % {"value": self.values["organisation"]}})

    def find(self, values):
        lines = self.lines(values)
        return lines.filter(since=values.get("since")).first() or (lines.first() if "since" not in values else None)

    def lines(self, values):
        """Return the lines of the project that are about the same."""
        raise NotImplementedError

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        instance.clean()


@importer
class PartnerResource(LineResource):
    kind = "project_partners"
    title = _("Organisations in projects")

    project = project_column()
    organisation = organisation_column(required=True)
    partner_kind = Column("kind", _("Kind of partner"), "Typ", "Partnertyp", widget=ChoiceWidget(Partner.Kind))
    places = Column("places", _("Places"), "Platser", "Antal platser", widget=WholeNumberWidget())
    since = Column("since", _("From"), "Från", "Med från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", "Med till", widget=DayWidget())
    note = Column("note", _("Note"), "Anteckning")

    class Meta(RegisterResource.Meta):
        model = Partner
        fields = ("project", "organisation", "partner_kind", "places", "since", "until", "note")

    def lines(self, values):
        return Partner.objects.filter(project=values["project"], organisation=values["organisation"])


@importer
class ProjectRoleResource(LineResource):
    kind = "project_people"
    title = _("People in projects")

    project = project_column()
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    organisation = organisation_column(required=False)
    role_title = Column("title", _("Role"), "Roll", "Projektroll")
    since = Column("since", _("From"), "Från", "Med från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", "Med till", widget=DayWidget())

    class Meta(RegisterResource.Meta):
        model = ProjectRole
        fields = ("project", "first_name", "last_name", "email", "organisation", "role_title", "since", "until")

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.contact_found = person_of(self.values)
        if self.contact_found is None:
            raise ValidationError(gettext("The row names no person."))

    def lines(self, values):
        return ProjectRole.objects.filter(project=values["project"], contact=self.contact_found)

    def related_changes(self, role):
        return [] if role.pk else [(gettext("Contact"), "", str(self.contact_found))]

    def before_save_instance(self, instance, row, **kwargs):
        instance.contact = self.contact_found
