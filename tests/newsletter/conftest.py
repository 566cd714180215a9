import email
import email.policy

import pytest
from django.contrib.auth.models import Permission

from crm.models import User
from newsletter.backends.memory import MemoryBackend
from newsletter.models import NewsletterPage
from newsletter.stories import Story
from tests.factories.newsletter import NewsletterFactory, create_issue


@pytest.fixture(autouse=True)
def outbox():
    """What the newsletter's backend has sent; empty at the beginning of each test."""
    MemoryBackend.outbox.clear()
    MemoryBackend.problems.clear()
    return MemoryBackend.outbox


@pytest.fixture
def newsletter(db):
    return NewsletterFactory()


@pytest.fixture
def issue(newsletter):
    return create_issue(newsletter=newsletter)


@pytest.fixture
def tasks_at_once(settings):
    """Background tasks run where they are enqueued."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def story_page(monkeypatch):
    """Make the archive page a story: the site's own page types are not the newsletter's business."""
    monkeypatch.setattr("newsletter.stories._page_types", ["newsletter.NewsletterPage"])

    def as_story(page):
        return Story(title="Sommarens möte", text="Vi sågs i Varberg.", url="/nyheter/sommarens-mote/")

    monkeypatch.setattr(NewsletterPage, "as_story", as_story, raising=False)


@pytest.fixture
def sender(db):
    """A user who may open the admin and send newsletters."""
    return _user("sandare", "access_admin", "send_mailing")


@pytest.fixture
def colleague(db):
    """A user who may open the admin, and not send."""
    return _user("kollega", "access_admin")


def _user(name, *codenames):
    user = User.objects.create_user(name, email=f"{name}@larnatet.example", password="x", first_name="Siv", last_name="Ek")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def parse():
    """Read the bytes of a message."""
    return lambda message: email.message_from_bytes(message, policy=email.policy.default)
