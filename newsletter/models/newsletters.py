from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded
from newsletter.validators import validate_single_line


class NewsletterQuerySet(models.QuerySet):
    def default(self):
        """Return the newsletter that the site's sign-up form is about, or None."""
        return self.order_by("-is_default", "pk").first()


@unrecorded("is a setting of the newsletter; Wagtail logs who changes it")
class Newsletter(models.Model):
    """Something that people subscribe to: a name, a sender and the words of the consent."""

    name = models.CharField(_("name"), max_length=100, unique=True, validators=[validate_single_line])
    slug = models.SlugField(
        _("short name"), max_length=60, unique=True, help_text=_("Used in the mails' technical headers, for example “nyhetsbrev”.")
    )
    description = models.CharField(
        _("description"),
        max_length=300,
        blank=True,
        help_text=_("Shown at the sign-up form, for example “News about adult learning, five times a year.”"),
    )
    from_name = models.CharField(_("sender's name"), max_length=100, validators=[validate_single_line])
    from_address = models.EmailField(_("sender's address"), validators=[validate_single_line])
    reply_to = models.EmailField(
        _("replies go to"),
        blank=True,
        validators=[validate_single_line],
        help_text=_("Leave empty to let replies go to the sender's address."),
    )
    postal_address = models.TextField(
        _("postal address"), help_text=_("Stands at the foot of each mail, so that the reader sees who sends it.")
    )
    consent_text = models.TextField(
        _("consent text"),
        help_text=_("What a visitor agrees to by signing up. It is kept with each subscription in the words shown."),
    )
    consent_version = models.PositiveIntegerField(_("version of the consent text"), default=1, editable=False)
    is_default = models.BooleanField(_("offered by the sign-up form on the site"), default=False)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="newsletter_one_default",
                violation_error_message=_("Another newsletter is already offered by the sign-up form."),
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        before = type(self).objects.filter(pk=self.pk).values_list("consent_text", flat=True).first()
        if before is not None and before != self.consent_text:
            self.consent_version += 1
        super().save(*args, **kwargs)

    @property
    def sender(self):
        return f"{self.from_name} <{self.from_address}>"
