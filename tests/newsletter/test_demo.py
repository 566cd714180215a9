import pytest

from newsletter.demo import load_issue
from newsletter.mail.composition import compose
from newsletter.models import Issue, NewsletterPage
from newsletter.services.checks import errors
from tests.factories.newsletter import create_archive, home_page

pytestmark = pytest.mark.django_db

FILE = """+++
subject = "Sommar på Öckerö"
preheader = "Först detta"
date = 2018-06-18
news = ["nyheten", "finns-inte"]
+++
Hej!

Ingress med [länk](mailto:kansli@larnatet.example).

## Rubriken

- Ett
- Två
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "newsletter.md").write_text(FILE, encoding="utf-8")
    return tmp_path


def test_issue_is_a_draft_that_lacks_nothing_but_publishing(folder, story_page):
    story = home_page().add_child(instance=NewsletterPage(title="Nyheten", slug="nyheten"))
    issue = load_issue(folder)
    assert [block.block_type for block in issue.body] == ["text", "story", "heading", "text"]
    assert issue.body[1].value["page"].pk == story.pk
    assert (issue.live, issue.slug, issue.get_parent().slug) == (False, "sommar-pa-ockero", "nyhetsbrev")
    assert len(errors(issue)) == 1
    issue.get_latest_revision().publish()
    issue = Issue.objects.get(pk=issue.pk)
    assert errors(issue) == []
    assert "- Ett\n- Två" in compose(issue).text


def test_again_changes_nothing(folder, story_page):
    create_archive()
    assert load_issue(folder).pk == load_issue(folder).pk
    assert Issue.objects.count() == 1
