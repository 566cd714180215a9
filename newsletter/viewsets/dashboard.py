"""What the admin's first page says of the newsletter."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.viewsets.dashboard import BarCard, dashboard_card
from crm.viewsets.plots import Part
from newsletter.models import Delivery, Mailing

State = Delivery.State


@dashboard_card(order=45)
class LastMailingCard(BarCard):
    heading = gettext_lazy("The newsletter’s last issue")
    icon = "mail"
    empty = gettext_lazy("No newsletter has been sent yet.")

    def is_shown(self):
        return self.user.has_perm("newsletter.view_mailing")

    @cached_property
    def mailing(self):
        return Mailing.objects.exclude(state=Mailing.State.CANCELLED).first()

    @cached_property
    def counts(self):
        return self.mailing.counts() if self.mailing else {}

    @property
    def url(self):
        return reverse("newsletter_issues:report", args=[self.mailing.pk]) if self.mailing else ""

    @property
    def number(self):
        return self.counts.get(State.SENT) if self.mailing else None

    @property
    def words(self):
        return ngettext("mail sent", "mails sent", self.number) if self.mailing else ""

    @property
    def parts(self):
        if not self.mailing:
            return []
        failed = self.counts[State.FAILED] + self.counts[State.UNKNOWN]
        waiting = self.counts[State.QUEUED] + self.counts[State.SENDING]
        return [
            Part(_("sent"), self.counts[State.SENT], "good"),
            Part(_("waiting"), waiting, "plain"),
            Part(_("failed or unknown"), failed, "bad"),
            Part(_("left out"), self.counts[State.SKIPPED], "none"),
        ]

    @property
    def lines(self):
        if not self.mailing:
            return []
        return [(self.mailing.subject, date_format(timezone.localtime(self.mailing.created_at), "j F Y"), self.url)]
