"""Out of the lists, not out of the register."""

from django.utils import timezone
from wagtail.log_actions import log

from crm.models import ChangeSet
from crm.services.ledger import change_set


def archive(record, *, acting_user):
    """Take a record out of the lists. Archiving it once more changes nothing."""
    if not record.is_archived:
        with change_set(actor=acting_user, cause=ChangeSet.Cause.ARCHIVING):
            record.archived_at = timezone.now()
            record.save(update_fields=["archived_at"])
            log(instance=record, action="crm.archive", user=acting_user)
    return record


def restore(record, *, acting_user):
    """Bring an archived record back, with everything that belongs to it."""
    if record.is_archived:
        with change_set(actor=acting_user, cause=ChangeSet.Cause.ARCHIVING):
            record.archived_at = None
            record.save(update_fields=["archived_at"])
            log(instance=record, action="crm.restore", user=acting_user)
    return record
