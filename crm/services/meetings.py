"""Meetings of networks: how many were called and came, and that one does not take place."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from crm.models import ChangeSet, Participation
from crm.services.ledger import change_set


def meetings_of(network):
    return network.activities.active().meetings()


@dataclass(frozen=True)
class Numbers:
    """How many of a meeting's list took part how; and of the people who came, how many are named and how many are not."""

    invited: int = 0  # and have not answered
    registered: int = 0
    declined: int = 0
    attended: int = 0
    stayed_away: int = 0
    named: int = 0
    unnamed: int = 0

    @property
    def came(self):
        """People: an organisation that came without anybody's name is none."""
        return self.named + self.unnamed

    @property
    def listed(self):
        return self.invited + self.registered + self.declined + self.attended + self.stayed_away


def unnamed_at(activity, named):
    """How many came whose names were not kept: the number of people is all of them, with those who are named."""
    return max((activity.head_count or 0) - named, 0)


def numbers_of(activities):
    """Return {number of an activity: Numbers}, with one query."""
    counted = Participation.objects.filter(activity__in=activities).order_by().values_list("activity", "how")
    by_how = defaultdict(Counter)
    for activity, how, number, people in counted.annotate(number=Count("pk"), people=Count("contact", distinct=True)):
        by_how[activity][how] = number
        if how == Participation.How.ATTENDED:
            by_how[activity]["named"] = people
    return {one.pk: Numbers(**by_how[one.pk], unnamed=unnamed_at(one, by_how[one.pk]["named"])) for one in activities}


def cancel_meeting(activity, *, day, reason, acting_user):
    """A meeting does not take place. Cancelling it once more changes nothing."""
    if not activity.is_cancelled:
        with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
            activity.cancelled_on, activity.cancel_reason = day, reason
            activity.save(update_fields=["cancelled_on", "cancel_reason"])
