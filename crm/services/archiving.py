"""Out of the lists, not out of the register."""

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log


@transaction.atomic
def archive(record, *, acting_user):
    """Take a record out of the lists. Archiving it once more changes nothing."""
    if not record.is_archived:
        record.archived_at = timezone.now()
        record.save(update_fields=["archived_at"])
        log(instance=record, action="crm.archive", user=acting_user)
    return record


@transaction.atomic
def restore(record, *, acting_user):
    """Bring an archived record back, with everything that belongs to it."""
    if record.is_archived:
        record.archived_at = None
        record.save(update_fields=["archived_at"])
        log(instance=record, action="crm.restore", user=acting_user)
    return record
