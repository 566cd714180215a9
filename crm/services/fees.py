"""What becomes of fees once they are there: paid, and taken back when that was wrong."""

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import ChangeSet, Fee
from crm.services.ledger import change_set


def mark_paid(numbers, *, on, acting_user):
    """Note for fees that they were paid on a day, and return those; one that is paid already keeps its day.

    What is nothing to pay is left alone, too.
    """
    if on > timezone.localdate():
        raise RegisterError(_("That day has not come yet."))
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        fees = list(Fee.objects.of_members().select_for_update().filter(pk__in=numbers, paid_on=None, amount__gt=0))
        for fee in fees:
            fee.paid_on = on
        Fee.objects.bulk_update(fees, ["paid_on"])
    return fees


def take_back_payment(fee, *, acting_user):
    """A payment was noted for the wrong member."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        fee.paid_on = None
        fee.save(update_fields=["paid_on"])
