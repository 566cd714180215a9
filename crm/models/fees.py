from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from crm.recording import recorded
from crm.years import OperatingYear, OperatingYearField


class FeeQuerySet(models.QuerySet):
    def paid(self, day=None):
        """What has been paid; as of a day, by then."""
        return self.exclude(paid_on=None) if day is None else self.filter(paid_on__lte=day)

    def begun_by(self, day):
        """The fees of the operating years that had begun on a day."""
        return self.filter(year__lte=OperatingYear.of(day))

    def of_members(self):
        """Without those of memberships that were entered by mistake."""
        return self.filter(membership__archived_at=None)

    def with_standing(self, day=None):
        """With what Fee.standing_on says of each; the two have the same order."""
        day = day or timezone.localdate()
        return self.annotate(
            standing=Case(
                When(paid_on__lte=day, then=Value(Fee.Standing.PAID)),
                When(amount=0, then=Value(Fee.Standing.FREE)),
                When(due_on__lt=day, then=Value(Fee.Standing.OVERDUE)),
                When(invoiced_on__lte=day, then=Value(Fee.Standing.INVOICED)),
                default=Value(Fee.Standing.NOT_INVOICED),
                output_field=models.CharField(),
            )
        )

    def overdue(self, day=None):
        return self.with_standing(day).filter(standing=Fee.Standing.OVERDUE)


@recorded(membership="membership_id")
class Fee(models.Model):
    """A member's fee for one operating year."""

    class Standing(models.TextChoices):
        PAID = "paid", _("Paid")
        FREE = "free", _("Nothing to pay")
        OVERDUE = "overdue", _("Overdue")
        INVOICED = "invoiced", _("Invoiced")
        NOT_INVOICED = "not_invoiced", _("Not invoiced")

    membership = ParentalKey("crm.Membership", verbose_name=_("membership"), related_name="fees", on_delete=models.CASCADE)
    year = OperatingYearField(_("operating year"))
    amount = models.DecimalField(_("amount (SEK)"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    invoiced_on = models.DateField(_("invoiced"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    paid_on = models.DateField(_("paid"), null=True, blank=True)
    number = models.PositiveIntegerField(
        _("number of the fee document"), unique=True, null=True, blank=True, help_text=_("A fee round gives it. It stands on the document.")
    )
    fee_round = models.ForeignKey(
        "crm.FeeRound", verbose_name=_("fee round"), related_name="fees", on_delete=models.PROTECT, null=True, blank=True, editable=False
    )

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
        return self.standing_on(day).label

    def standing_on(self, day):
        if self.paid_on and self.paid_on <= day:
            return self.Standing.PAID
        if self.amount == 0:
            return self.Standing.FREE
        if self.due_on and self.due_on < day:
            return self.Standing.OVERDUE
        return self.Standing.INVOICED if self.invoiced_on and self.invoiced_on <= day else self.Standing.NOT_INVOICED


class FeeReminderQuerySet(models.QuerySet):
    def counted(self):
        """Those that have gone out, or may have."""
        return self.exclude(state=FeeReminder.State.FAILED)


@recorded()
class FeeReminder(models.Model):
    """A mail that reminds a member of a fee. It is written down before it is sent, so that nobody gets it twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENDING = "sending", _("handed to the mail server, answer unknown")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")

    fee = models.ForeignKey("crm.Fee", verbose_name=_("fee"), related_name="reminders", on_delete=models.CASCADE)
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("The first, second, third … about this fee."))
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    recipient = models.CharField(_("to"), max_length=200, blank=True)
    address = models.EmailField(_("e-mail"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )

    objects = FeeReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("fee reminder")
        verbose_name_plural = _("fee reminders")
        constraints = [
            models.UniqueConstraint(fields=["fee", "number"], condition=~Q(state="failed"), name="crm_feereminder_each_number_once")
        ]

    def __str__(self):
        return _now("reminder %(number)s") % {"number": self.number}
