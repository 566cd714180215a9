"""The states of a delivery. Every step is one statement that says what must hold before it, so that two workers, or one
that was thought dead, cannot both take it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.models import Delivery, Mailing

# Longer than the slowest SMTP dialogue (each of its steps may take EMAIL_TIMEOUT): a lease must outlive the mail it covers.
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 12  # with the waits below a day
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)

_State = Delivery.State
_TABLE = connection.ops.quote_name(Delivery._meta.db_table)
_MAILINGS = connection.ops.quote_name(Mailing._meta.db_table)
# Nobody else's hand is on the rows, and the mailing has not been stopped meanwhile.
_CLAIM = f"""
    WITH due(number) AS ({{due}})
    UPDATE {_TABLE} SET state = %s, lease_token = %s, lease_until = %s, message_id = '<' || {_TABLE}.id || '.' || %s || '>'
    WHERE id IN (SELECT due.number FROM due) AND state = '{_State.QUEUED}' AND lease_token = ''
    AND EXISTS (SELECT 1 FROM {_MAILINGS} WHERE id = %s AND state = '{Mailing.State.SENDING}')
    RETURNING id, subscription_id, name, email, message_id, attempts
"""
_BEGIN = f"""
    UPDATE {_TABLE} SET state = '{_State.SENDING}'
    WHERE id = %s AND lease_token = %s AND state = '{_State.QUEUED}'
    AND EXISTS (SELECT 1 FROM {_MAILINGS} WHERE id = mailing_id AND state = '{Mailing.State.SENDING}')
    RETURNING id
"""
_SETTLE_AND_BEGIN = f"""
    UPDATE {_TABLE} SET
        state = CASE WHEN id = %s THEN '{_State.SENDING}' ELSE '{_State.SENT}' END,
        lease_token = CASE WHEN id = %s THEN lease_token ELSE '' END,
        lease_until = CASE WHEN id = %s THEN lease_until ELSE NULL END,
        sent_at = CASE WHEN id = %s THEN sent_at ELSE %s END,
        reason = ''
    WHERE lease_token = %s AND (
        (id = %s AND state IN ('{_State.SENDING}', '{_State.UNKNOWN}'))
        OR (id = %s AND state = '{_State.QUEUED}'
            AND EXISTS (SELECT 1 FROM {_MAILINGS} WHERE id = mailing_id AND state = '{Mailing.State.SENDING}'))
    )
    RETURNING id
"""


@dataclass(frozen=True)
class Claimed:
    """What of a delivery is needed to make its mail."""

    pk: int
    subscription_id: int | None
    name: str
    email: str
    message_id: str
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery: a state, and why. Queued again costs an attempt when `is_attempt`."""

    state: str
    reason: str = ""
    is_attempt: bool = False


SENT = Outcome(_State.SENT)
NOT_BEGUN = Outcome(_State.QUEUED)


def claim(mailing, number, *, token, until, domain, state):
    """Put a hand on the next deliveries that are due, in one statement, and return them."""
    due = mailing.deliveries.due(timezone.now()).order_by("pk")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        select, params = due.values("pk")[:number].query.sql_with_params()
        lease_until = connection.ops.adapt_datetimefield_value(until)
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM.format(due=select), [*params, state, token, lease_until, f"{token[:16]}@{domain}", mailing.pk])
            return sorted((Claimed(*row) for row in cursor.fetchall()), key=lambda claimed: claimed.pk)


def begin(pk, token):
    """Say that a leased mail is on its way from now on. False when the lease has been taken away, or the mailing stopped."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [pk, token])
        return bool(cursor.fetchall())


def succeed_and_begin(sent, pk, token):
    """The same, and write down in the same statement that the mail before has gone."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_AND_BEGIN, [pk, pk, pk, pk, now, token, sent, pk])
        return (pk,) in cursor.fetchall()


@transaction.atomic
def settle(token, outcomes):
    """Write down what became of deliveries: {primary key: Outcome}. What somebody else has decided about meanwhile stays.

    A worker that was slower than its lease finds its rows *unknown*, still under its token, and may settle them.
    """
    ours = Delivery.objects.filter(lease_token=token, state__in=[_State.QUEUED, _State.SENDING, _State.UNKNOWN])
    free = {"lease_token": "", "lease_until": None}
    postponed = [pk for pk, outcome in outcomes.items() if outcome.is_attempt]
    attempts = dict(ours.filter(pk__in=postponed).values_list("pk", "attempts")) if postponed else {}
    alike, now = {}, timezone.now()
    for pk, outcome in outcomes.items():
        alike.setdefault((outcome, attempts.get(pk, 0) + 1 if outcome.is_attempt else 0), []).append(pk)
    for (outcome, attempt), keys in alike.items():
        values = {"state": outcome.state, "reason": outcome.reason}
        if outcome.state == _State.SENT:
            values["sent_at"] = now
        if attempt:
            values |= _put_off(attempt, now)
        ours.filter(pk__in=keys).update(**free, **values)


def _put_off(attempt, now):
    """For later, each time twice as late; given up in the end."""
    if attempt >= MAX_ATTEMPTS:
        return {"state": _State.FAILED, "attempts": attempt}
    wait = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
    return {"attempts": attempt, "not_before": now + wait}


def leave_to_persons(token):
    """What may have been sent under a lease is unknown."""
    begun = Delivery.objects.filter(lease_token=token, state=_State.SENDING)
    return begun.update(state=_State.UNKNOWN, lease_until=None)


def expire_leases():
    """Clear up after workers that are gone: what they had begun is unknown, what they had only reserved is free again."""
    expired = Delivery.objects.filter(lease_until__lte=timezone.now())
    expired.filter(state=_State.SENDING).update(state=_State.UNKNOWN, lease_until=None)
    expired.queued().update(lease_token="", lease_until=None)


def skip_waiting(mailing, reason=None):
    """Leave out all whose mail has not been begun."""
    reason = reason or _("The mailing was cancelled.")
    mailing.deliveries.queued().update(state=_State.SKIPPED, reason=reason, lease_token="", lease_until=None)


def send_again(deliveries):
    """Queue deliveries of unknown outcome once more: somebody has decided that a second copy does less harm than none."""
    return deliveries.unknown().update(state=_State.QUEUED, reason="", lease_token="", lease_until=None, not_before=None, message_id="")


def count_as_sent(deliveries):
    """Settle deliveries of unknown outcome: somebody has found out, or assumes, that they arrived."""
    return deliveries.unknown().update(state=_State.SENT, lease_token="", lease_until=None)
