from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded
from newsletter.models.deliveries import Delivery


class MailingQuerySet(models.QuerySet):
    def running(self):
        return self.filter(state__in=[Mailing.State.QUEUED, Mailing.State.SENDING])

    def unattended(self, now):
        """Running, and no worker has said lately that it takes care of them."""
        return self.running().filter(Q(attended_until=None) | Q(attended_until__lte=now))


@unrecorded("is the protocol of a mailing")
class Mailing(models.Model):
    """One sending of an issue: what went out, word for word, to whom (its deliveries) and on whose order.

    Apart from the page, whose columns the next draft overwrites, and which may be deleted.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    issue = models.ForeignKey("newsletter.Issue", verbose_name=_("issue"), related_name="mailings", on_delete=models.SET_NULL, null=True)
    newsletter = models.ForeignKey("newsletter.Newsletter", verbose_name=_("newsletter"), related_name="mailings", on_delete=models.PROTECT)
    revision = models.ForeignKey("wagtailcore.Revision", verbose_name=_("revision"), related_name="+", on_delete=models.SET_NULL, null=True)
    segment_name = models.CharField(_("segment"), max_length=100, blank=True)
    subject = models.CharField(_("subject"), max_length=150)
    html = models.TextField(_("HTML part"))
    text = models.TextField(_("text part"))
    greeting = models.CharField(_("greeting"), max_length=100, blank=True)
    headers = models.JSONField(_("headers"), default=dict)
    from_name = models.CharField(_("sender's name"), max_length=100)
    from_address = models.EmailField(_("sender's address"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED, db_index=True)
    problem = models.TextField(_("what is wrong"), blank=True)
    trouble_since = models.DateTimeField(_("mail server out of reach since"), null=True)
    attended_until = models.DateTimeField(
        null=True, help_text=_("Until then a worker, or a task waiting for one, takes care of the mailing.")
    )
    recipient_count = models.PositiveIntegerField(_("recipients"), default=0)
    left_out = models.JSONField(_("left out, by reason"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("started by"), related_name="+", on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        permissions = [("send_mailing", _("Can send newsletters"))]
        default_permissions = ["view"]
        constraints = [
            # A double click, two people, two machines: the database knows only one sending of an issue.
            models.UniqueConstraint(fields=["issue"], condition=~Q(state="cancelled"), name="newsletter_mailing_once")
        ]

    def __str__(self):
        return self.subject

    @property
    def is_running(self):
        return self.state in (self.State.QUEUED, self.State.SENDING)

    @property
    def is_over(self):
        return self.state in (self.State.DONE, self.State.CANCELLED)

    def counts(self):
        """Return the number of deliveries per state, zeros included, asked in one query."""
        found = dict(self.deliveries.order_by().values_list("state").annotate(number=Count("pk")))
        return {state: found.get(state, 0) for state in Delivery.State.values}
