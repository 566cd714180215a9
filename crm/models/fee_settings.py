from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded

_account = RegexValidator(r"^[1-9]\d{3,5}$", _("An account has four to six digits, for example 1510."))


@recorded()
class FeeSettings(models.Model):
    """What fee documents, reminders and the export for the accounts have in common. There is one such row, or none."""

    bankgiro = models.CharField(_("bankgiro"), max_length=20, blank=True, help_text=_("Where fees are paid, for example 123-4567."))
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=30, help_text=_("Suggested when a fee round is made."))
    first_number = models.PositiveIntegerField(_("first number"), default=1001, help_text=_("Of the first fee document ever."))
    document_text = models.TextField(
        _("text on the fee document"), blank=True, max_length=600, help_text=_("For example what the fee is used for, or whom to ask.")
    )
    reply_to = models.EmailField(_("answers go to"), blank=True, help_text=_("Empty means the association's own e-mail."))
    reminder_subject = models.CharField(_("subject of a reminder"), max_length=200, blank=True)
    reminder_text = models.TextField(_("text of a reminder"), blank=True)
    claims_account = models.CharField(_("account of claims"), max_length=6, default="1510", validators=[_account])
    income_account = models.CharField(_("account of income"), max_length=6, default="3990", validators=[_account])
    bank_account = models.CharField(_("account of the bank"), max_length=6, default="1930", validators=[_account])
    voucher_series = models.CharField(
        _("series of vouchers"), max_length=4, blank=True, help_text=_("Empty: the accounting program chooses it.")
    )

    class Meta:
        verbose_name = _("settings of fees")
        verbose_name_plural = _("settings of fees")

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls):
        """The settings as stored, or as they are before anybody has stored any."""
        return cls.objects.order_by("pk").first() or cls()
