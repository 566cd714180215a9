import datetime
import re

import pytest
import tablib
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.forms.guarded import TOO_FAST
from newsletter.forms import SignUpForm
from newsletter.models import Subscription
from newsletter.models.subscriptions import SubscriptionQuerySet
from newsletter.resources.subscriptions import SubscriptionResource
from newsletter.services.subscriptions import subscribe, unsubscribe, upsert_subscription
from newsletter.services.tokens import NOBODY, confirm_url, one_click_url, unsubscribe_token, unsubscribe_url
from tests.factories.newsletter import SubscriptionFactory, create_contact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks_at_once")]


@pytest.fixture
def sign_up(client, newsletter, django_capture_on_commit_callbacks, monkeypatch):
    """Fill in the form as a person does, some time after it was shown."""

    def post(email="Anna@Kommun.example", **values):
        with monkeypatch.context() as patch:
            earlier = signing.time.time() - values.pop("seconds", TOO_FAST + 2)
            patch.setattr(signing.time, "time", lambda: earlier)
            started = signing.dumps("", salt=SignUpForm.started_salt)
        data = {"email": email, "name": "Anna Öberg", "homepage": "", "started": started, "source": "footer", **values}
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("newsletter:sign_up"), data)

    return post


def link_in(message, word):
    return re.search(rf"http://testserver(\S*/{word}/\S+)", message.body)[1]


def test_sign_up_needs_the_button_behind_the_mailed_link(client, sign_up, newsletter):
    assert sign_up().url == reverse("newsletter:thanks")
    subscription = Subscription.objects.get()
    assert (subscription.email, subscription.normalised, subscription.state) == ("Anna@Kommun.example", "anna@kommun.example", "pending")
    assert (subscription.consent_text, subscription.consent_version) == (newsletter.consent_text, 1)
    assert len(subscription.asker_hash) == 64
    assert "footer" in subscription.source
    assert mail.outbox[0].to == ["Anna@Kommun.example"]
    assert len(mail.outbox[0].alternatives) == 1
    link = link_in(mail.outbox[0], "bekrafta")
    assert client.get(link).status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == "pending"
    assert client.post(link).status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert subscription.confirmed_at


def test_known_and_unknown_addresses_get_the_same_answer(sign_up):
    SubscriptionFactory(email="kand@kommun.example")
    known, unknown = sign_up("kand@kommun.example"), sign_up("okand@kommun.example")
    assert (known.status_code, known.url, known.content) == (unknown.status_code, unknown.url, unknown.content)
    assert [message.to for message in mail.outbox] == [["kand@kommun.example"], ["okand@kommun.example"]]
    assert "bekrafta" not in mail.outbox[0].body


def test_active_subscription_is_not_touched_by_a_stranger(sign_up):
    subscription = SubscriptionFactory(email="kand@kommun.example", name="Rätt Namn", source="Konferens")
    sign_up("kand@kommun.example", name="Falskt")
    subscription.refresh_from_db()
    assert (subscription.name, subscription.source, subscription.state) == ("Rätt Namn", "Konferens", "active")


def test_known_contact_is_linked_and_shared_address_is_not(sign_up):
    person = create_contact("Anna", "Öberg", "anna@kommun.example")
    create_contact("Ett", "Ek", "info@kommun.example")
    create_contact("Två", "Ek", "info@kommun.example")
    sign_up("anna@kommun.example")
    sign_up("info@kommun.example")
    assert list(Subscription.objects.order_by("normalised").values_list("contact", flat=True)) == [person.pk, None]


@pytest.mark.parametrize("values", [{"homepage": "http://spam.example"}])
def test_trapped_robot_sees_success_and_gets_nothing(sign_up, values):
    assert sign_up(**values).status_code == 302
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("values", [{"seconds": 0}, {"started": "x"}, {"email": "inte en adress"}, {"name": "Anna\r\nBcc: x@y.example"}])
def test_refused_form_is_shown_again_with_a_reason(sign_up, values):
    response = sign_up(**values)
    assert response.status_code == 422
    assert "form__error" in response.content.decode()
    assert not Subscription.objects.exists()


def test_one_address_gets_few_mails_an_hour(sign_up):
    answers = {sign_up().status_code for _ in range(6)}
    assert answers == {302}
    assert len(mail.outbox) == 3


