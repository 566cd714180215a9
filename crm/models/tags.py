from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded
from crm.text import swedish_sort_key


@recorded()
class Tag(models.Model):
    """A word of the office's own for contacts and organisations that no field of the register says."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, help_text=_("When to use it, so that everybody uses it in the same way.")
    )
    sort_key = models.CharField(max_length=200, editable=False, default="", db_index=True)

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = swedish_sort_key(self.name)
        super().save(*args, **kwargs)


@recorded(contact="contact_id", organisation="organisation_id")
class Tagging(models.Model):
    """A tag on a contact or on an organisation."""

    tag = models.ForeignKey("crm.Tag", verbose_name=_("tag"), related_name="taggings", on_delete=models.CASCADE)
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="taggings", on_delete=models.CASCADE, null=True, blank=True
    )
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="taggings", on_delete=models.CASCADE, null=True, blank=True
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("tag on a record")
        verbose_name_plural = _("tags on records")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact=None, organisation__isnull=False) | Q(contact__isnull=False, organisation=None),
                name="crm_tagging_one_owner",
            ),
            models.UniqueConstraint(fields=["tag", "contact"], name="crm_tagging_unique_per_contact"),
            models.UniqueConstraint(fields=["tag", "organisation"], name="crm_tagging_unique_per_org"),
        ]

    def __str__(self):
        return str(self.tag)
