"""Subscribers, and those who have left, from a spreadsheet."""

from django.utils.translation import gettext_lazy as _

from crm.resources.base import Column, RegisterResource
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, DayWidget, EmailWidget, LongTextWidget, RecordWidget
from crm.validators import normalise_email
from newsletter.models import Newsletter, Subscription
from newsletter.services.subscriptions import upsert_subscription


@importer
class SubscriptionResource(RegisterResource):
    kind = "subscriptions"
    title = _("Newsletter subscribers")

    newsletter = Column(
        "newsletter",
        _("Newsletter"),
        "Nyhetsbrev",
        widget=RecordWidget(Newsletter, _("there is none called “%(value)s”. Add it first, or check the spelling.")),
        required=True,
    )
    email = Column("email", _("E-mail"), "E-post", "E-postadress", "Epost", "Email", widget=EmailWidget(), required=True)
    subscriber_name = Column("name", _("Name"), "Namn")
    state = Column("state", _("State"), "Status", "Läge", widget=ChoiceWidget(Subscription.State, väntar="pending"))
    basis = Column("basis", _("Legal basis"), "Grund", "Rättslig grund", widget=ChoiceWidget(Subscription.Basis))
    source = Column("source", _("Source"), "Källa")
    date = Column("date", _("Date"), "Datum", widget=DayWidget(), related=True)
    consent_text = Column("consent_text", _("Consent text shown"), "Fråga", "Samtyckestext", widget=LongTextWidget())

    class Meta(RegisterResource.Meta):
        model = Subscription
        fields = ("newsletter", "email", "subscriber_name", "state", "basis", "source", "date", "consent_text")

    def find(self, values):
        return Subscription.objects.filter(newsletter=values["newsletter"], normalised=normalise_email(values["email"])).first()

    def import_instance(self, instance, row, **kwargs):
        if instance.pk:
            if instance.withstands(self.values.get("state")):
                return
            # The row was found by this address; in other letters, it is no change.
            self.values["email"] = instance.email
        super().import_instance(instance, row, **kwargs)

    def save_instance(self, instance, is_create, row, **kwargs):
        # Through the service, which keeps the rules of consent; the instance here only showed what would change.
        upsert_subscription(
            instance.newsletter,
            instance.email,
            name=instance.name,
            state=instance.state,
            basis=instance.basis,
            source=instance.source,
            consent_text=instance.consent_text,
            date=self.values.get("date"),
        )
