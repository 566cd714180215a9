import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded


def private_storage():
    return storages["private"]


def upload_name(job, filename):
    """A name that nobody can guess; what the person called the file stands in `filename`."""
    return f"imports/{timezone.localdate():%Y}/{uuid.uuid4()}"


@unrecorded("is how a file gets into the register; what it writes there is recorded")
class ImportJob(models.Model):
    """One spreadsheet on its way into the register: uploaded, checked row by row, confirmed."""

    class State(models.TextChoices):
        CHECKED = "checked", _("Waiting for confirmation")
        DONE = "done", _("Imported")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("what"), max_length=40)
    file = models.FileField(_("file"), storage=private_storage, upload_to=upload_name)
    filename = models.CharField(_("file name"), max_length=255)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKED)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    finished_at = models.DateTimeField(_("imported"), null=True, blank=True)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    # What the headings were taken for, and the fate of each row: {"columns", "ignored", "rows"}.
    report = models.JSONField(default=dict, editable=False)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self):
        return self.filename

    @property
    def row_count(self):
        return self.created_count + self.changed_count + self.unchanged_count + self.refused_count
