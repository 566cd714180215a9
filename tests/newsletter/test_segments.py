"""What the newsletter tells the register about its segments: where they are used."""

import pytest

from crm.models import Segment
from newsletter.services.mailings import start_mailing
from tests.factories.crm import ContactFactory, SegmentFactory
from tests.factories.newsletter import SubscriptionFactory, create_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(db):
    return SegmentFactory(name="Alla Ek", query="q=ek")


@pytest.fixture
def sent(segment, sender):
    issue = create_issue(title="Höstens brev", segment=segment)
    SubscriptionFactory(contact=ContactFactory(last_name="Ek"))
    start_mailing(issue, acting_user=sender)
    return issue


def test_page_of_a_segment_names_its_issues(admin_client, segment, sent):
    create_issue(title="Vårens brev", segment=segment)
    page = admin_client.get(f"/admin/segment/{segment.pk}/").content.decode()
    assert f'<a href="/admin/pages/{sent.pk}/edit/">Höstens brev</a>' in page
    assert "1 mottagare" in page
    assert "Vårens brev" in page
    assert "inte skickat" in page


def test_segment_of_an_issue_is_not_deleted_and_the_issue_named(admin_client, segment, sent):
    assert "Utskick: Höstens brev" in admin_client.get(f"/admin/segment/delete/{segment.pk}/").content.decode()
    response = admin_client.post(f"/admin/segment/delete/{segment.pk}/", follow=True)
    assert "används fortfarande" in response.content.decode()
    assert Segment.objects.filter(pk=segment.pk).exists()
