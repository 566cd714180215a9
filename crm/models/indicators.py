from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from crm.recording import recorded


@recorded(project="project_id")
class Indicator(models.Model):
    """What a project has promised to reach: counted from the register where that can be, else typed."""

    class Counted(models.TextChoices):
        MOBILITIES = "mobilities", _("Mobilities carried out")
        ACTIVITIES = "activities", _("Activities")
        VISITS = "visits", _("Visits")
        MEETINGS = "meetings", _("Meetings")
        JOB_SHADOWINGS = "job_shadowings", _("Job shadowings")
        LECTURES = "lectures", _("Lectures")
        CONFERENCES = "conferences", _("Conferences")
        HOSTINGS = "hostings", _("Hosting of groups")
        PARTICIPANTS = "participants", _("Different people who took part")
        PARTNERS = "partners", _("Partners")
        BY_HAND = "by_hand", _("Nothing: the number is typed")

    EXPLANATIONS = {
        Counted.MOBILITIES: _(
            "Journeys of the project that are carried out or reported and have begun by the day, archived ones left out."
        ),
        Counted.ACTIVITIES: _("Everything that is logged for the project up to the day, of whatever kind."),
        Counted.VISITS: _("Visits that are logged for the project up to the day."),
        Counted.MEETINGS: _("Meetings that are logged for the project up to the day."),
        Counted.JOB_SHADOWINGS: _("Job shadowings that are logged for the project up to the day."),
        Counted.LECTURES: _("Lectures that are logged for the project up to the day."),
        Counted.CONFERENCES: _("Conferences that are logged for the project up to the day."),
        Counted.HOSTINGS: _("Hosted groups that are logged for the project up to the day."),
        Counted.PARTICIPANTS: _("Contacts who attended something in the project up to the day, each counted once."),
        Counted.PARTNERS: _("Different organisations that are in the project on the day, or were to its end."),
        Counted.BY_HAND: _("The latest value that somebody has entered by the day, with what shows it."),
    }

    project = ParentalKey("crm.Project", verbose_name=_("project"), related_name="indicators", on_delete=models.CASCADE)
    name = models.CharField(_("what is to be reached"), max_length=150, help_text=_("For example “company visits”."))
    target = models.PositiveIntegerField(_("target"), validators=[MinValueValidator(1)])
    needed_percent = models.PositiveSmallIntegerField(
        _("at least (%)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("When less than the target will do: the share that the funder demands."),
    )
    counted = models.CharField(_("what is counted"), max_length=20, choices=Counted, default=Counted.BY_HAND)
    value = models.PositiveIntegerField(
        _("reached"),
        null=True,
        blank=True,
        help_text=_("Only for what is not counted and has no value by day yet: those are entered on the page of the project."),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.value is not None and self.counted != self.Counted.BY_HAND:
            raise ValidationError({"value": _("This number is counted. Leave it empty, or choose that nothing is counted.")})

    @property
    def explanation(self):
        """How the number comes about."""
        return self.EXPLANATIONS[self.counted]

    @property
    def needed(self):
        """The smallest number that is enough."""
        return -(-self.target * (self.needed_percent or 100) // 100)
