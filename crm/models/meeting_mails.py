from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded


class MeetingMailingQuerySet(models.QuerySet):
    def about_calendars(self):
        """Those that put the meeting into calendars, change it there, or take it out."""
        return self.exclude(kind=MeetingMailing.Kind.MINUTES)


@unrecorded("is the protocol of what was mailed about a meeting, written once")
class MeetingMailing(models.Model):
    """One round of mails about a meeting: an invitation, news of another time, a cancellation, minutes.

    What the mails say is kept with it: the meeting may be changed once more before the last of them is out.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        CHANGE = "change", _("News of a change")
        CANCELLATION = "cancellation", _("Cancellation")
        MINUTES = "minutes", _("Meeting notes")

    activity = models.ForeignKey("crm.Activity", verbose_name=_("meeting"), related_name="mailings", on_delete=models.PROTECT)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    # Comes with the form that sends: a second click sends the same key, and finds that it is done.
    key = models.UUIDField(unique=True, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0)  # of the calendar entry: what has a higher one replaces the others
    subject = models.CharField(_("subject"), max_length=200)
    day = models.DateField(_("day"))
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    text = models.TextField(_("personal text"), blank=True)
    notes = models.TextField(_("minutes of the meeting"), blank=True)
    attachments = models.JSONField(default=list)  # numbers of documents
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    attended_until = models.DateTimeField(null=True)  # a worker has been called and should be at it until then

    objects = MeetingMailingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("mailing about a meeting")
        verbose_name_plural = _("mailings about meetings")
        default_permissions = ()

    def __str__(self):
        return f"{self.get_kind_display()}: {self.subject}"


class MeetingMailQuerySet(models.QuerySet):
    def queued(self):
        return self.filter(state=MeetingMail.State.QUEUED)

    def due(self, now=None):
        return self.queued().filter(Q(not_before=None) | Q(not_before__lte=now or timezone.now()))

    def perhaps_received(self):
        return self.filter(state__in=[MeetingMail.State.SENT, MeetingMail.State.SENDING, MeetingMail.State.UNKNOWN])


@unrecorded("is the protocol of what was mailed about a meeting, written once for each address")
class MeetingMail(models.Model):
    """One mail to one address, at most once: queued → sending → sent. What was *sending* when its worker died is *unknown*."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")
        SKIPPED = "skipped", _("Left out")

    mailing = models.ForeignKey(MeetingMailing, verbose_name=_("mailing"), related_name="mails", on_delete=models.CASCADE)
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="meeting_mails", on_delete=models.SET_NULL, null=True
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=254)
    normalised = models.CharField(max_length=254)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    reason = models.TextField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = MeetingMailQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("mail about a meeting")
        verbose_name_plural = _("mails about meetings")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["mailing", "normalised"], name="crm_meetingmail_unique")]
        indexes = [
            models.Index(fields=["mailing", "state"], name="crm_meetingmail_state"),
            models.Index(fields=["state"], condition=Q(state__in=["queued", "sending"]), name="crm_meetingmail_open"),
        ]

    def __str__(self):
        return self.email
