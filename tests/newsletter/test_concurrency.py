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

    def start(sink, *, batch):
        command = [sys.executable, "-m", "tests.newsletter.worker", str(mailing.pk), str(sink.port), str(batch)]
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


@pytest.mark.parametrize(("step", "arrived"), [("RCPT", False), ("DATA", True)])
def test_killed_worker_leaves_one_unknown_and_no_duplicate(mailing, start_worker, settings, step, arrived):
    settings.NEWSLETTER_BACKEND = "newsletter.backends.smtp.SMTPBackend"
    with Sink() as sink:
        sink.hold = (step, 4)
        worker = start_worker(sink, batch=8)
        assert sink.held.wait(30)
        worker.kill()
        worker.wait()
        sink.hold = None
        past = timezone.now() - timezone.timedelta(seconds=1)
        mailing.deliveries.exclude(lease_until=None).update(lease_until=past)
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        Courier(mailing.pk).run()

    unknown = mailing.deliveries.get(state=Delivery.State.UNKNOWN)
    everybody = set(mailing.deliveries.values_list("normalised", flat=True))
    assert set(Counter(sink.received).values()) == {1}
    assert everybody - set(sink.received) == (set() if arrived else {unknown.normalised})
    assert mailing.deliveries.filter(state=Delivery.State.SENT).count() == RECIPIENTS - 1
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DONE


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
        workers = [start_worker(sink, batch=2) for _ in range(2)]
        assert [worker.wait(30) for worker in workers] == [0, 0]
    assert sorted(sink.received) == sorted(mailing.deliveries.values_list("normalised", flat=True))
    assert not mailing.deliveries.exclude(state=Delivery.State.SENT).exists()
