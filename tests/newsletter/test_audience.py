import pytest
from django.utils import timezone

from crm.models import Affiliation, ContactPoint, Membership, Organisation, Segment, SegmentException
from newsletter.models import Delivery, Mailing, Subscription
from newsletter.services.audience import Audience
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory, create_contact

pytestmark = pytest.mark.django_db


def recipients(issue):
    return [subscription.email for subscription in Audience(issue).recipients()]


def reasons(issue):
    return {subscription.email: subscription.reason for subscription in Audience(issue).left_out()}


def test_active_subscribers_of_the_newsletter_get_it(issue):
    SubscriptionFactory(email="Anna@Kommun.example")
    SubscriptionFactory(email="annan@kommun.example", newsletter=NewsletterFactory(slug="annat", name="Annat", is_default=False))
    assert recipients(issue) == ["Anna@Kommun.example"]


def test_each_who_is_left_out_has_a_reason(issue):
    SubscriptionFactory(email="har-slutat@a.example", state=Subscription.State.UNSUBSCRIBED)
    SubscriptionFactory(email="obekraftad@a.example", state=Subscription.State.PENDING)
    create_contact("Arkiverad", "Ek", "arkiverad@a.example", archived_at=timezone.now())
    SubscriptionFactory(email="arkiverad@a.example")
    archived = create_contact("Arkiverad", "Al", "annan@a.example", archived_at=timezone.now())
    SubscriptionFactory(email="privat@a.example", contact=archived)
    create_contact("Studs", "Ek", "studs@a.example", status=ContactPoint.Status.BOUNCED)
    SubscriptionFactory(email="Studs@a.example")
    twice = create_contact("Två", "Adresser", "ett@a.example")
    SubscriptionFactory(email="ett@a.example", contact=twice)
    SubscriptionFactory(email="tva@a.example", contact=twice)
    assert recipients(issue) == ["ett@a.example"]
    assert reasons(issue) == {
        "har-slutat@a.example": "unsubscribed",
        "obekraftad@a.example": "unconfirmed",
        "arkiverad@a.example": "archived",
        "privat@a.example": "archived",
        "Studs@a.example": "bounced",
        "tva@a.example": "duplicate",
    }
    assert Audience(issue).count_left_out()["archived"] == 2


def test_shared_address_is_kept_while_one_of_its_contacts_is_active(issue):
    create_contact("Kvar", "Ek", "info@a.example")
    create_contact("Borta", "Al", "info@a.example", archived_at=timezone.now())
    SubscriptionFactory(email="info@a.example")
    assert recipients(issue) == ["info@a.example"]


def test_second_address_gets_it_when_the_first_bounces(issue):
    person = create_contact("Två", "Adresser", "gammal@a.example", status=ContactPoint.Status.BOUNCED)
    SubscriptionFactory(email="gammal@a.example", contact=person)
    SubscriptionFactory(email="ny@a.example", contact=person)
    assert recipients(issue) == ["ny@a.example"]


def test_segment_takes_contacts_by_link_and_by_address(issue):
    member = Organisation.objects.create(name="Lärcentrum", kind=Organisation.Kind.LEARNING_CENTRE)
    Membership.objects.create(organisation=member)
    linked = create_contact("Länkad", "Ek", "jobb@a.example")
    found = create_contact("Funnen", "Al", "funnen@a.example")
    for contact in (linked, found):
        Affiliation.objects.create(contact=contact, organisation=member)
    create_contact("Utanför", "Bok", "utanfor@a.example")
    SubscriptionFactory(email="privat@a.example", contact=linked)
    SubscriptionFactory(email="Funnen@a.example")
    SubscriptionFactory(email="utanfor@a.example")
    SubscriptionFactory(email="okand@a.example")
    issue.segment = Segment.objects.create(name="Medlemmar", query="member=yes")
    assert recipients(issue) == ["Funnen@a.example", "privat@a.example"]
    assert reasons(issue) == {"utanfor@a.example": "outside", "okand@a.example": "outside"}


@pytest.mark.parametrize(
    ("state", "gets_it"), [("sent", False), ("unknown", False), ("sending", False), ("failed", True), ("queued", True)]
)
def test_after_a_cancelled_mailing_only_those_who_surely_missed_it_get_it(issue, state, gets_it):
    subscription = SubscriptionFactory(email="anna@a.example")
    mailing = Mailing.objects.create(issue=issue, newsletter=issue.newsletter, subject="x", state=Mailing.State.CANCELLED)
    Delivery.objects.create(mailing=mailing, subscription=subscription, email="anna@a.example", normalised="anna@a.example", state=state)
    assert bool(recipients(issue)) is gets_it
    assert reasons(issue) == ({} if gets_it else {"anna@a.example": "already"})


def test_exceptions_made_by_hand_count_in_the_audience(issue):
    put_in, taken_out = create_contact("In", "Ek", "in@a.example"), create_contact("Ut", "Ek", "ut@a.example")
    SubscriptionFactory(email="in@a.example", contact=put_in)
    SubscriptionFactory(email="ut@a.example")
    issue.segment = Segment.objects.create(name="Ut", query="q=ut")
    assert recipients(issue) == ["ut@a.example"]
    SegmentException.objects.create(segment=issue.segment, contact=put_in)
    SegmentException.objects.create(segment=issue.segment, contact=taken_out, is_in=False)
    assert recipients(issue) == ["in@a.example"]
    assert reasons(issue) == {"ut@a.example": "outside"}
