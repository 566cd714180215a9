"""Workers die, and people and workers do things at the same time; nobody gets two mails, and nobody is missed without being listed."""

import json
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.exceptions import AlreadyStarted
from newsletter.models import Delivery, Mailing
from newsletter.services import attendance
from newsletter.services.courier import Courier
from newsletter.services.mailings import start_mailing
from tests.factories.newsletter import SubscriptionFactory, create_issue
from tests.newsletter.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
RECIPIENTS = 12


@pytest.fixture
def mailing(newsletter, sender):
    SubscriptionFactory.create_batch(RECIPIENTS, newsletter=newsletter)
    return start_mailing(create_issue(newsletter=newsletter), acting_user=sender)


@pytest.fixture
def start_worker(mailing):
    workers = []

    def start(sink, *, size, strict=False):
        command = [sys.executable, "-m", "tests.newsletter.worker", str(mailing.pk), str(sink.port), str(size)]
        command += ["strict"] if strict else []
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        database = {key: str(connection.settings_dict[key]) for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        worker.stdin.write(json.dumps(database))
        worker.stdin.close()
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()


def finish(mailing, sink, settings):
    """Let the leases of the dead run out, and send the rest."""
    past = timezone.now() - timezone.timedelta(seconds=1)
    settings.NEWSLETTER_BACKEND = "newsletter.backends.smtp.SMTPBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    attendance.clear_up()
    mailing.deliveries.exclude(lease_until=None).update(lease_until=past)
    Courier(mailing.pk).run()
    mailing.refresh_from_db()


def kill_at(sink, step, start_worker, **options):
    """Start a worker, and kill it while the server keeps it waiting for an answer to the fifth mail."""
    sink.hold = (step, 4)
    worker = start_worker(sink, size=8, **options)
    assert sink.held.wait(30)
    worker.kill()
    worker.wait()
    sink.hold = None


@pytest.mark.parametrize(("strict", "pipelining"), [(False, True), (False, False), (True, True)])
@pytest.mark.parametrize(("step", "arrived", "unknown"), [("RCPT", False, 0), ("DATA", True, 1)])
def test_killed_worker_leaves_at_most_one_unknown_and_no_duplicate(
    mailing, start_worker, settings, step, arrived, unknown, strict, pipelining
):
    with Sink(pipelining=pipelining) as sink:
        kill_at(sink, step, start_worker, strict=strict)
        finish(mailing, sink, settings)

    everybody = set(mailing.deliveries.values_list("normalised", flat=True))
    unknowns = set(mailing.deliveries.unknown().values_list("normalised", flat=True))
    assert set(Counter(sink.received).values()) == {1}
    assert len(unknowns) <= 1
    assert len(unknowns) == unknown or (pipelining and step == "RCPT")
    assert everybody - set(sink.received) <= unknowns
    assert not (arrived and everybody - set(sink.received))
    assert mailing.deliveries.filter(state=Delivery.State.SENT).count() == RECIPIENTS - len(unknowns)
    assert mailing.state == Mailing.State.DONE


def test_without_its_journal_a_window_is_unknown_and_the_journal_tells_later(mailing, start_worker, settings, tmp_path):
    with Sink(pipelining=True) as sink:
        kill_at(sink, "DATA", start_worker)
        here = settings.MAIL_JOURNAL_ROOT
        settings.MAIL_JOURNAL_ROOT = tmp_path  # another machine
        finish(mailing, sink, settings)
        assert (mailing.deliveries.unknown().count(), mailing.state) == (8, Mailing.State.DONE)
        settings.MAIL_JOURNAL_ROOT = here
        finish(mailing, sink, settings)
    assert sorted(sink.received) == sorted(mailing.deliveries.values_list("normalised", flat=True))
    assert (mailing.deliveries.unknown().count(), mailing.state) == (1, Mailing.State.DONE)


def test_after_a_restart_of_the_machine_only_what_the_journal_says_counts(mailing, start_worker, settings, monkeypatch):
    with Sink(pipelining=True) as sink:
        kill_at(sink, "DATA", start_worker)
        monkeypatch.setattr("newsletter.services.journals._boot", lambda: "another")
        finish(mailing, sink, settings)
    assert set(Counter(sink.received).values()) == {1}
    assert mailing.deliveries.unknown().count() == 4  # four had been answered; of the rest the lines may be lost


def test_double_click_starts_one_mailing(newsletter, sender):
    SubscriptionFactory.create_batch(RECIPIENTS, newsletter=newsletter)
    issue, together = create_issue(newsletter=newsletter), threading.Barrier(2)

    def click(_):
        try:
            together.wait()
            return start_mailing(issue, acting_user=sender).recipient_count
        except AlreadyStarted:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert set(threads.map(click, range(2))) == {RECIPIENTS, "refused"}
    assert Mailing.objects.count() == 1
    assert Delivery.objects.count() == RECIPIENTS


def test_two_workers_share_the_recipients(mailing, start_worker):
    with Sink() as sink:
        sink.connections_awaited = 2
        workers = [start_worker(sink, size=2) for _ in range(2)]
        assert [worker.wait(30) for worker in workers] == [0, 0]
    assert sorted(sink.received) == sorted(mailing.deliveries.values_list("normalised", flat=True))
    assert not mailing.deliveries.exclude(state=Delivery.State.SENT).exists()
