import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded
from crm.storages import private_storage


def upload_name(job, filename):
    """A name that nobody can guess; what the person called the file stands in `filename`."""
    return f"imports/{timezone.localdate():%Y}/{uuid.uuid4()}"


class ImportJobQuerySet(models.QuerySet):
    def working(self):
        return self.filter(state__in=ImportJob.WORKING)


@unrecorded("is how a file gets into the register; what it writes there is recorded")
class ImportJob(models.Model):
    """One file on its way into the register: uploaded, columns matched, checked row by row, confirmed, done or undone."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waiting for confirmation")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Stopped by a fault")

    # What a background worker has in hand, or would have if nobody had stopped it.
    WORKING = (State.CHECKING, State.IMPORTING, State.UNDOING)

    kind = models.CharField(_("what"), max_length=40)
    file = models.FileField(_("file"), storage=private_storage, upload_to=upload_name)
    filename = models.CharField(_("file name"), max_length=255)
    # How the file is read (crm.services.tables.Options), what its reader had to say, and what is made of it.
    options = models.JSONField(default=dict, editable=False)
    notes = models.JSONField(default=list, editable=False)  # sentences
    headings = models.JSONField(default=list, editable=False)
    mapping = models.JSONField(default=dict, editable=False)  # {heading: column name, or "" to leave it out}
    values = models.JSONField(default=dict, editable=False)  # {column name: {text in the file: number of a record, "new" or "skip"}}
    unknown = models.JSONField(default=dict, editable=False)  # {column name: {text: {"count": rows, "suggestions": [[number, name], …]}}}
    wishes = models.JSONField(default=dict, editable=False)  # crm.importing.wishes
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    finished_at = models.DateTimeField(_("imported"), null=True, blank=True)
    # Progress: rows in the file as far as known, rows dealt with, and when a worker was last seen at it.
    row_total = models.PositiveIntegerField(_("rows"), default=0)
    row_done = models.PositiveIntegerField(_("rows done"), default=0)
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped_count = models.PositiveIntegerField(_("skipped"), default=0)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)
    asked_count = models.PositiveIntegerField(_("to be decided"), default=0)
    error = models.TextField(_("fault"), blank=True)
    change_set = models.OneToOneField(
        "crm.ChangeSet", verbose_name=_("change set"), related_name="import_job", on_delete=models.SET_NULL, null=True, blank=True
    )

    table = None  # crm.services.tables.Table, where whoever has this object in hand has just opened the file

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self):
        return self.filename

    @property
    def counts(self):
        """How many rows met which fate; they add up to `row_count`."""
        return {fate: getattr(self, f"{fate}_count") for fate in ImportRow.Fate.values}

    @property
    def row_count(self):
        return sum(self.counts.values())

    @property
    def is_working(self):
        return self.state in self.WORKING


@unrecorded("is a row of an uploaded file, kept until it is imported")
class ImportRow(models.Model):
    """The fate of one row of a file."""

    class Fate(models.TextChoices):
        CREATED = "created", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        SKIPPED = "skipped", _("Skipped")
        ASKED = "asked", _("To be decided")
        REFUSED = "refused", _("Refused")

    # The constraint below is an index. That the job is there needs no check for each of a hundred thousand rows: the run holds it.
    job = models.ForeignKey(ImportJob, related_name="rows", on_delete=models.CASCADE, db_index=False, db_constraint=False)
    number = models.PositiveIntegerField(_("row"))  # as a spreadsheet program numbers it
    fate = models.CharField(_("what happens"), max_length=10, choices=Fate)
    label = models.CharField(_("who or what"), max_length=300, blank=True)
    changes = models.JSONField(default=list)  # [[label, old, new], …]
    messages = models.JSONField(default=list)  # [[column name or "", sentence], …]
    cells = models.JSONField(null=True)  # {column name: text} of a row that is refused or asked about, for correcting it
    corrections = models.JSONField(default=dict)  # {column name: text} that somebody typed instead of the file's cells
    question = models.JSONField(null=True)  # what is doubtful: {"text", "options": [[answer, sentence], …]}
    answer = models.CharField(max_length=100, blank=True)  # what somebody chose; "skip" leaves the row out
    model = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)  # the record it speaks of, once there is one

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="crm_importrow_once")]
        indexes = [models.Index(fields=["job", "fate", "number"], name="crm_importrow_fate")]
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")

    def __str__(self):
        return f"{self.number}: {self.label}"


@unrecorded("is how columns were matched the last time, without anybody's data")
class ImportMapping(models.Model):
    """How the columns of files with the same headings were matched the last time."""

    kind = models.CharField(max_length=40)
    headings_hash = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "headings_hash"], name="crm_importmapping_once")]

    def __str__(self):
        return self.kind
