"""Who looks after a running mailing. The queue forgets tasks whose worker was killed; the mailing's row does not."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletter.models import Mailing
from newsletter.services import journals
from newsletter.services.deliveries import LEASE, expire_leases, skip_waiting
from newsletter.tasks import deliver_mailing

PATIENCE = timedelta(days=1)  # with a mail server that cannot be reached


def begin(mailing):
    """Take on a mailing; False when it has been paused, cancelled or finished meanwhile."""
    return bool(_running(mailing).update(state=Mailing.State.SENDING, attended_until=timezone.now() + LEASE))


def renew(mailing):
    _running(mailing).update(attended_until=timezone.now() + LEASE)


def clear_up():
    """Settle what dead workers have left behind, as exactly as it can be known here."""
    journals.recover()
    expire_leases()


def finish(mailing):
    """End a run: the mailing is done when nothing is open, and otherwise waits to be called for again."""
    if Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.CANCELLED).exists():
        skip_waiting(mailing)  # what was in this worker's hands when it was cancelled
    elif mailing.deliveries.open().exists():
        # While the server cannot be reached, the time to call again is already set.
        _running(mailing).filter(trouble_since=None).update(attended_until=None)
    else:
        _running(mailing).update(state=Mailing.State.DONE, finished_at=timezone.now(), attended_until=None)


def wait_for_server(mailing, problem, *, until):
    """Try again later; after a day without an answer, leave it to a person."""
    mailing.trouble_since = mailing.trouble_since or timezone.now()
    if timezone.now() - mailing.trouble_since > PATIENCE:
        pause(mailing, problem)
    else:
        _running(mailing).update(problem=problem, trouble_since=mailing.trouble_since, attended_until=until)


def note_success(mailing):
    """Forget an earlier problem."""
    if mailing.trouble_since or mailing.problem:
        mailing.trouble_since, mailing.problem = None, ""
        _running(mailing).update(trouble_since=None, problem="")


def pause(mailing, problem=""):
    """Stop until a person resumes; what is on the wire at this moment still arrives."""
    return _running(mailing).update(state=Mailing.State.PAUSED, problem=problem, trouble_since=None, attended_until=None)


def call_worker(mailing):
    """Put a task for each worker that may share it into the queue, unless somebody has done so a moment ago."""
    now = timezone.now()
    if Mailing.objects.unattended(now).filter(pk=mailing.pk).update(attended_until=now + LEASE):
        for _worker in range(settings.NEWSLETTER_WORKERS):
            transaction.on_commit(partial(deliver_mailing.enqueue, mailing.pk))


def resume_interrupted():
    """Set going again what has stopped: a worker was killed, a waiting time is over, the mail server is back.

    To be called every ten seconds or so, by one process or several.
    """
    clear_up()
    now = timezone.now()
    for mailing in Mailing.objects.unattended(now):
        if mailing.deliveries.due(now).exists():
            with transaction.atomic():
                call_worker(mailing)
        elif not mailing.deliveries.open().exists():
            finish(mailing)


def _running(mailing):
    return Mailing.objects.running().filter(pk=mailing.pk)
