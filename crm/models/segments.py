from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded


@recorded()
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
