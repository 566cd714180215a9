"""Contacts of the register made subscribers together, without bringing back who has left."""

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import ContactPoint
from newsletter.models import Subscription
from tests.factories.crm import ContactFactory, EmailFactory, UserFactory
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
URL = "/admin/contact/bulk/"


@pytest.fixture
def newsletter():
    return NewsletterFactory()


@pytest.fixture
def user():
    user = UserFactory()
    codes = ["access_admin", "view_contact", "add_subscription", "change_subscription", "view_subscription"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return user


@pytest.fixture
def sender_client(client, user):
    client.force_login(user)
    return client


def post(client, newsletter, contacts, step, mark=""):
    values = {"newsletter": newsletter.pk, "basis": "membership", "source": "Årsmötet 2018"}
    chosen = {"pk": [contact.pk for contact in contacts]}
    return client.post(URL, {"action": "subscribe", "step": step, "mark": mark, **chosen, **values})


def test_contacts_subscribe_on_the_basis_that_is_stated(sender_client, newsletter):
    contact = EmailFactory(value="Anna@kommun.example").contact
    plan = post(sender_client, newsletter, [contact], "preview").context["plan"]
    assert (plan.lines[0].new, Subscription.objects.count()) == ("Anna@kommun.example", 0)
    post(sender_client, newsletter, [contact], "do", plan.mark)
    one = Subscription.objects.get()
    assert (one.contact, one.normalised, one.state) == (contact, "anna@kommun.example", Subscription.State.ACTIVE)
    assert (one.basis, one.source) == (Subscription.Basis.MEMBERSHIP, "Årsmötet 2018")


def test_who_has_left_or_not_answered_or_no_address_is_left_out(sender_client, newsletter):
    left, elsewhere, pending, active, shared, twin = (EmailFactory().contact for _number in range(6))
    by_address = {"newsletter": newsletter}
    SubscriptionFactory(**by_address, email=left.email, state="unsubscribed", unsubscribed_at=timezone.now())
    SubscriptionFactory(**by_address, email="old@kommun.example", contact=elsewhere, state="pending", unsubscribed_at=timezone.now())
    SubscriptionFactory(**by_address, email=pending.email, state="pending")
    SubscriptionFactory(**by_address, email=active.email, state="active")
    ContactPoint.objects.filter(contact=twin).delete()
    EmailFactory(contact=twin, value=shared.email)
    everybody = [left, elsewhere, pending, active, shared, twin, ContactFactory()]
    plan = post(sender_client, newsletter, everybody, "preview").context["plan"]
    assert list(plan.changes) == [shared.pk]
    assert plan.already == 1
    assert sorted(plan.left_out.values()) == [1, 1, 1, 2]
    post(sender_client, newsletter, everybody, "do", plan.mark)
    assert Subscription.objects.active().count() == 2


def test_whoever_may_not_add_subscribers_is_not_offered_it(sender_client, user, newsletter):
    contact = EmailFactory().contact
    assert 'value="subscribe"' in sender_client.get("/admin/contact/").content.decode()
    assert 'value="archive"' not in sender_client.get("/admin/contact/").content.decode()
    user.user_permissions.remove(Permission.objects.get(codename="add_subscription"))
    assert "data-bulk-form" not in sender_client.get("/admin/contact/").content.decode()
    assert post(sender_client, newsletter, [contact], "preview").status_code == 302
    assert not Subscription.objects.exists()
