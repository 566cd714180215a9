"""Interests in projects: an organisation each, which is added as a company when the register does not have it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Interest, Municipality
from crm.resources.base import Column, RegisterResource
from crm.resources.companies import company_of, is_new
from crm.resources.organisations import OrganisationNumberWidget
from crm.resources.people import person_of
from crm.resources.projects import project_column
from crm.resources.registry import importer
from crm.resources.widgets import DayWidget, EmailWidget, RecordWidget


@importer
class InterestResource(RegisterResource):
    kind = "interests"
    title = _("Interests in projects")
    permissions = ("crm.add_organisation",)

    project = project_column()
    organisation = Column("organisation", _("Organisation"), "Företag", "Företagsnamn", "Company", required=True, related=True)
    organisation_number = Column(
        "organisation_number", _("Organisation number"), "Orgnr", "Org.nr", widget=OrganisationNumberWidget(), related=True
    )
    municipality = Column(
        "municipality",
        _("Municipality"),
        "Kommun",
        widget=RecordWidget(Municipality, _("there is none called “%(value)s”. Check the spelling.")),
        related=True,
    )
    day = Column("day", _("Day"), "Datum", "Dag", "Anmält", widget=DayWidget())
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    note = Column("note", _("Note"), "Anteckning", "Kommentar")

    class Meta(RegisterResource.Meta):
        model = Interest
        fields = ("project", "organisation", "organisation_number", "municipality", "day", "first_name", "last_name", "email", "note")

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        values = self.values
        self.company_found = company_of(values["organisation"], values.get("organisation_number", ""), values.get("municipality"))
        names = ("first_name", "last_name", "email")
        self.contact_found = person_of({name: values[name] for name in names if name in values})

    def find(self, values):
        """Once each, however often somebody says so."""
        if is_new(self.company_found):
            return None
        return Interest.objects.filter(project=values["project"], organisation=self.company_found).first()

    def related_changes(self, interest):
        changes = []
        if interest.pk is None:
            new = gettext("%(company)s (new in the register)") % {"company": self.company_found}
            changes.append((str(self.columns["organisation"].label), "", new if is_new(self.company_found) else str(self.company_found)))
        if self.contact_found and interest.contact_id != self.contact_found.pk:
            changes.append((gettext("Contact"), str(interest.contact or ""), self.contact_found.name))
        return changes

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        instance.full_clean(exclude=["organisation"], validate_constraints=False)

    def before_save_instance(self, instance, row, **kwargs):
        if is_new(self.company_found):
            self.company_found.save()
        instance.organisation = self.company_found
        instance.contact = self.contact_found or instance.contact
