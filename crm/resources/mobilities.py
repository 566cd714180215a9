"""Mobilities, one row for each. Who travels is a contact, or has a name or code that nobody else in the project has."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Mobility, Organisation
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.people import person_of
from crm.resources.projects import project_column
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, EmailWidget, RecordWidget


@importer
class MobilityResource(RegisterResource):
    kind = "mobilities"
    title = _("Mobilities")

    project = project_column()
    participant = Column("participant", _("Who travels"), "Deltagare", "Kod")
    mobility_kind = Column("kind", _("Kind of mobility"), "Typ", widget=ChoiceWidget(Mobility.Kind))
    state = Column("state", _("State"), "Läge", "Status", widget=ChoiceWidget(Mobility.State))
    sending = Column(
        "sending", _("Sending partner"), "Sändande", widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True), required=True
    )
    receiving = Column(
        "receiving", _("Receiving partner"), "Mottagande", widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True)
    )
    since = Column("since", _("From"), "Från", "Avresa", widget=DayWidget())
    until = Column("until", _("Until"), "Till", "Hemresa", widget=DayWidget())
    note = Column("note", _("Note"), "Anteckning")
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)

    class Meta(RegisterResource.Meta):
        model = Mobility
        fields = (
            "project", "participant", "mobility_kind", "state", "sending", "receiving", "since", "until", "note",
            "first_name", "last_name", "email",
        )  # fmt: skip

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.contact_found = person_of(self.values)
        if self.contact_found is None and "participant" not in self.values:
            raise ValidationError(gettext("The row does not say who travels."))

    def find(self, values):
        of_project = Mobility.objects.filter(project=values["project"])
        if "participant" in values:
            return of_project.filter(participant=values["participant"]).first()
        journeys = of_project.filter(contact=self.contact_found, participant="")
        return journeys.filter(since=values.get("since")).first() or (journeys.first() if "since" not in values else None)

    def related_changes(self, mobility):
        old = mobility.contact if mobility.pk else None
        if self.contact_found is None or self.contact_found == old:
            return []
        return [(gettext("Contact"), str(old or ""), str(self.contact_found))]

    def before_save_instance(self, instance, row, **kwargs):
        instance.contact = self.contact_found or instance.contact

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        instance.clean()
