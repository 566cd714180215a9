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


def people_in(activities):
    """Return how many people took part in some activities, nobody counted twice.

    Those named once each, whatever they took part in; and of each activity that has a number of people, those who are not named.
    """
    attended = Participation.objects.filter(activity__in=activities.order_by(), how=Participation.How.ATTENDED).exclude(contact=None)
    named = attended.order_by().values("contact").distinct().count()
    return named + sum(unnamed_in(activities))


def unnamed_in(activities):
    """Yield for each activity with a number of people how many of them are not named."""
    rows = activities.order_by().exclude(head_count=None).annotate(named_people=named_people())
    for head_count, named in rows.values_list("head_count", "named_people"):
        yield max(head_count - named, 0)


def named_people():
    """An expression: how many different people an activity names as having taken part."""
    attended = Participation.objects.filter(activity=OuterRef("pk"), how=Participation.How.ATTENDED).exclude(contact=None).order_by()
    number = attended.values("activity").annotate(number=Count("contact", distinct=True)).values("number")
    return Coalesce(Subquery(number), 0)


def people():
    """An expression: how many people took part in an activity, named or not."""
    return Greatest(Coalesce(F("head_count"), 0), named_people())
