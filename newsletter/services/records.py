"""What the page of a contact or an organisation tells of newsletters: which they get, and what has been sent to them."""

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.services.records import Section, register_section
from crm.services.timeline import Stream, register_stream
from newsletter.models import Delivery, Mailing, Subscription

LATEST = 5


def may_see(user):
    return any(user.has_perm(f"newsletter.{name}") for name in ("view_mailing", "send_mailing", "view_subscription", "change_subscription"))


def sent_to(about):
    return Delivery.objects.filter(contact__in=about.people, state=Delivery.State.SENT, sent_at__isnull=False)


@register_stream
class MailStream(Stream):
    """One line for each mailing, however many people of an organisation got it."""

    key = kind = "mail"
    icon = "mail"
    moment = "sent"

    def is_for(self, about):
        return may_see(about.user)

    def queryset(self, about):
        # The condition comes before the sums, so that these are over the deliveries to the people here only.
        here = Mailing.objects.filter(deliveries__contact__in=about.people, deliveries__state=Delivery.State.SENT)
        return here.only("subject").annotate(sent=Max("deliveries__sent_at"), people=Count("deliveries")).exclude(sent=None)

    def items(self, about, found):
        return [self.item(mailing, self.sentence(about, mailing)) for mailing in found]

    def sentence(self, about, mailing):
        words = {"subject": mailing.subject, "number": mailing.people}
        if about.is_contact:
            return _("Got the newsletter “%(subject)s”") % words
        return (
            ngettext(
                "The newsletter “%(subject)s” went to %(number)d person here",
                "The newsletter “%(subject)s” went to %(number)d people here",
                mailing.people,
            )
            % words
        )


@register_section()
def newsletters(about):
    """A person's subscriptions and the last mails; who works at an organisation has them on pages of their own."""
    if not about.is_contact or not may_see(about.user):
        return None
    subscriptions = list(Subscription.objects.filter(contact=about.record).select_related("newsletter"))
    mails = list(sent_to(about).select_related("mailing").order_by("-sent_at", "-pk")[:LATEST])
    values = {"subscriptions": subscriptions, "mails": mails}
    return Section("newsletters", _("Newsletters"), "mail", 50, "newsletter/admin/record_section.html", values)
