import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded
from crm.storages import private_storage


def document_name(document, filename):
    """A name that nobody can guess; what the file was called stands in `filename`."""
    return f"documents/{uuid.uuid4()}"


_OWNERS = ("contact", "organisation", "project", "network", "activity")


def _only(owner):
    return Q(**{f"{name}__isnull": name != owner for name in _OWNERS})


@recorded(contact="contact_id", organisation="organisation_id", project="project_id", network="network_id", activity="activity_id")
class Document(models.Model):
    """A file that belongs to a record: a contact, a network, a meeting. Whoever may see or change that may see or change this.

    The file stays when the document is removed: an undo may want it back.
    """

    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), storage=private_storage, upload_to=document_name)
    filename = models.CharField(_("file name"), max_length=255, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)  # in bytes
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="documents", on_delete=models.PROTECT, null=True, blank=True
    )
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="documents", on_delete=models.PROTECT, null=True, blank=True
    )
    project = models.ForeignKey(
        "crm.Project", verbose_name=_("project"), related_name="documents", on_delete=models.PROTECT, null=True, blank=True
    )
    network = models.ForeignKey(
        "crm.Network", verbose_name=_("network"), related_name="documents", on_delete=models.PROTECT, null=True, blank=True
    )
    activity = models.ForeignKey(
        "crm.Activity", verbose_name=_("activity"), related_name="documents", on_delete=models.PROTECT, null=True, blank=True
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        ordering = ["-added_at", "-pk"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(*[_only(owner) for owner in _OWNERS], _connector=Q.OR),
                name="crm_document_one_owner",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def ending(self):
        """What kind of file it is, as people know it: "PDF"."""
        return PurePath(self.filename).suffix.removeprefix(".").upper()[:5]
