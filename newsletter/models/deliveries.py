from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded


class DeliveryQuerySet(models.QuerySet):
    def queued(self):
        return self.filter(state=Delivery.State.QUEUED)

    def due(self, now):
        """Waiting to be sent, with nobody's hand on them and no waiting time left."""
        return self.queued().filter(lease_token="").filter(Q(not_before=None) | Q(not_before__lte=now))

    def unknown(self):
        return self.filter(state=Delivery.State.UNKNOWN)

    def open(self):
        return self.filter(state__in=[Delivery.State.QUEUED, Delivery.State.SENDING])

    def perhaps_received(self):
        """Those who have got the mail, or may have."""
        return self.filter(state__in=[Delivery.State.SENT, Delivery.State.SENDING, Delivery.State.UNKNOWN])

    def search(self, text):
        found = self
        for word in text.split():
            found = found.filter(Q(name__icontains=word) | Q(normalised__icontains=word.lower()))
        return found


@unrecorded("is the protocol of a mailing, written once for each address")
class Delivery(models.Model):
    """One mail to one address: exactly one row, and at most one mail.

    queued → (leased) → sending → sent. What was *sending* when its worker died is *unknown*: the mail may have gone,
    so that only a person may send it again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")
        SKIPPED = "skipped", _("Left out")

    mailing = models.ForeignKey("newsletter.Mailing", verbose_name=_("mailing"), related_name="deliveries", on_delete=models.CASCADE)
    subscription = models.ForeignKey(
        "newsletter.Subscription", verbose_name=_("subscription"), related_name="deliveries", on_delete=models.SET_NULL, null=True
    )
    contact = models.ForeignKey("crm.Contact", verbose_name=_("contact"), related_name="deliveries", on_delete=models.SET_NULL, null=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=254)
    normalised = models.CharField(max_length=254)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    reason = models.TextField(_("reason"), blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    message_id = models.CharField(_("message id"), max_length=255, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["normalised", "pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["mailing", "normalised"], name="newsletter_delivery_unique")]
        indexes = [
            models.Index(fields=["mailing", "state", "id"], name="newsletter_delivery_state"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="newsletter_delivery_leases"),
        ]

    def __str__(self):
        return self.email
