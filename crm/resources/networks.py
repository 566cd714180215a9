"""Networks and who sits in them: one row per seat."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Network, Organisation, Seat
from crm.resources.base import Column, RegisterResource
from crm.resources.organisations import ORGANISATION_MISSING
from crm.resources.people import person_of
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, EmailWidget, RecordWidget


@importer
class NetworkResource(RegisterResource):
    kind = "networks"
    title = _("Networks and seats")

    network = Column("network", _("Network"), "Nätverk", required=True, related=True)
    network_kind = Column("network_kind", _("Kind of network"), "Typ", "Nätverkstyp", widget=ChoiceWidget(Network.Kind), related=True)
    organisation = Column("organisation", _("Organisation"), widget=RecordWidget(Organisation, ORGANISATION_MISSING, archived=True))
    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    since = Column("since", _("From"), "Från", "Plats från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", "Plats till", widget=DayWidget())

    class Meta(RegisterResource.Meta):
        model = Seat
        fields = ("network", "network_kind", "organisation", "first_name", "last_name", "email", "since", "until")

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.network_found = Network.objects.filter(name=self.values["network"]).first()
        self.contact_found = person_of(self.values)
        if self.organisation_is_gone():
            message = gettext("“%(value)s” is archived. Restore it first, or say until when it had the seat.")
            raise ValidationError({str(self.columns["organisation"].label): message % {"value": self.values["organisation"]}})
        if self.network_found is None:
            self.new_network = self.check_new_network()
        if self.contact_found is None and "organisation" not in self.values:
            raise ValidationError(gettext("The row names neither an organisation nor a person."))

    def organisation_is_gone(self):
        return "organisation" in self.values and self.values["organisation"].is_archived and "until" not in self.values

    def check_new_network(self):
        if "network_kind" not in self.values:
            raise ValidationError({str(self.columns["network_kind"].label): gettext("is missing, and the network is new.")})
        network = Network(name=self.values["network"], kind=self.values["network_kind"])
        network.full_clean()
        return network

    def find(self, values):
        if self.network_found is None:
            return None
        seats = Seat.objects.filter(network=self.network_found, organisation=values.get("organisation"), contact=self.contact_found)
        return seats.filter(since=values.get("since")).first() or (seats.first() if "since" not in values else None)

    def related_changes(self, seat):
        if seat.pk:
            return []
        who = Seat(organisation=self.values.get("organisation"), contact=self.contact_found)
        return [(str(self.columns["network"].label), "", self.values["network"]), (gettext("Seat"), "", str(who))]

    def before_save_instance(self, instance, row, **kwargs):
        if self.network_found is None:
            self.new_network.save()
            self.network_found = self.new_network
        instance.network = self.network_found
        instance.contact = self.contact_found

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        instance.clean()  # the network may be one that the row is about to create
