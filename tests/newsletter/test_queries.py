"""An issue asks the database no more often when it has more stories, neither on the web nor as a mail."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from newsletter.blocks import StoryBlock
from newsletter.mail.composition import compose
from newsletter.models import Issue
from tests.factories.cms import ImageFactory, NewsIndexPageFactory, NewsPageFactory
from tests.factories.newsletter import create_issue, home_page

pytestmark = pytest.mark.django_db
LIMIT = 25


@pytest.fixture
def issue_with(newsletter):
    """Make an issue with as many stories and pictures, each with its own image."""
    news_index = NewsIndexPageFactory(parent=home_page())

    def create(number):
        stories = [("story", {"page": NewsPageFactory(parent=news_index, lead_picture=ImageFactory()).page_ptr}) for _ in range(number)]
        pictures = [("picture", {"image": ImageFactory(), "caption": "", "link": ""}) for _ in range(number)]
        return create_issue(newsletter=newsletter, title=f"Brev {number}", body=stories + pictures)

    return create


def queries_of(act):
    act()  # makes renditions
    cache.clear()
    Site.clear_site_root_paths_cache()
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_issue_page(client, issue_with):
    def queries(number):
        address = issue_with(number).url
        assert client.get(address).content.decode().count("issue-story") == number
        return queries_of(lambda: client.get(address))

    few = queries(3)
    assert queries(8) == few <= LIMIT


def test_mail(issue_with):
    def queries(number):
        issue = issue_with(number)
        assert compose(issue).html.count("/images/") == 2 * number
        return queries_of(lambda: compose(Issue.objects.get(pk=issue.pk)))

    few = queries(3)
    assert queries(8) == few <= LIMIT


def test_content_is_made_once(client, issue_with, monkeypatch):
    issue, made, content = issue_with(1), [], StoryBlock.content
    monkeypatch.setattr(StoryBlock, "content", lambda block, value: made.append(value) or content(block, value))
    client.get(issue.url)
    assert len(made) == 1
    compose(issue)
    assert len(made) == 2


def test_same_story_twice_is_shown_twice(client, newsletter):
    page = NewsPageFactory(parent=NewsIndexPageFactory(parent=home_page())).page_ptr
    issue = create_issue(newsletter=newsletter, body=[("story", {"page": page})] * 2)
    assert client.get(issue.url).content.decode().count("issue-story") == 2
