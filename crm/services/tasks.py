"""What the office has to do."""

from django.utils import timezone

from crm.models import ChangeSet, Task
from crm.services.ledger import change_set


def add_task(
    *, what, acting_user, due=None, assignee=None, contact=None, organisation=None, network=None, project=None, activity=None, note=""
):
    """Add something to do and return it."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        return Task.objects.create(
            what=what,
            due=due,
            assignee=assignee,
            contact=contact,
            organisation=organisation,
            network=network,
            project=project,
            activity=activity,
            note=note,
            created_by=acting_user,
        )


def complete_task(task, *, acting_user):
    """Mark a task as done now; one that is done already stays as it is."""
    if task.done_at is None:
        _set_done(task, timezone.now(), acting_user)


def reopen_task(task, *, acting_user):
    if task.done_at is not None:
        _set_done(task, None, acting_user)


def _set_done(task, moment, acting_user):
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        task.done_at = moment
        task.save(update_fields=["done_at"])
