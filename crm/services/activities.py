"""Writing down what happened."""

from crm.models import Activity, ChangeSet, Participation
from crm.services.ledger import change_set


def log_activity(*, kind, subject, day, acting_user, text="", minutes=None, starts_at=None, network=None, project=None, participants=()):
    """Write down something that happened and return it. `participants` are (contact or None, organisation or None)."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        activity = Activity.objects.create(
            kind=kind,
            subject=subject,
            day=day,
            text=text,
            minutes=minutes,
            starts_at=starts_at,
            network=network,
            project=project,
            created_by=acting_user,
        )
        for contact, organisation in participants:
            Participation.objects.create(activity=activity, contact=contact, organisation=organisation)
    return activity
