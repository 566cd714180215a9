"""Subscribers as a spreadsheet; and among the fields of contacts, which newsletters they get."""

from collections import defaultdict
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting import ContactExport
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.register import carry
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.models import Contact
from crm.services.bulk import among
from newsletter.filters.subscriptions import SubscriptionFilterSet
from newsletter.models import Newsletter, Subscription


class SubscriptionChunk(Chunk):
    @cached_property
    def subscriptions(self):
        return self.load(Subscription.objects.select_related("newsletter", "contact"))


@exportable
class SubscriptionExport(Exportable):
    kind = "subscriptions"
    title = _("Newsletter subscribers")
    model = Subscription
    filterset_class = SubscriptionFilterSet
    chunk_class = SubscriptionChunk
    groups = (
        Group(
            _("Subscription"),
            [
                Field("newsletter", _("Newsletter"), lambda one: one.newsletter.name),
                Field("email", _("E-mail"), lambda one: one.email),
                Field("name", _("Name"), lambda one: one.name),
                Field("state", _("State"), lambda one: word(Subscription.State, one.state)),
                Field("basis", _("Legal basis"), lambda one: word(Subscription.Basis, one.basis)),
                Field("source", _("Source"), lambda one: one.source),
                Field("date", _("Date"), lambda one: day_of(one.unsubscribed_at or one.confirmed_at)),
                Field("consent_text", _("Consent text shown"), lambda one: one.consent_text),
            ],
        ),
        Group(
            _("More about the subscription"),
            [
                more("contact", _("Contact"), lambda one: one.contact and one.contact.name),
                more("language", _("Language"), lambda one: word(Contact.Language, one.language)),
                more("requested_at", _("Requested"), lambda one: one.requested_at),
                more("confirmed_at", _("Confirmed"), lambda one: one.confirmed_at),
                more("unsubscribed_at", _("Unsubscribed"), lambda one: one.unsubscribed_at),
                more("unsubscribed_by", _("Unsubscribed through"), lambda one: word(Subscription.Exit, one.unsubscribed_by)),
                more("consent_version", _("Version of the consent text"), lambda one: one.consent_version),
                more("created_at", _("Created"), lambda one: one.created_at),
            ],
        ),
    )

    def rows(self, chunk):
        return chunk.subscriptions


def newsletters_of(chunk):
    """Return {number of the contact: "Newsletter A; Newsletter B"} of what somebody gets."""
    found = defaultdict(list)
    subscriptions = Subscription.objects.active().filter(contact__in=among(chunk.numbers, "bigint"))
    for number, name in subscriptions.order_by("newsletter__name", "pk").values_list("contact_id", "newsletter__name"):
        if name not in found[number]:
            found[number].append(name)
    return {number: "; ".join(names) for number, names in found.items()}


carry(Newsletter, by="slug")
ContactExport.groups.append(
    Group(_("Newsletter"), [more("newsletters", _("Newsletters"), lambda row: row.chunk.related(newsletters_of).get(row.number))])
)