def test_old_link_is_explained_and_confirms_nothing(client, sign_up, monkeypatch):
    sign_up()
    link = link_in(mail.outbox[0], "bekrafta")
    later = signing.time.time() + datetime.timedelta(days=15).total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: later)
    response = client.post(link)
    assert response.status_code == 410
    assert reverse("newsletter:sign_up") in response.content.decode()
    assert Subscription.objects.get().state == "pending"


def test_false_link_is_explained(client, newsletter):
    for name in ["confirm", "unsubscribe", "one_click"]:
        assert client.get(reverse(f"newsletter:{name}", args=["1:falsk"])).status_code == 404


def test_who_has_left_comes_back_the_same_way_and_not_by_an_old_link(client, sign_up):
    subscription = SubscriptionFactory(email="anna@kommun.example", state=Subscription.State.PENDING)
    old_link = confirm_url(subscription)
    client.post(unsubscribe_url(subscription.pk))
    assert client.post(old_link).status_code == 404
    sign_up("anna@kommun.example")
    client.post(link_in(mail.outbox[0], "bekrafta"))
    subscription.refresh_from_db()
    assert (subscription.state, subscription.unsubscribed_at) == ("active", None)


def test_address_asked_for_twice_at_the_same_moment_is_noted_once(newsletter, monkeypatch):
    get, faster = SubscriptionQuerySet.get, []

    def get_too_early(queryset, *args, **kwargs):
        if not faster:
            faster.append(SubscriptionFactory(newsletter=newsletter, email="Anna@kommun.example", state="pending"))
            raise Subscription.DoesNotExist
        return get(queryset, *args, **kwargs)

    monkeypatch.setattr(SubscriptionQuerySet, "get", get_too_early)
    assert subscribe(newsletter, "anna@kommun.example", source="page") == faster[0]
    assert Subscription.objects.count() == 1


def test_opening_the_link_never_unsubscribes(client):
    subscription = SubscriptionFactory()
    for url in [unsubscribe_url(subscription.pk), one_click_url(subscription.pk)]:
        assert 'method="post"' in client.get(url).content.decode()
        assert client.head(url).status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == "active"


def test_button_unsubscribes(client):
    subscription = SubscriptionFactory()
    client.post(unsubscribe_url(subscription.pk))
    subscription.refresh_from_db()
    assert (subscription.state, subscription.unsubscribed_by) == ("unsubscribed", "page")


