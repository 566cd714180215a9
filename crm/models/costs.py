from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded
from crm.text import search_words


class CostQuerySet(models.QuerySet):
    def by(self, day):
        """What had been spent by the end of a day."""
        return self.filter(day__lte=day)

    def newest_first(self):
        return self.order_by("-day", "-pk")

    def search(self, query):
        """Narrow down to where each word stands in what was paid for, in the voucher or in the name of the project."""
        found = self
        for word in query.split():
            # SQLite takes å and Å for different letters; names are searched in their folded form.
            forms = {word, word.lower(), word.capitalize()}
            own = [Q(**{f"{name}__icontains": form}) for name in ("what", "voucher") for form in forms]
            of_project = Q(*[Q(project__search_text__contains=folded) for folded in search_words(word)])
            found = found.filter(Q(*own, of_project, _connector=Q.OR))
        return found


@recorded(project="project_id")
class Cost(models.Model):
    """What a project has used of its budget on a day, as it stands in the accounts: one entry, or the sum of a month."""

    project = models.ForeignKey("crm.Project", verbose_name=_("project"), related_name="costs", on_delete=models.PROTECT)
    day = models.DateField(_("day"), help_text=_("When the cost was booked."))
    what = models.CharField(_("what for"), max_length=200, help_text=_("For example “salaries, March” or “journeys to Halden”."))
    amount = models.DecimalField(
        _("amount (SEK)"), max_digits=12, decimal_places=2, help_text=_("What comes back, or was booked wrongly, is negative.")
    )
    voucher = models.CharField(_("voucher"), max_length=40, blank=True, help_text=_("Its number in the accounts."))
    reported_on = models.DateField(
        _("reported to the funder"), null=True, blank=True, help_text=_("The day of the claim that it stands in. Empty means not yet.")
    )
    document = models.ForeignKey(
        "crm.Document", verbose_name=_("evidence"), related_name="costs", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = CostQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        indexes = [models.Index(fields=["project", "day", "id"], name="crm_cost_project_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "voucher"],
                condition=~Q(voucher=""),
                name="crm_cost_voucher_unique",
                violation_error_message=_("Another cost of the project has this voucher."),
            ),
        ]

    def __str__(self):
        return self.what

    @staticmethod
    def running_total():
        """An expression for costs: what the project had used with it, those of the same day in the order of their entry."""
        earlier = Q(day__lt=OuterRef("day")) | Q(day=OuterRef("day"), pk__lte=OuterRef("pk"))
        costs = Cost.objects.filter(earlier, project=OuterRef("project")).order_by()
        return Subquery(costs.values("project").annotate(sum=Sum("amount")).values("sum"))
