"""The year in figures: what somebody puts together again and again, and what has been printed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded
from crm.years import OperatingYearField


class SavedReportQuerySet(models.QuerySet):
    def seen_by(self, user):
        """Somebody's own, and what others share."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


@unrecorded("is a choice of figures, and holds nothing of the register")
class SavedReport(models.Model):
    """A choice of figures and comparisons under a name. `query` is the page's own address after the question mark."""

    name = models.CharField(_("name"), max_length=100, help_text=_("For example “The board's figures”."))
    query = models.TextField(blank=True, editable=False)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="saved_reports", on_delete=models.CASCADE, editable=False
    )

    objects = SavedReportQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="crm_savedreport_unique_name",
                violation_error_message=_("You have a report with this name already."),
            )
        ]

    def __str__(self):
        return self.name


@unrecorded("is a copy of figures as they once stood; nothing of it changes")
class FrozenReport(models.Model):
    """Figures as they stood when they were printed. What has changed since is told from the ledger."""

    title = models.CharField(_("title"), max_length=150, help_text=_("For example “Yearly report 2017/2018, printed in September”."))
    year = OperatingYearField(_("operating year"), editable=False)
    as_of = models.DateField(_("as of"), null=True, blank=True, editable=False)
    scope = models.CharField(_("part of the association"), max_length=100, blank=True, editable=False)
    note = models.TextField(_("note"), blank=True)
    frozen_at = models.DateTimeField(_("frozen"), auto_now_add=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        related_name="frozen_reports",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        ordering = ["-frozen_at", "-pk"]
        verbose_name = _("frozen report")
        verbose_name_plural = _("frozen reports")

    def __str__(self):
        return self.title


@unrecorded("is a copy of a figure as it once stood; nothing of it changes")
class FrozenFigure(models.Model):
    """One figure of a frozen report: its words, its value, and the numbers of the rows that were counted."""

    report = models.ForeignKey(FrozenReport, verbose_name=_("report"), related_name="figures", on_delete=models.CASCADE)
    key = models.CharField(_("key"), max_length=100)
    label = models.CharField(_("label"), max_length=200)
    definition = models.TextField(_("definition"), blank=True)
    unit = models.CharField(_("unit"), max_length=50, blank=True)
    value = models.IntegerField(_("value"), null=True, blank=True)
    model = models.CharField(max_length=60)
    rows = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("frozen figure")
        verbose_name_plural = _("frozen figures")
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="crm_frozenfigure_once_each")]

    def __str__(self):
        return self.label
