"""Taking back a part of a change set: one value, one record."""

from crm.models import ChangeSet
from crm.services.ledger import change_set as new_change_set
from crm.services.undo import undo


def undo_part(change_set, *, only, acting_user, force=()):
    """Undo a part of a change set and return the change set of doing so.

    That one doesn't say that it undoes the other: the rest still stands, and can be undone as a whole.
    """
    with new_change_set(actor=acting_user, cause=ChangeSet.Cause.UNDO, note=change_set.note) as opened:
        undo(change_set, acting_user=acting_user, only=only, force=force)
    return opened
