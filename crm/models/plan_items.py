from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from crm.recording import recorded
from crm.training import FocusArea
from crm.years import OperatingYear, OperatingYearField


class PlanItemQuerySet(models.QuerySet):
    def of_year(self, year):
        return self.filter(year=year)

    def open(self):
        return self.filter(state__in=PlanItem.OPEN)

    def overdue(self, day):
        """What should have been done before a day."""
        return self.open().filter(target_day__lt=day)

    def search(self, query):
        found = self
        for word in query.replace("\x00", " ").split():
            found = found.filter(Q(what__icontains=word) | Q(why__icontains=word) | Q(how__icontains=word))
        return found


@recorded(planitem="id")
class PlanItem(ClusterableModel):
    """One thing of an operating year's activity plan: why, what and how, and how far it has come."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Not begun")
        GOING_ON = "going_on", _("Under way")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Given up")

    OPEN = (State.PLANNED, State.GOING_ON)

    year = OperatingYearField(_("operating year"), default=OperatingYear.current, db_index=True)
    focus_area = models.PositiveSmallIntegerField(_("focus area"), choices=FocusArea)
    what = models.CharField(
        _("what"), max_length=300, help_text=_("What is to be done, in a line: “Call all members to a yearly conference”.")
    )
    why = models.TextField(_("why"), blank=True, help_text=_("What it is good for. Items of the same reason stand beside it together."))
    how = models.TextField(_("how"), blank=True, help_text=_("How it is done, a line for each step."))
    responsible = models.ForeignKey(
        "crm.Contact", verbose_name=_("responsible"), related_name="plan_items", on_delete=models.PROTECT, null=True, blank=True
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    target_day = models.DateField(_("to be done by"), null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True, help_text=_("What came of it, or why it was given up."))
    position = models.PositiveSmallIntegerField(_("place within the focus area"), default=0, help_text=_("The lowest number stands first."))

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "focus_area", "position", "pk"]
        verbose_name = _("item of the activity plan")
        verbose_name_plural = _("items of the activity plan")

    def __str__(self):
        return self.what

    @property
    def steps(self):
        """The lines of how it is done, without the marks that people begin them with."""
        return [line.strip().lstrip("-–•*").strip() for line in self.how.splitlines() if line.strip()]


@recorded(planitem="planitem_id", activity="activity_id", project="project_id")
class PlanLink(models.Model):
    """That an activity or a project fulfils a part of the plan."""

    planitem = ParentalKey("crm.PlanItem", verbose_name=_("item of the activity plan"), related_name="links", on_delete=models.CASCADE)
    activity = models.ForeignKey(
        "crm.Activity", verbose_name=_("activity"), related_name="plan_links", on_delete=models.PROTECT, null=True, blank=True
    )
    project = models.ForeignKey(
        "crm.Project", verbose_name=_("project"), related_name="plan_links", on_delete=models.PROTECT, null=True, blank=True
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("what fulfils the plan")
        verbose_name_plural = _("what fulfils the plan")
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, project=None) | Q(activity=None, project__isnull=False),
                name="crm_planlink_one",
                violation_error_message=_("Choose either an activity or a project."),
            ),
            models.UniqueConstraint(
                fields=["planitem", "activity"],
                condition=Q(activity__isnull=False),
                name="crm_planlink_activity_once",
                violation_error_message=_("This activity stands there already."),
            ),
            models.UniqueConstraint(
                fields=["planitem", "project"],
                condition=Q(project__isnull=False),
                name="crm_planlink_project_once",
                violation_error_message=_("This project stands there already."),
            ),
        ]

    def __str__(self):
        return str(self.activity or self.project or "")
