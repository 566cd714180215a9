"""What the page of a contact or an organisation tells of newsletters."""

import datetime

import pytest
from django.contrib.auth.models import Permission

from newsletter.models import Delivery, Mailing
from tests.factories.crm import AffiliationFactory, ContactFactory, UserFactory
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def titles(response):
    return [item.title for _month, items in response.context["timeline"].months for item in items if item.kind == "mail"]


def send(subject, *contacts, state=Delivery.State.SENT):
    mailing = Mailing.objects.create(newsletter=NewsletterFactory(), subject=subject)
    for contact in contacts:
        address = f"person{contact.pk}@kommun.example"
        sent_at = datetime.datetime(2018, 3, 1, 9, tzinfo=datetime.UTC)
        Delivery.objects.create(mailing=mailing, contact=contact, email=address, normalised=address, state=state, sent_at=sent_at)


@pytest.fixture
def reader(client):
    """Return a function that logs somebody in who may see the register, and of the newsletter what is named."""

    def log_in(*codenames):
        user = UserFactory()
        user.user_permissions.set(
            [
                *Permission.objects.filter(content_type__app_label="crm", codename__startswith="view_"),
                *Permission.objects.filter(codename__in=["access_admin", *codenames]),
            ]
        )
        client.force_login(user)
        return client

    return log_in


def test_mails_stand_in_the_timeline_of_who_got_them(reader):
    anna = ContactFactory()
    send("Nytt i höst", anna, ContactFactory())
    send("Nytt i vår", anna, state=Delivery.State.FAILED)
    (title,) = titles(reader("view_mailing").get(f"/admin/contact/inspect/{anna.pk}/"))
    assert "Nytt i höst" in title


def test_mailing_is_one_line_for_all_people_of_an_organisation(reader):
    anna = AffiliationFactory()
    bo = AffiliationFactory(organisation=anna.organisation)
    send("Nytt i höst", anna.contact, bo.contact, ContactFactory())
    (title,) = titles(reader("view_mailing").get(f"/admin/organisation/inspect/{anna.organisation_id}/"))
    assert "2" in title


def test_subscriptions_stand_on_the_page(reader):
    subscription = SubscriptionFactory(contact=ContactFactory())
    page = reader("view_subscription").get(f"/admin/contact/inspect/{subscription.contact_id}/").content.decode()
    assert subscription.email in page


def test_who_may_see_nothing_of_the_newsletter_sees_nothing_of_it_here(reader):
    subscription = SubscriptionFactory(contact=ContactFactory())
    send("Nytt i höst", subscription.contact)
    page = reader().get(f"/admin/contact/inspect/{subscription.contact_id}/").content.decode()
    assert subscription.email not in page
    assert "Nytt i höst" not in page
