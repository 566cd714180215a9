"""Writing down what happened."""

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from crm.models import Activity, ChangeSet, Participation
from crm.services.ledger import change_set
from crm.services.tasks import add_task


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


def add_next_step(activity, *, what, acting_user, due=None, assignee=None):
    """Add what is to be done after an activity, about the first of those who took part, and return the task."""
    first = activity.participations.select_related("contact", "organisation").first()
    return add_task(
        what=what,
        due=due,
        assignee=assignee or acting_user,
        activity=activity,
        contact=first and first.contact,
        organisation=first and first.organisation,
        network=activity.network,
        project=activity.project,
        acting_user=acting_user,
    )


def named_people():
    """An expression: how many different people an activity names as having taken part."""
    attended = Participation.objects.filter(activity=OuterRef("pk"), how=Participation.How.ATTENDED).exclude(contact=None).order_by()
    number = attended.values("activity").annotate(number=Count("contact", distinct=True)).values("number")
    return Coalesce(Subquery(number), 0)


def people():
    """An expression: how many people took part in an activity, named or not."""
    return Greatest(Coalesce(F("head_count"), 0), named_people())
