from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.models import FeeReminder


@exportable
class FeeReminderExport(Exportable):
    kind = "fee_reminders"
    title = _("Reminders of fees")
    model = FeeReminder
    groups = (
        Group(
            _("Reminder"),
            [
                Field("member", _("Member"), lambda one: one.fee.membership.organisation.name),
                Field("year", _("Operating year"), lambda one: str(one.fee.year)),
                Field("fee_number", _("No. of the fee document"), lambda one: one.fee.number),
                Field("number", _("Reminder no."), lambda one: one.number),
                Field("at", _("When"), lambda one: one.at),
                Field("state", _("State"), lambda one: word(FeeReminder.State, one.state)),
                Field("recipient", _("To"), lambda one: one.recipient),
                Field("address", _("E-mail"), lambda one: one.address),
                Field("subject", _("Subject"), lambda one: one.subject),
                Field("text", _("Text"), lambda one: one.text),
                Field("problem", _("Problem"), lambda one: one.problem),
            ],
        ),
    )

    def rows(self, chunk):
        return chunk.load(FeeReminder.objects.select_related("fee__membership__organisation"))
