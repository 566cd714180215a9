from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded
from crm.text import search_words


class EvidenceQuerySet(models.QuerySet):
    def by(self, day):
        return self.filter(day__lte=day)

    def newest_first(self):
        return self.order_by("-day", "-pk")

    def search(self, query):
        """Narrow down to where each word stands in what it says or in the name of the project or the indicator."""
        found = self
        for word in query.split():
            # SQLite takes å and Å for different letters; names are searched in their folded form.
            forms = {word, word.lower(), word.capitalize()}
            own = [Q(**{f"{name}__icontains": form}) for name in ("what", "indicator__name") for form in forms]
            of_project = Q(*[Q(project__search_text__contains=folded) for folded in search_words(word)])
            found = found.filter(Q(*own, of_project, _connector=Q.OR))
        return found


@recorded(project="project_id", activity="activity_id")
class Evidence(models.Model):
    """What shows that an indicator was reached or an activity took place; for an indicator that nothing counts, its value on a day."""

    project = models.ForeignKey("crm.Project", verbose_name=_("project"), related_name="evidence", on_delete=models.PROTECT)
    indicator = models.ForeignKey(
        "crm.Indicator", verbose_name=_("indicator"), related_name="evidence", on_delete=models.CASCADE, null=True, blank=True
    )
    activity = models.ForeignKey(
        "crm.Activity", verbose_name=_("activity"), related_name="evidence", on_delete=models.PROTECT, null=True, blank=True
    )
    day = models.DateField(_("day"), help_text=_("The day that it is about."))
    value = models.PositiveIntegerField(
        _("reached"), null=True, blank=True, help_text=_("How much it was that day in all. Only for an indicator that is not counted.")
    )
    what = models.CharField(
        _("what shows it"), max_length=200, help_text=_("For example “list of participants” or “count of the agreements”.")
    )
    document = models.ForeignKey(
        "crm.Document", verbose_name=_("document"), related_name="evidence", on_delete=models.SET_NULL, null=True, blank=True
    )
    link = models.URLField(_("link"), max_length=500, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("evidence")
        verbose_name_plural = _("pieces of evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(indicator__isnull=False, activity=None) | Q(indicator=None, activity__isnull=False),
                name="crm_evidence_of_one",
                violation_error_message=_("Choose an indicator or an activity, and only one of the two."),
            ),
        ]

    def __str__(self):
        return self.what

    def clean(self):
        super().clean()
        for name in ("indicator", "activity"):
            about = getattr(self, name)
            if about and about.project_id != self.project_id:
                raise ValidationError({name: _("This does not belong to the project.")})
        if self.value is not None and not (self.indicator and self.indicator.counted == self.indicator.Counted.BY_HAND):
            raise ValidationError({"value": _("Only an indicator that nothing counts has a value that is typed.")})
