"""Who holds a licence: what somebody confirms, and what becomes of it when its holder leaves."""

import datetime

from django.utils import timezone

from crm.models import ChangeSet, Holding
from crm.services.ledger import change_set, name_of


def confirm_holding(holding, *, acting_user):
    """Note that somebody has said today that the licence is still used."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        holding.confirmed_at, holding.confirmed_by = timezone.localdate(), name_of(acting_user)[:150]
        holding.save(update_fields=["confirmed_at", "confirmed_by"])


# Both of these are a part of what somebody does, and stand in the change set of that.


def end_holding(holding, *, last_day):
    """Let a holding end on a day; one that has not begun by then is taken away, since it never was."""
    if holding.since and holding.since > last_day:
        holding.delete()
    elif holding.until is None or holding.until > last_day:
        holding.until = last_day
        holding.save(update_fields=["until"])


def hand_over(holding, *, to, since):
    """Give the seat to another contact from a day on, for the same organisation and as long as it would have gone on.

    Never on one day to both: there may be no other seat. Whoever has the licence by then keeps that.
    """
    licence, organisation, until = holding.licence, holding.organisation, holding.until
    end_holding(holding, last_day=since - datetime.timedelta(days=1))
    if not Holding.objects.filter(licence=licence, contact=to).during(since, until or datetime.date.max).exists():
        Holding.objects.create(licence=licence, contact=to, organisation=organisation, since=since, until=until)