def test_one_click_works_as_rfc_8058_says():
    """One POST from a mail provider's server: no cookie, no CSRF token, no log-in, no redirect."""
    subscription = SubscriptionFactory()
    stranger = Client(enforce_csrf_checks=True)
    response = stranger.post(one_click_url(subscription.pk), {"List-Unsubscribe": "One-Click"})
    assert (response.status_code, len(response.cookies)) == (200, 0)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.unsubscribed_by) == ("unsubscribed", "one_click")
    first = subscription.unsubscribed_at
    stranger.post(one_click_url(subscription.pk), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    subscription.refresh_from_db()
    assert subscription.unsubscribed_at == first


def test_one_click_with_other_words_is_refused(client):
    subscription = SubscriptionFactory()
    assert client.post(one_click_url(subscription.pk), {"List-Unsubscribe": "Nej"}).status_code == 400
    subscription.refresh_from_db()
    assert subscription.state == "active"


def test_link_of_a_test_mail_unsubscribes_nobody(client, newsletter):
    response = client.post(reverse("newsletter:unsubscribe", args=[unsubscribe_token(NOBODY)]))
    assert response.status_code == 200
    assert client.post(one_click_url(NOBODY), {"List-Unsubscribe": "One-Click"}).status_code == 200


class TestImport:
    values = {"state": "active", "basis": "consent", "source": "Konferens", "consent_text": "Ja tack", "date": datetime.date(2017, 11, 9)}

    def test_twice_changes_nothing(self, newsletter):
        subscription, outcome = upsert_subscription(newsletter, "Anna@kommun.example", name="Anna", **self.values)
        assert (outcome, subscription.consent_text) == ("created", "Ja tack")
        assert timezone.localdate(subscription.confirmed_at) == datetime.date(2017, 11, 9)
        assert upsert_subscription(newsletter, "anna@kommun.example", name="Anna", **self.values)[1] == "unchanged"
        assert upsert_subscription(newsletter, "anna@kommun.example", name="Anna Ö", **self.values)[1] == "changed"
        assert Subscription.objects.count() == 1

    def test_who_has_left_is_not_brought_back(self, newsletter):
        SubscriptionFactory(newsletter=newsletter, email="anna@kommun.example", state="unsubscribed")
        assert upsert_subscription(newsletter, "anna@kommun.example", **self.values)[1] == "unchanged"
        assert Subscription.objects.get().state == "unsubscribed"

    def test_list_of_leavers_ends_subscriptions(self, newsletter):
        SubscriptionFactory(newsletter=newsletter, email="anna@kommun.example")
        values = {**self.values, "state": "unsubscribed"}
        subscription, outcome = upsert_subscription(newsletter, "anna@kommun.example", **values)
        assert (outcome, subscription.state, subscription.unsubscribed_by) == ("changed", "unsubscribed", "import")
        assert upsert_subscription(newsletter, "anna@kommun.example", **values)[1] == "unchanged"

    def test_stranger_who_types_the_address_opens_no_way_back(self, client, newsletter, sign_up):
        subscription = SubscriptionFactory(newsletter=newsletter, email="anna@kommun.example")
        unsubscribe(subscription, by=Subscription.Exit.PAGE)
        sign_up("anna@kommun.example")
        subscription.refresh_from_db()
        assert (subscription.state, subscription.unsubscribed_by) == ("pending", "page")
        assert subscription.unsubscribed_at
        assert upsert_subscription(newsletter, "anna@kommun.example", **self.values)[1] == "unchanged"
        assert upsert_subscription(newsletter, "anna@kommun.example", **{**self.values, "state": "pending"})[1] == "unchanged"
        client.post(link_in(mail.outbox[0], "bekrafta"))
        subscription.refresh_from_db()
        assert (subscription.state, subscription.has_left) == ("active", False)

    def test_nobody_is_confirmed_by_a_list(self, newsletter):
        SubscriptionFactory(newsletter=newsletter, email="anna@kommun.example", state="pending")
        assert upsert_subscription(newsletter, "anna@kommun.example", **self.values)[1] == "unchanged"
        assert Subscription.objects.get().state == "pending"


class TestFile:
    @pytest.fixture
    def load(self, newsletter):
        def load(email, **values):
            values = {"newsletter": newsletter.name, "email": email, **values}
            result = SubscriptionResource().import_data(tablib.Dataset(list(values.values()), headers=list(values)), raise_errors=True)
            return result.rows[0].import_type, result.rows[0].changes

        return load

    def test_other_letters_of_the_address_are_no_change(self, load):
        assert load("Ny@X.example")[0] == "new"
        assert load("ny@x.example") == ("skip", [])
        assert load("NY@x.example", subscriber_name="Ny Ek") == ("update", [("Namn", "", "Ny Ek")])
        assert Subscription.objects.get().email == "Ny@X.example"

    @pytest.mark.parametrize(
        ("state", "left"), [("unsubscribed", True), ("unsubscribed", False), ("pending", True), ("pending", False), ("active", True)]
    )
    def test_nobody_is_brought_back_or_confirmed(self, load, state, left):
        subscription = SubscriptionFactory(email="anna@kommun.example", state=state, unsubscribed_at=timezone.now() if left else None)
        assert load("anna@kommun.example", state="active", subscriber_name="Annan") == ("skip", [])
        subscription.refresh_from_db()
        assert (subscription.state, subscription.name == "Annan") == (state, False)

    def test_list_of_leavers_ends_what_waits(self, load):
        SubscriptionFactory(email="anna@kommun.example", state="pending")
        assert load("anna@kommun.example", state="unsubscribed")[0] == "update"
        assert Subscription.objects.get().has_left


def test_list_takes_no_confirmation_back(db):
    subscription = SubscriptionFactory(state=Subscription.State.ACTIVE)
    upsert_subscription(
        subscription.newsletter, subscription.email, state=Subscription.State.PENDING, basis=Subscription.Basis.CONSENT, source="Lista"
    )
    subscription.refresh_from_db()
    assert subscription.state == Subscription.State.ACTIVE
