from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded


@recorded(segment="id")
class Segment(models.Model):
    """A filter of the contact list, saved under a name: what the list, an export and a newsletter go by.

    `query` is the list's own address after the question mark, so that there is one language of filters.
    """

    name = models.CharField(_("name"), max_length=100, unique=True, help_text=_("For example “Heads at paying members”."))
    query = models.TextField(_("filter"), blank=True, help_text=_("The address of the filtered contact list, after the question mark."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("created by"), on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self):
        return self.name


@recorded(segment="segment_id", contact="contact_id")
class SegmentException(models.Model):
    """Somebody whom the office has put into a segment by hand, or taken out of it, whatever the filter says."""

    segment = models.ForeignKey("crm.Segment", verbose_name=_("segment"), related_name="exceptions", on_delete=models.CASCADE)
    contact = models.ForeignKey("crm.Contact", verbose_name=_("contact"), related_name="segment_exceptions", on_delete=models.CASCADE)
    is_in = models.BooleanField(_("put in"), default=True)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )
    added_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("exception in a segment")
        verbose_name_plural = _("exceptions in segments")
        constraints = [models.UniqueConstraint(fields=["segment", "contact"], name="crm_segmentexception_once")]

    def __str__(self):
        return str(self.contact)
