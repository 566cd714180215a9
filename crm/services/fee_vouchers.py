"""Fees as an accountant sees them: a voucher when one is invoiced, and one when it is paid."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.models import Fee, FeeSettings


@dataclass(frozen=True)
class Voucher:
    """Debits are positive, credits negative; together they are nothing."""

    day: datetime.date
    text: str
    fee: Fee
    lines: tuple  # ((account, amount), …)

    def __post_init__(self):
        if sum(amount for _account, amount in self.lines):
            raise ValueError(f"{self.text}: the amounts do not balance.")

    @property
    def total(self):
        return sum((amount for _account, amount in self.lines if amount > 0), Decimal(0))


def vouchers_between(first, last, *, invoiced=True, paid=True):
    """Return the vouchers of a period, both days included, in the order of the days. What is nothing to pay has none."""
    settings = FeeSettings.current()
    fees = Fee.objects.of_members().filter(amount__gt=0).select_related("membership__organisation")
    found = []
    if invoiced:
        found += [
            _voucher(_("Fee %(number)s, %(member)s"), fee, fee.invoiced_on, settings.claims_account, settings.income_account)
            for fee in fees.filter(invoiced_on__range=(first, last))
        ]
    if paid:
        found += [
            _voucher(_("Paid: fee %(number)s, %(member)s"), fee, fee.paid_on, settings.bank_account, settings.claims_account)
            for fee in fees.filter(paid_on__range=(first, last))
        ]
    return sorted(found, key=lambda one: (one.day, one.fee.number or 0, one.fee.pk))


def _voucher(text, fee, day, debit, credit):
    words = {"number": fee.number or fee.year, "member": fee.membership.organisation.name}
    return Voucher(day, text % words, fee, ((debit, fee.amount), (credit, -fee.amount)))


def account_names():
    """{account: what it is called} of those in the settings."""
    settings = FeeSettings.current()
    return {
        settings.claims_account: _("Membership fees, claims"),
        settings.income_account: _("Membership fees, income"),
        settings.bank_account: _("Bank"),
    }
