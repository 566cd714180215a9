import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.recording import recorded
from crm.years import OperatingYear, OperatingYearField


class MembershipQuerySet(ArchivableQuerySet, DatedQuerySet):
    def held_on(self, day):
        """Memberships that count on a day: going on, and not archived (entered by mistake) since."""
        return self.active().on(day)


@recorded(membership="id", organisation="organisation_id")
class Membership(Archivable, Dated, ClusterableModel):
    """An organisation's membership of the association, from a day to a day."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        FEDERATION = "federation", _("Federation of municipalities")
        ASSOCIATE = "associate", _("Associate member")

    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="memberships", on_delete=models.PROTECT
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.MUNICIPALITY)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__sort_key", models.F("since").desc(nulls_last=True), "pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self):
        return str(self.organisation)

    def clean(self):
        super().clean()
        if not self.organisation_id:
            return
        others = Membership.objects.active().filter(organisation=self.organisation_id).exclude(pk=self.pk)
        first, last = self.since or datetime.date.min, self.until or datetime.date.max
        if overlap := others.during(first, last).first():
            raise ValidationError(
                _("%(organisation)s is already a member from %(since)s to %(until)s."),
                params={"organisation": self.organisation, "since": overlap.since or "…", "until": overlap.until or "…"},
            )


class FeeQuerySet(models.QuerySet):
    def paid(self, day=None):
        """What has been paid; as of a day, by then."""
        return self.exclude(paid_on=None) if day is None else self.filter(paid_on__lte=day)

    def begun_by(self, day):
        """The fees of the operating years that had begun on a day."""
        return self.filter(year__lte=OperatingYear.of(day))


@recorded(membership="membership_id")
class Fee(models.Model):
    """A member's fee for one operating year."""

    membership = ParentalKey("crm.Membership", verbose_name=_("membership"), related_name="fees", on_delete=models.CASCADE)
    year = OperatingYearField(_("operating year"))
    amount = models.DecimalField(_("amount (SEK)"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    invoiced_on = models.DateField(_("invoiced"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    paid_on = models.DateField(_("paid"), null=True, blank=True)

    objects = FeeQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "pk"]
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        constraints = [models.UniqueConstraint(fields=["membership", "year"], name="crm_fee_one_per_year")]

    def __str__(self):
        return f"{self.membership}, {self.year}"

    @property
    def state(self):
        """A word for where the fee stands today."""
        return _("Paid") if self.paid_on else self.state_on(timezone.localdate())

    def state_on(self, day):
        """A word for where the fee stood at the end of a day."""
        if self.paid_on and self.paid_on <= day:
            return _("Paid")
        if self.due_on and self.due_on < day:
            return _("Overdue")
        return _("Invoiced") if self.invoiced_on and self.invoiced_on <= day else _("Not invoiced")
