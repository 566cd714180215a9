from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from crm.recording import recorded
from crm.validators import format_phone, normalise_email, normalise_phone, phone_digits


class ContactPointQuerySet(models.QuerySet):
    def emails(self):
        return self.filter(kind=ContactPoint.Kind.EMAIL)

    def usable(self):
        """What works, the primary one first."""
        return self.filter(status=ContactPoint.Status.WORKS).order_by("-is_primary", "pk")


@recorded(contact="contact_id", organisation="organisation_id")
class ContactPoint(models.Model):
    """An e-mail address or phone number of a contact or an organisation; of one role only, when `affiliation` is set."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        MOBILE = "mobile", _("Mobile")
        PHONE = "phone", _("Phone")

    class Status(models.TextChoices):
        WORKS = "works", _("Works")
        BOUNCED = "bounced", _("Bounces")
        HISTORICAL = "historical", _("No longer used")

    # The two without an index of their own: those of the constraints below begin with them.
    contact = ParentalKey(
        "crm.Contact",
        verbose_name=_("contact"),
        related_name="contact_points",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
    )
    organisation = ParentalKey(
        "crm.Organisation",
        verbose_name=_("organisation"),
        related_name="contact_points",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
    )
    affiliation = models.ForeignKey(
        "crm.Affiliation",
        verbose_name=_("only for the role"),
        related_name="contact_points",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EMAIL)
    value = models.CharField(_("address or number"), max_length=254)
    normalised = models.CharField(max_length=254, editable=False, db_index=True)
    is_primary = models.BooleanField(_("use first"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WORKS)
    source = models.CharField(_("source"), max_length=200, blank=True)
    verified_at = models.DateField(_("verified"), null=True, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        ordering = ["-is_primary", "pk"]
        verbose_name = _("e-mail or phone")
        verbose_name_plural = _("e-mail and phone")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact=None, organisation__isnull=False, affiliation=None) | Q(contact__isnull=False, organisation=None),
                name="crm_contactpoint_one_owner",
            ),
            models.UniqueConstraint(fields=["contact", "kind", "normalised"], name="crm_contactpoint_unique_per_contact"),
            models.UniqueConstraint(fields=["organisation", "kind", "normalised"], name="crm_contactpoint_unique_per_org"),
        ]

    def __str__(self):
        return self.display

    def clean(self):
        super().clean()
        try:
            self.normalised = self.normalise(self.kind, self.value)
        except ValidationError as error:
            raise ValidationError({"value": error}) from error

    def save(self, *args, **kwargs):
        self.value = self.value.strip()
        self.normalised = self.normalise(self.kind, self.value)
        super().save(*args, **kwargs)

    @staticmethod
    def normalise(kind, value):
        """Return the form by which values are compared: a lower-case address, or a number as E.164."""
        return normalise_email(value) if kind == ContactPoint.Kind.EMAIL else normalise_phone(value)

    @property
    def display(self):
        return self.value if self.kind == self.Kind.EMAIL else format_phone(self.normalised)

    @property
    def href(self):
        return f"mailto:{self.normalised}" if self.kind == self.Kind.EMAIL else f"tel:{self.normalised}"

    def searched_texts(self):
        """The address, or the number as people may type it: with country code, and with the leading zero instead."""
        yield self.normalised
        if self.kind != self.Kind.EMAIL:
            yield phone_digits(self.normalised)


class Reachable(models.Model):
    """Something with contact points. A list prefetches the usable ones into `usable_points`."""

    class Meta:
        abstract = True

    def best_point(self, *kinds):
        """Return the usable contact point of these kinds to reach it by, the primary one first, or None."""
        points = self.usable_points if hasattr(self, "usable_points") else list(self.contact_points.usable())
        return next((point for kind in kinds for point in points if point.kind == kind), None)
