"""Who holds which licence: one row for each holding."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Holding, Licence, Organisation
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.people import person_of
from crm.resources.registry import importer
from crm.resources.widgets import DayWidget, EmailWidget, RecordWidget


@importer
class HoldingResource(RegisterResource):
    kind = "holdings"
    title = _("Licence holdings")

    licence = Column(
        "licence",
        _("Licence"),
        "Licens",
        "Produkt",
        "Verktyg",
        widget=RecordWidget(Licence, _("“%(value)s” is no licence of the register. Import or add it first."), archived=True),
        required=True,
    )
    organisation = Column("organisation", _("Organisation"), widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True))
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    since = Column("since", _("From"), "Från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", widget=DayWidget())
    confirmed_at = Column("confirmed_at", _("Confirmed"), "Bekräftad", "Bekräftat", widget=DayWidget())
    confirmed_by = Column("confirmed_by", _("Confirmed by"), "Bekräftad av")
    note = Column("note", _("Note"), "Anteckning", "Användarnamn")

    class Meta(RegisterResource.Meta):
        model = Holding
        fields = (
            "licence", "organisation", "first_name", "last_name", "email", "since", "until", "confirmed_at", "confirmed_by", "note",
        )  # fmt: skip

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.contact_found = person_of(self.values)
        if self.contact_found is None and "organisation" not in self.values:
            raise ValidationError(gettext("The row names neither an organisation nor a person."))

    def find(self, values):
        """The holding that began the day the row says; the one that is there when it says none."""
        held = Holding.objects.filter(licence=values["licence"], organisation=values.get("organisation"), contact=self.contact_found)
        return held.newest_first().filter(since=values["since"]).first() if "since" in values else held.newest_first().first()

    def related_changes(self, holding):
        return [] if holding.pk or not self.contact_found else [(gettext("Contact"), "", self.contact_found.name)]

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        instance.contact = self.contact_found
