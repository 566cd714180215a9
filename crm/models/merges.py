from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded


class MergedRecordQuerySet(models.QuerySet):
    def survivors(self, model, numbers):
        """Return {number that a contact or organisation had: number of the one that it has become part of}."""
        owner = model._meta.model_name
        return dict(self.filter(number__in=numbers, **{f"{owner}__isnull": False}).values_list("number", f"{owner}_id"))

    def of(self, record):
        """What has become part of a record, the latest first."""
        return self.filter(**{record._meta.model_name: record}).order_by("-pk")


@recorded(contact="contact_id", organisation="organisation_id")
class MergedRecord(models.Model):
    """The number that a contact or organisation had before it became part of another one, whose address leads there now.

    Personal data: a name. It goes with the record that it is part of.
    """

    number = models.PositiveBigIntegerField(_("former number"))
    name = models.CharField(_("name"), max_length=210)
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="merged_records", on_delete=models.CASCADE, null=True, blank=True
    )
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="merged_records", on_delete=models.CASCADE, null=True, blank=True
    )
    # What has moved along and is not in the ledger, as JSON: {"newsletter.delivery:contact": [numbers]}. Text, which both
    # databases write into the ledger in the same way.
    moved = models.TextField(blank=True, editable=False)

    objects = MergedRecordQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact=None, organisation__isnull=False) | Q(contact__isnull=False, organisation=None),
                name="crm_mergedrecord_one_owner",
            ),
            models.UniqueConstraint(fields=["number"], condition=Q(contact__isnull=False), name="crm_mergedrecord_contact_once"),
            models.UniqueConstraint(fields=["number"], condition=Q(organisation__isnull=False), name="crm_mergedrecord_org_once"),
        ]

    def __str__(self):
        return self.name
