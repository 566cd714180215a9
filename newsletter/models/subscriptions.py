from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Contact
from crm.recording import recorded
from crm.validators import normalise_email
from newsletter.validators import validate_single_line


class SubscriptionQuerySet(models.QuerySet):
    def active(self):
        return self.filter(state=Subscription.State.ACTIVE)

    def search(self, text):
        """Narrow down to what has every word in its name or address."""
        found = self
        for word in text.split():
            found = found.filter(Q(name__icontains=word) | Q(normalised__icontains=word.lower()))
        return found


@recorded(contact="contact_id")
class Subscription(models.Model):
    """That an address gets a newsletter, and the evidence of why it may.

    Personal data: name and addresses. It leaves the audience when it ends, and stays as evidence and as protection
    against being added anew by an import.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for confirmation")
        ACTIVE = "active", _("Active")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent")
        MEMBERSHIP = "membership", _("Membership")

    class Exit(models.TextChoices):
        ONE_CLICK = "one_click", _("The mail program's unsubscribe button")
        PAGE = "page", _("The page behind the link in the mail")
        STAFF = "staff", _("The office")
        IMPORT = "import", _("Import")

    newsletter = models.ForeignKey(
        "newsletter.Newsletter", verbose_name=_("newsletter"), related_name="subscriptions", on_delete=models.PROTECT
    )
    email = models.CharField(_("e-mail"), max_length=254)
    normalised = models.CharField(max_length=254, editable=False)
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="subscriptions", on_delete=models.SET_NULL, null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=200, blank=True, validators=[validate_single_line])
    language = models.CharField(_("language"), max_length=2, choices=Contact.Language, default=Contact.Language.SWEDISH)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE)
    basis = models.CharField(_("legal basis"), max_length=10, choices=Basis, default=Basis.CONSENT)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Where the subscription comes from, for example “Annual conference 2017”.")
    )
    requested_at = models.DateTimeField(_("requested"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    consent_text = models.TextField(_("consent text shown"), blank=True, editable=False)
    consent_version = models.PositiveIntegerField(_("version of the consent text"), null=True, blank=True, editable=False)
    asker_hash = models.CharField(_("hash of the asker's network address"), max_length=64, blank=True, editable=False)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True, editable=False)
    unsubscribed_by = models.CharField(_("unsubscribed through"), max_length=10, choices=Exit, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["normalised", "pk"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "normalised"],
                name="newsletter_subscription_unique",
                violation_error_message=_("This address already has a subscription to the newsletter."),
            )
        ]
        indexes = [
            models.Index(fields=["newsletter", "state", "id"], name="newsletter_sub_state"),
            models.Index(fields=["normalised"], name="newsletter_sub_address"),
        ]

    def __str__(self):
        return self.email

    def save(self, *args, **kwargs):
        self.email = self.email.strip()
        self.normalised = normalise_email(self.email)
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        self.normalised = normalise_email(self.email)

    @property
    def has_left(self):
        """Whether the person has left and not come back. Anybody may type an address and make it pending: only confirming counts."""
        return self.state == self.State.UNSUBSCRIBED or self.unsubscribed_at is not None

    def withstands(self, state):
        """Whether a list that says `state` leaves this as it is.

        A list from before that day must not bring back who has left, nor answer for whoever has yet to confirm, nor make
        somebody who has confirmed wait for it anew.
        """
        if state == self.State.UNSUBSCRIBED:
            return False
        return self.has_left or {self.state, state} == {self.State.PENDING, self.State.ACTIVE}

    @property
    def first_name(self):
        """The name for a greeting: the register's when the person is known there."""
        if self.contact_id:
            return self.contact.first_name
        return self.name.split()[0] if self.name else ""
