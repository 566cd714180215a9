from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded
from crm.text import search_words


class TaskQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None)

    def overdue(self, day=None):
        return self.open().filter(due__lt=day or timezone.localdate())

    def search(self, query):
        """Narrow down to where each word stands in the task, its note, or the name of whom it is about."""
        found = self
        for word in query.split():
            # SQLite takes å and Å for different letters; names are searched in their folded form.
            texts = [Q(**{f"{name}__icontains": form}) for name in ("what", "note") for form in {word, word.lower(), word.capitalize()}]
            names = [
                Q(**{f"{name}__search_text__contains": folded})
                for name in ("contact", "organisation", "network", "project")
                for folded in search_words(word)
            ]
            found = found.filter(Q(*texts, *names, _connector=Q.OR))
        return found

    def soonest_first(self):
        """Open ones before done ones, those without a day after those that have one."""
        return self.order_by(models.F("done_at").desc(nulls_first=True), models.F("due").asc(nulls_last=True), "pk")


@recorded(contact="contact_id", organisation="organisation_id", network="network_id", project="project_id", activity="activity_id")
class Task(models.Model):
    """Something to do by a day, for somebody of the office, about somebody or something."""

    what = models.CharField(_("what"), max_length=200, help_text=_("For example “Send the agreement”."))
    due = models.DateField(_("to be done by"), null=True, blank=True, db_index=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("for whom"), related_name="tasks", on_delete=models.SET_NULL, null=True, blank=True
    )
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("about the contact"), related_name="tasks", on_delete=models.PROTECT, null=True, blank=True
    )
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("about the organisation"), related_name="tasks", on_delete=models.PROTECT, null=True, blank=True
    )
    network = models.ForeignKey(
        "crm.Network", verbose_name=_("about the network"), related_name="tasks", on_delete=models.PROTECT, null=True, blank=True
    )
    project = models.ForeignKey(
        "crm.Project", verbose_name=_("about the project"), related_name="tasks", on_delete=models.PROTECT, null=True, blank=True
    )
    activity = models.ForeignKey(
        "crm.Activity",
        verbose_name=_("next step after"),
        related_name="tasks",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
    )
    note = models.TextField(_("note"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")

    def __str__(self):
        return self.what

    @property
    def about(self):
        """The records that it is about."""
        return [record for record in (self.contact, self.organisation, self.network, self.project, self.activity) if record]

    @property
    def is_done(self):
        return self.done_at is not None

    @property
    def is_overdue(self):
        return not self.is_done and self.due is not None and self.due < timezone.localdate()
