"""The vouchers of fees as a file: SIE for the accounting program, or a row for each line of a voucher."""

import io

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group
from crm.exporting.sie import sie_file
from crm.exporting.spreadsheets import csv_parts, write_xlsx
from crm.models import Fee, FeeSettings
from crm.services.association import association
from crm.services.fee_vouchers import account_names

SIE_TYPE = "application/octet-stream"


class FeeVoucherExport(Exportable):
    """Not one of the kinds of the whole register's export: it holds nothing that the fees don't."""

    kind = "fee_vouchers"
    title = _("Fees for the accounts")
    model = Fee
    groups = (
        Group(
            _("Voucher"),
            [
                Field("day", _("Day"), lambda row: row[0].day),
                Field("text", _("Text"), lambda row: row[0].text),
                Field("account", _("Account"), lambda row: int(row[1])),
                Field("debit", _("Debit"), lambda row: row[2] if row[2] > 0 else None),
                Field("credit", _("Credit"), lambda row: -row[2] if row[2] < 0 else None),
                Field("number", _("No. of the fee document"), lambda row: row[0].fee.number),
                Field("member", _("Member"), lambda row: row[0].fee.membership.organisation.name),
                Field("organisation_number", _("Organisation number"), lambda row: row[0].fee.membership.organisation.organisation_number),
                Field("year", _("Operating year"), lambda row: str(row[0].fee.year)),
            ],
        ),
    )


def voucher_rows(vouchers):
    """Return (headings, rows) of vouchers, a row for each line."""
    fields = FeeVoucherExport().fields.values()
    lines = [(voucher, account, amount) for voucher in vouchers for account, amount in voucher.lines]
    return [str(field.label) for field in fields], [[field.value(line) for field in fields] for line in lines]


def as_sie(vouchers):
    who = association()
    return sie_file(
        vouchers,
        company=who.name,
        organisation_number=who.organisation_number,
        accounts=account_names(),
        series=FeeSettings.current().voucher_series,
        day=timezone.localdate(),
    )


def as_csv(vouchers):
    headings, rows = voucher_rows(vouchers)
    return b"".join(part for part, _number in csv_parts(headings, [rows]))


def as_xlsx(vouchers):
    headings, rows = voucher_rows(vouchers)
    output = io.BytesIO()
    write_xlsx(output, str(FeeVoucherExport.title), headings, [rows] if rows else [])
    return output.getvalue()
