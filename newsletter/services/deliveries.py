"""The states of a delivery. Every step is one statement that says what must hold before it, so that two workers, or one
that was thought dead, cannot both take it."""

import secrets
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from newsletter.models import Delivery, Mailing

BATCH = 50
# Longer than the slowest SMTP dialogue (each of its steps may take EMAIL_TIMEOUT): a lease must outlive the mail it covers.
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 12  # with the waits below a day
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)


def lease_batch(mailing):
    """Put a hand on the next deliveries, and return (token, primary keys)."""
    token, now = secrets.token_hex(16), timezone.now()
    with transaction.atomic():
        due = mailing.deliveries.due(now).order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        keys = list(due.values_list("pk", flat=True)[:BATCH])
        Delivery.objects.filter(pk__in=keys).update(lease_token=token, lease_until=now + LEASE)
    return token, keys


def expire_leases():
    """Clear up after workers that are gone: what they had begun is unknown, what they had only reserved is free again."""
    expired = Delivery.objects.filter(lease_until__lte=timezone.now())
    expired.filter(state=Delivery.State.SENDING).update(state=Delivery.State.UNKNOWN, lease_until=None)
    expired.queued().update(lease_token="", lease_until=None)


def release(token):
    """Take the hand off what has not been begun."""
    Delivery.objects.queued().filter(lease_token=token).update(lease_token="", lease_until=None)


def begin(pk, token, *, message_id):
    """Say that the mail is on its way from now on. False when the lease has run out, or the mailing has been stopped."""
    ours = Delivery.objects.queued().filter(pk=pk, lease_token=token, lease_until__gt=timezone.now(), mailing__state=Mailing.State.SENDING)
    return bool(ours.update(state=Delivery.State.SENDING, lease_until=timezone.now() + LEASE, message_id=message_id))


def skip(pk, token, reason):
    """Leave out somebody who should not get the mail any more."""
    _settle_unbegun(pk, token, state=Delivery.State.SKIPPED, reason=reason)


def skip_waiting(mailing, reason):
    """Leave out all whose mail has not been begun."""
    mailing.deliveries.queued().update(state=Delivery.State.SKIPPED, reason=reason, lease_token="", lease_until=None)


def refuse(pk, token, reason):
    """Give up a mail that cannot even be made."""
    _settle_unbegun(pk, token, state=Delivery.State.FAILED, reason=reason)


def succeed(pk, token):
    _finish(pk, token, state=Delivery.State.SENT, reason="", sent_at=timezone.now())


def fail(pk, token, reason):
    _finish(pk, token, state=Delivery.State.FAILED, reason=reason)


def leave_unknown(pk, token, reason):
    _finish(pk, token, state=Delivery.State.UNKNOWN, reason=reason)


def put_back(pk, token):
    """Queue again as if nothing had happened, since nothing has."""
    _finish(pk, token, state=Delivery.State.QUEUED)


def postpone(pk, token, reason):
    """Queue again for later, each time twice as late; give up in the end."""
    attempts = Delivery.objects.values_list("attempts", flat=True).get(pk=pk) + 1
    if attempts >= MAX_ATTEMPTS:
        _finish(pk, token, state=Delivery.State.FAILED, reason=reason, attempts=attempts)
        return
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    _finish(pk, token, state=Delivery.State.QUEUED, reason=reason, attempts=attempts, not_before=timezone.now() + wait)


def _settle_unbegun(pk, token, **values):
    Delivery.objects.queued().filter(pk=pk, lease_token=token).update(lease_token="", lease_until=None, **values)


def _finish(pk, token, **values):
    # A worker that was slower than its lease finds its row *unknown*, still under its token, and may settle it.
    begun = [Delivery.State.SENDING, Delivery.State.UNKNOWN]
    Delivery.objects.filter(pk=pk, lease_token=token, state__in=begun).update(lease_token="", lease_until=None, **values)


def send_again(deliveries):
    """Queue deliveries of unknown outcome once more: somebody has decided that a second copy does less harm than none."""
    return deliveries.unknown().update(
        state=Delivery.State.QUEUED, reason="", lease_token="", lease_until=None, not_before=None, message_id=""
    )


def count_as_sent(deliveries):
    """Settle deliveries of unknown outcome: somebody has found out, or assumes, that they arrived."""
    return deliveries.unknown().update(state=Delivery.State.SENT, lease_token="", lease_until=None)
