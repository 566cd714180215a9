from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from crm.models.memberships import Membership
from crm.recording import recorded
from crm.years import OperatingYearField


@recorded()
class FeeRound(ClusterableModel):
    """The fees of one operating year, given out together by rules. Late members get theirs by doing the round once more."""

    year = OperatingYearField(_("operating year"), help_text=_("For example 2017/2018."))
    invoiced_on = models.DateField(_("invoiced"), help_text=_("The day that stands on the fee documents."))
    due_on = models.DateField(_("due"))
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("For example who decided on the fees and when."))

    class Meta:
        ordering = ["-year", "-invoiced_on", "-pk"]
        verbose_name = _("fee round")
        verbose_name_plural = _("fee rounds")

    def __str__(self):
        day = date_format(self.invoiced_on, "SHORT_DATE_FORMAT") if self.invoiced_on else ""
        return ", ".join(filter(None, [str(self.year), day]))

    def clean(self):
        super().clean()
        if self.invoiced_on and self.due_on and self.due_on < self.invoiced_on:
            raise ValidationError({"due_on": _("The fee cannot be due before it is invoiced.")})


@recorded()
class FeeRule(models.Model):
    """What a kind of member pays in a round: the same for all of the kind, or more from so many inhabitants on."""

    fee_round = ParentalKey("crm.FeeRound", verbose_name=_("fee round"), related_name="rules", on_delete=models.CASCADE)
    kind = models.CharField(_("kind of membership"), max_length=20, choices=Membership.Kind, default=Membership.Kind.MUNICIPALITY)
    from_population = models.PositiveIntegerField(
        _("from so many inhabitants"),
        null=True,
        blank=True,
        help_text=_("Of the member's municipality. Empty: the same for all of the kind, whatever their size."),
    )
    amount = models.DecimalField(
        _("amount (SEK)"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))], help_text=_("0: nothing to pay.")
    )

    class Meta:
        ordering = ["kind", "from_population", "pk"]
        verbose_name = _("fee rule")
        verbose_name_plural = _("fee rules")

    def __str__(self):
        return str(self.get_kind_display())
