"""Fees in the timeline of a member: invoiced, paid, and reminded of."""

from django.utils.translation import gettext as _

from crm.models import Fee, FeeReminder
from crm.services.timeline import Stream, register_stream


class FeeStream(Stream):
    of = ("organisation",)
    kind = "fee"
    icon = "clipboard-list"

    def is_for(self, about):
        return about.may_view(Fee)


class DatedFeeStream(FeeStream):
    by_day = True

    def queryset(self, about):
        told = {f"{self.moment}__isnull": False, f"{self.moment}__lte": about.today}
        return Fee.objects.of_members().filter(membership__organisation=about.record, **told)

    def items(self, about, found):
        return [self.item(one, self.sentence() % {"year": one.year}, leads_to=(Fee, one.pk)) for one in found]


@register_stream
class FeeInvoiced(DatedFeeStream):
    key, moment = "fee-invoiced", "invoiced_on"

    def sentence(self):
        return _("The fee for %(year)s was invoiced")


@register_stream
class FeePaid(DatedFeeStream):
    key, moment, icon = "fee-paid", "paid_on", "check"

    def sentence(self):
        return _("The fee for %(year)s was paid")


@register_stream
class FeeReminded(FeeStream):
    key, moment, icon = "fee-reminded", "at", "mail"

    def queryset(self, about):
        return FeeReminder.objects.filter(fee__membership__organisation=about.record).select_related("fee")

    def items(self, about, found):
        return [
            self.item(one, self.sentence(one), note=f"{one.address}, {one.get_state_display()}", leads_to=(Fee, one.fee_id))
            for one in found
        ]

    def sentence(self, one):
        return _("Reminder %(number)s of the fee for %(year)s") % {"number": one.number, "year": one.fee.year}
