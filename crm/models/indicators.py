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
        PARTICIPANTS = "participants", _("Different people who took part")
        PARTNERS = "partners", _("Partners")
        BY_HAND = "by_hand", _("Nothing: the number is typed")

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
    value = models.PositiveIntegerField(_("reached"), null=True, blank=True, help_text=_("Only for what is not counted from the register."))

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
    def needed(self):
        """The smallest number that is enough."""
        return -(-self.target * (self.needed_percent or 100) // 100)
