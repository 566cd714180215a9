"""The ledger of changes: who changed what in the register, when, why, and what stood there before."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded


class ChangeSetQuerySet(models.QuerySet):
    def with_changes(self):
        return self.filter(Exists(Change.objects.filter(change_set=OuterRef("pk"))))


@unrecorded("is the ledger itself")
class ChangeSet(models.Model):
    """What one person did at one time for one reason: an edit, an import, an undo…"""

    class Cause(models.TextChoices):
        EDIT = "edit", _("edit")
        BULK_EDIT = "bulk_edit", _("bulk edit")
        ARCHIVING = "archiving", _("archiving")
        IMPORT = "import", _("import")
        UNDO = "undo", _("undo")
        MERGE = "merge", _("merge")
        JOB_CHANGE = "job_change", _("change of job")
        CONFIRMATION = "confirmation", _("confirmation by the person")
        SUBSCRIPTION = "subscription", _("newsletter sign-up or leaving")
        BOUNCE = "bounce", _("bounced mail")
        ERASURE = "erasure", _("erasure")
        API = "api", _("API")
        COMMAND = "command", _("command line")

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    # Kept when the user is deleted: a history without names would be none.
    actor_name = models.CharField(_("name"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause, default=Cause.EDIT)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # Of one that is written in several parts, until the last of them is there.
    is_unfinished = models.BooleanField(default=False, editable=False)
    undoes = models.ForeignKey(
        "crm.ChangeSet", verbose_name=_("undoes"), related_name="undone_by", on_delete=models.PROTECT, null=True, blank=True
    )

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change set")
        verbose_name_plural = _("change sets")

    def __str__(self):
        return f"{self.get_cause_display()}, {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class ChangeQuerySet(models.QuerySet):
    def of_record(self, record):
        return self.filter(model=record._meta.label_lower, object_id=record.pk)

    def about(self, kind, pk):
        """Changes of a record of one of OWNERS (crm/recording.py) and of all that belongs to it."""
        return self.filter(**{f"{kind}_id": pk})


@unrecorded("is the ledger itself")
class Change(models.Model):
    """One row of one table that was created, changed or deleted; written by a trigger, never by Python.

    `before` and `after` map column names (`role_id`) to values as the database writes them in JSON. A change holds the
    changed columns only, a creation all columns in `after`, a deletion all columns in `before`.
    """

    class Action(models.TextChoices):
        CREATED = "+", _("created")
        CHANGED = "~", _("changed")
        DELETED = "-", _("deleted")

    change_set = models.ForeignKey(ChangeSet, verbose_name=_("change set"), related_name="changes", on_delete=models.CASCADE)
    model = models.CharField(_("model"), max_length=60)
    object_id = models.BigIntegerField(_("number"))
    action = models.CharField(_("action"), max_length=1, choices=Action)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    # The records in whose history it stands. Plain numbers: the history outlives the record.
    contact_id = models.BigIntegerField(null=True, blank=True)
    organisation_id = models.BigIntegerField(null=True, blank=True)
    network_id = models.BigIntegerField(null=True, blank=True)
    membership_id = models.BigIntegerField(null=True, blank=True)
    activity_id = models.BigIntegerField(null=True, blank=True)
    segment_id = models.BigIntegerField(null=True, blank=True)
    licence_id = models.BigIntegerField(null=True, blank=True)
    project_id = models.BigIntegerField(null=True, blank=True)
    course_id = models.BigIntegerField(null=True, blank=True)
    need_id = models.BigIntegerField(null=True, blank=True)
    planitem_id = models.BigIntegerField(null=True, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [
            models.Index(fields=["model", "object_id"], name="crm_change_object"),
            models.Index(fields=["model", "id"], condition=Q(action="-"), name="crm_change_deletion"),
            models.Index(fields=["contact_id"], condition=Q(contact_id__isnull=False), name="crm_change_contact"),
            models.Index(fields=["organisation_id"], condition=Q(organisation_id__isnull=False), name="crm_change_organisation"),
            models.Index(fields=["network_id"], condition=Q(network_id__isnull=False), name="crm_change_network"),
            models.Index(fields=["membership_id"], condition=Q(membership_id__isnull=False), name="crm_change_membership"),
            models.Index(fields=["activity_id"], condition=Q(activity_id__isnull=False), name="crm_change_activity"),
            models.Index(fields=["segment_id"], condition=Q(segment_id__isnull=False), name="crm_change_segment"),
            models.Index(fields=["licence_id"], condition=Q(licence_id__isnull=False), name="crm_change_licence"),
            models.Index(fields=["project_id"], condition=Q(project_id__isnull=False), name="crm_change_project"),
            models.Index(fields=["course_id"], condition=Q(course_id__isnull=False), name="crm_change_course"),
            models.Index(fields=["need_id"], condition=Q(need_id__isnull=False), name="crm_change_need"),
            models.Index(fields=["planitem_id"], condition=Q(planitem_id__isnull=False), name="crm_change_planitem"),
        ]

    def __str__(self):
        return f"{self.action} {self.model} {self.object_id}"
