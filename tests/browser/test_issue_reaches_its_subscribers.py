"""Journey: an issue goes to its subscribers by real SMTP, is read in the caught mail, and one leaves with one click."""

import email
import email.policy
import re
import socket

import pytest
from django.contrib.auth.models import Group
from django_tasks_db.management.commands.db_worker import Worker
from playwright.sync_api import expect

from cms.groups import SENDERS
from mailcatcher.maildir import caught_messages
from mailcatcher.management.commands.mailbox import open_mailbox
from newsletter.models import Delivery, Subscription
from tests.factories.crm import UserFactory
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory, create_issue


@pytest.fixture
def sender(transactional_db):
    user = UserFactory(username="utskick")
    user.groups.set([Group.objects.get(name=SENDERS)])
    return user


@pytest.fixture
def mailbox(settings, live_server):
    """A mail server that catches what the newsletter sends, as `make run` has one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = open_mailbox(port)
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.NEWSLETTER_BACKEND = "newsletter.backends.smtp.SMTPBackend"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.BASE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    yield
    controller.stop()


def work():
    """Do what is in the queue, as the background worker would."""
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    ).run()


def test_issue_arrives_once_with_everybody_and_one_click_ends_it(page, live_server, log_in, sender, mailbox):
    newsletter = NewsletterFactory()
    SubscriptionFactory.create_batch(5, newsletter=newsletter)
    SubscriptionFactory(newsletter=newsletter, state=Subscription.State.UNSUBSCRIBED)
    issue = create_issue(newsletter=newsletter, subject="Sommarens brev")

    log_in(page, sender)
    page.goto(f"{live_server.url}/admin/newsletter/issues/{issue.pk}/send/")
    expect(page.get_by_text("5 mottagare").first).to_be_visible()
    page.get_by_role("link", name="Skicka").last.click()
    page.get_by_role("button", name="Skicka").click()
    work()

    caught = [email.message_from_string(message.source, policy=email.policy.default) for message in caught_messages()]
    assert sorted(message["To"].addresses[0].addr_spec for message in caught) == sorted(
        Subscription.objects.active().values_list("normalised", flat=True)
    )
    assert {message["Subject"] for message in caught} == {"Sommarens brev"}
    assert all("Brödtexten." in message.get_body(["plain"]).get_content() for message in caught)
    assert all("Brödtexten." in message.get_body(["html"]).get_content() for message in caught)
    assert Delivery.objects.filter(state=Delivery.State.SENT).count() == 5

    page.goto(f"{live_server.url}/mailbox/")
    expect(page.get_by_role("link", name="Sommarens brev")).to_have_count(5)

    address = re.search("<(http[^>]+)>", caught[0]["List-Unsubscribe"]).group(1)
    reader = page.context.browser.new_context().request
    response = reader.post(address, form={"List-Unsubscribe": "One-Click"}, max_redirects=0)
    assert response.status == 200
    gone = Subscription.objects.get(normalised=caught[0]["To"].addresses[0].addr_spec)
    assert gone.state == Subscription.State.UNSUBSCRIBED
