"""What becomes of newsletters when two contacts become one."""

import datetime

import pytest

from crm.services.merge_plans import plan_merge
from crm.services.merges import merge
from crm.services.undo import undo
from newsletter.models import Delivery, Mailing, Subscription
from tests.dumps import dump
from tests.factories.crm import ContactFactory
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

LEFT_AT = datetime.datetime(2018, 3, 1, 9, tzinfo=datetime.UTC)
State = Subscription.State


@pytest.fixture
def anna():
    return ContactFactory(first_name="Anna", last_name="Berg")


@pytest.fixture
def double():
    return ContactFactory(first_name="Anna", last_name="Bergh")


def merged(kept, gone):
    return merge(kept, gone, mark=plan_merge(kept, gone).mark, acting_user=None)


def unsubscribed(contact, **values):
    return SubscriptionFactory(
        contact=contact, state=State.UNSUBSCRIBED, unsubscribed_at=LEFT_AT, unsubscribed_by=Subscription.Exit.PAGE, **values
    )


def states(contact):
    return {one.email: one.state for one in Subscription.objects.filter(contact=contact)}


def test_subscriptions_follow_with_their_proof(anna, double):
    one = SubscriptionFactory(contact=double, consent_text="Ja, tack.", consent_version=2, asker_hash="ab" * 32, confirmed_at=LEFT_AT)

    merged(anna, double)

    there = Subscription.objects.get()
    assert there.contact == anna
    for name in ("email", "state", "consent_text", "consent_version", "asker_hash", "confirmed_at"):
        assert getattr(there, name) == getattr(one, name)


@pytest.mark.parametrize("leaves", ["anna", "double"])
def test_who_has_left_under_one_name_has_left(anna, double, leaves):
    leaver, other = (anna, double) if leaves == "anna" else (double, anna)
    unsubscribed(leaver)
    active = SubscriptionFactory(contact=other, consent_text="Ja, tack.")

    merged(anna, double)

    active.refresh_from_db()
    assert set(states(anna).values()) == {State.UNSUBSCRIBED}
    assert (active.unsubscribed_at, active.unsubscribed_by, active.consent_text) == (LEFT_AT, "page", "Ja, tack.")


def test_another_newsletter_goes_on(anna, double):
    unsubscribed(anna)
    other = SubscriptionFactory(contact=double, newsletter=NewsletterFactory(slug="annat", name="Annat brev", is_default=False))

    merged(anna, double)

    other.refresh_from_db()
    assert other.state == State.ACTIVE


def test_who_gets_it_at_another_address_has_not_left(anna, double):
    unsubscribed(anna, email="gammal@kommun.example")
    SubscriptionFactory(contact=anna, email="anna@kommun.example")
    SubscriptionFactory(contact=double, email="anna@hemma.example")

    merged(anna, double)

    assert states(anna) == {
        "gammal@kommun.example": State.UNSUBSCRIBED,
        "anna@kommun.example": State.ACTIVE,
        "anna@hemma.example": State.ACTIVE,
    }


def test_mails_that_were_sent_follow_and_go_back(anna, double):
    mailing = Mailing.objects.create(newsletter=NewsletterFactory(), subject="Höst")
    for contact in (anna, double):
        address = f"person{contact.pk}@kommun.example"
        Delivery.objects.create(mailing=mailing, contact=contact, email=address, normalised=address)
    before, receivers = dump(), list(Delivery.objects.values_list("contact", flat=True))

    opened = merged(anna, double)
    assert set(Delivery.objects.values_list("contact", flat=True)) == {anna.pk}

    separated = undo(opened, acting_user=None)
    assert dump() == before
    assert list(Delivery.objects.values_list("contact", flat=True)) == receivers

    undo(separated, acting_user=None)
    assert set(Delivery.objects.values_list("contact", flat=True)) == {anna.pk}


def test_mail_sent_after_the_merge_stays_with_the_one_that_stayed(anna, double):
    opened = merged(anna, double)
    mailing = Mailing.objects.create(newsletter=NewsletterFactory(), subject="Höst")
    Delivery.objects.create(mailing=mailing, contact=anna, email="a@x.example", normalised="a@x.example")

    undo(opened, acting_user=None)

    assert Delivery.objects.get().contact == anna
