import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from crm.models import Segment, User
from newsletter.exceptions import AlreadyStarted
from newsletter.models import Issue, Mailing
from newsletter.services.courier import Courier
from newsletter.services.mailings import start_mailing
from tests.factories.newsletter import SubscriptionFactory, create_issue

pytestmark = pytest.mark.django_db


def page(client, name, *args):
    return client.get(reverse(f"newsletter_issues:{name}", args=args))


@pytest.fixture
def admin(client):
    user = User.objects.create_superuser("chef", "chef@larnatet.example", "x")
    client.force_login(user)
    return user


@pytest.fixture
def mailing(issue, sender):
    SubscriptionFactory.create_batch(3)
    return start_mailing(issue, acting_user=sender)


def test_send_page_tells_number_and_names_before_sending(client, sender, issue):
    client.force_login(sender)
    SubscriptionFactory(name="Åsa Öberg", email="asa@kommun.example")
    SubscriptionFactory(name="Bo Ek", email="bo@kommun.example", state="pending")
    content = page(client, "send", issue.pk).content.decode()
    assert "asa@kommun.example" in content
    assert "bo@kommun.example" not in content
    content = page(client, "left_out", issue.pk).content.decode()
    assert "bo@kommun.example" in content
    assert "asa@kommun.example" not in content


def test_send_page_is_searched(client, sender, issue):
    client.force_login(sender)
    SubscriptionFactory(name="Åsa Öberg", email="asa@kommun.example")
    SubscriptionFactory(name="Bo Ek", email="bo@kommun.example")
    content = client.get(reverse("newsletter_issues:send_results", args=[issue.pk]), {"q": "ek bo"}).content.decode()
    assert "bo@kommun.example" in content
    assert "asa@kommun.example" not in content


def test_send_page_says_what_to_mend(client, sender, newsletter):
    client.force_login(sender)
    segment = Segment.objects.create(name="Trasigt", query="network=999999")
    issue = create_issue(newsletter=newsletter, subject="", published=False, segment=segment)
    response = page(client, "send", issue.pk)
    assert len(response.context["errors"]) == 3
    assert reverse("newsletter_issues:confirm_send", args=[issue.pk]) not in response.content.decode()
    assert page(client, "confirm_send", issue.pk).status_code == 302


def test_confirmed_send_starts_once_and_leads_to_the_report(client, sender, issue):
    client.force_login(sender)
    SubscriptionFactory()
    assert page(client, "confirm_send", issue.pk).status_code == 200
    assert not Mailing.objects.exists()
    url = reverse("newsletter_issues:confirm_send", args=[issue.pk])
    first, second = client.post(url), client.post(url)
    mailing = Mailing.objects.get()
    assert first.url == second.url == reverse("newsletter_issues:report", args=[mailing.pk])
    assert page(client, "send", issue.pk).url == first.url


def test_test_mail_goes_to_the_typed_address_only(client, sender, issue, outbox):
    client.force_login(sender)
    SubscriptionFactory()
    client.post(reverse("newsletter_issues:send_test", args=[issue.pk]), {"address": "prov@larnatet.example"})
    assert [sent.address for sent in outbox] == ["prov@larnatet.example"]
    client.post(reverse("newsletter_issues:send_test", args=[issue.pk]), {"address": "inte en adress"})
    assert len(outbox) == 1
    assert not Mailing.objects.exists()


SENDING = ["pause", "resume", "cancel", "send_again", "count_as_sent"]


@pytest.mark.parametrize("name", SENDING)
def test_only_who_may_send_can_act_on_a_mailing(client, sender, colleague, mailing, name):
    url = reverse(f"newsletter_issues:{name}", args=[mailing.pk])
    client.force_login(colleague)
    assert "wagtailadmin" in client.post(url).url or client.post(url).status_code in (302, 403)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.QUEUED
    client.force_login(sender)
    assert client.get(url).status_code == 200
    assert client.post(url).url == reverse("newsletter_issues:report", args=[mailing.pk])


@pytest.mark.parametrize("name", ["send", "left_out", "confirm_send"])
def test_only_who_may_send_sees_the_audience(client, sender, colleague, issue, name):
    SubscriptionFactory(email="hemlig@kommun.example")
    client.force_login(colleague)
    refused = page(client, name, issue.pk)
    assert refused.status_code in (302, 403)
    assert "hemlig" not in refused.content.decode()
    client.force_login(sender)
    assert page(client, name, issue.pk).status_code == 200


def test_who_may_only_look_sees_the_report_without_buttons(client, colleague, mailing):
    client.force_login(colleague)
    assert page(client, "report", mailing.pk).status_code in (302, 403)
    assert page(client, "progress", mailing.pk).status_code in (302, 403)
    colleague.user_permissions.add(Permission.objects.get(codename="view_mailing"))
    client.force_login(User.objects.get(pk=colleague.pk))
    response = page(client, "report", mailing.pk)
    assert response.status_code == 200
    assert reverse("newsletter_issues:pause", args=[mailing.pk]) not in response.content.decode()
    assert page(client, "progress", mailing.pk).status_code == 200


def test_report_filters_by_state_and_offers_the_decision(client, sender, mailing):
    client.force_login(sender)
    unknown = mailing.deliveries.first()
    mailing.deliveries.filter(pk=unknown.pk).update(state="unknown")
    response = client.get(reverse("newsletter_issues:report", args=[mailing.pk]), {"state": "unknown"})
    assert [delivery.pk for delivery in response.context["object_list"]] == [unknown.pk]
    url = reverse("newsletter_issues:count_as_sent", args=[mailing.pk]) + f"?delivery={unknown.pk}"
    assert url in response.content.decode()
    client.post(url)
    unknown.refresh_from_db()
    assert unknown.state == "sent"


@pytest.mark.parametrize("name", ["send_again", "count_as_sent"])
@pytest.mark.parametrize("chosen", ["abc", "", "²", "-1", "1,2", "9" * 5000])
def test_doubtful_choice_of_a_delivery_is_not_all_of_them(client, sender, mailing, name, chosen):
    client.force_login(sender)
    mailing.deliveries.update(state="unknown")
    url = reverse(f"newsletter_issues:{name}", args=[mailing.pk], query={"delivery": chosen})
    assert client.get(url).status_code == client.post(url).status_code == 404
    assert mailing.deliveries.unknown().count() == 3


def test_decision_without_a_choice_is_about_all(client, sender, mailing):
    client.force_login(sender)
    mailing.deliveries.update(state="unknown")
    client.post(reverse("newsletter_issues:count_as_sent", args=[mailing.pk], query={"delivery": "9" * 19}))
    assert mailing.deliveries.unknown().count() == 3
    client.post(reverse("newsletter_issues:count_as_sent", args=[mailing.pk]))
    assert not mailing.deliveries.unknown().exists()


def test_question_about_a_sent_issue_leads_to_the_report(client, sender, issue, mailing):
    client.force_login(sender)
    response = client.get(reverse("newsletter_issues:confirm_send", args=[issue.pk]), follow=True)
    assert response.redirect_chain == [(reverse("newsletter_issues:report", args=[mailing.pk]), 302)]
    assert [str(message).strip() for message in response.context["messages"]] == [str(AlreadyStarted())]


def test_editor_has_a_way_to_the_send_page(client, admin, issue):
    content = client.get(reverse("wagtailadmin_pages:edit", args=[issue.pk])).content.decode()
    assert reverse("newsletter_issues:send", args=[issue.pk]) in content


def subscription_form(**values):
    return {"email": "asa@kommun.example", "state": "active", "basis": "consent", "language": "sv", "name": "", "source": "", **values}


def test_address_is_added_once_however_it_is_written(client, admin, newsletter):
    url = reverse("newsletter_subscriptions:add")
    assert client.post(url, subscription_form(newsletter=newsletter.pk)).status_code == 302
    assert client.post(url, subscription_form(newsletter=newsletter.pk, email=" Asa@Kommun.example ")).status_code == 200
    assert newsletter.subscriptions.count() == 1


def test_office_ends_a_subscription_and_leaves_a_trace(client, admin):
    subscription = SubscriptionFactory(email="asa@kommun.example")
    url = reverse("newsletter_subscriptions:edit", args=[subscription.pk])
    assert client.get(url).status_code == 200
    client.post(url, subscription_form(newsletter=subscription.newsletter_id, state="unsubscribed"))
    subscription.refresh_from_db()
    assert (subscription.state, subscription.unsubscribed_by) == ("unsubscribed", "staff")
    assert subscription.unsubscribed_at


def test_newsletter_with_subscriptions_stays(client, admin):
    newsletter = SubscriptionFactory().newsletter
    assert client.post(reverse("newsletter_newsletters:delete", args=[newsletter.pk])).status_code == 302
    newsletter.refresh_from_db()


def test_subscriptions_are_filtered_and_searched(client, admin):
    SubscriptionFactory(name="Åsa Öberg", email="asa@kommun.example")
    SubscriptionFactory(name="Bo Ek", email="bo@kommun.example", state="pending")
    url = reverse("newsletter_subscriptions:index_results")
    assert "asa@" not in client.get(url, {"q": "bo"}).content.decode()
    assert "asa@" not in client.get(url, {"state": "pending"}).content.decode()


@pytest.mark.parametrize(
    "url", ["newsletter_issues:index", "newsletter_subscriptions:index", "newsletter_newsletters:index", "send", "report", "archive"]
)
def test_number_of_queries_does_not_grow_with_the_rows(client, admin, newsletter, django_assert_max_num_queries, url):
    issues = [create_issue(newsletter=newsletter, title=f"Brev {number}") for number in range(2)]
    SubscriptionFactory.create_batch(2)
    mailing = start_mailing(issues[0], acting_user=admin)

    def address():
        if url == "archive":
            return issues[0].get_parent().url
        return reverse(url) if ":" in url else reverse(f"newsletter_issues:{url}", args=[{"send": issues[1], "report": mailing}[url].pk])

    def queries():
        client.get(address())
        with django_assert_max_num_queries(25) as captured:
            assert client.get(address()).status_code == 200
        return len(captured)

    few = queries()
    SubscriptionFactory.create_batch(8)
    for number in range(6):
        start_mailing(create_issue(newsletter=newsletter, title=f"Fler {number}"), acting_user=admin)
    assert queries() == few


def test_archive_and_feed_show_what_was_sent(client, mailing, issue):
    unsent = create_issue(newsletter=issue.newsletter, title="Inte skickat", subject="Inte skickat")
    archive = issue.get_parent().url
    for address in [archive, archive + "feed/"]:
        content = client.get(address).content.decode()
        assert issue.subject in content
        assert unsent.subject not in content
    assert issue.subject in client.get(Issue.objects.get(pk=issue.pk).url).content.decode()


def test_report_tells_the_end(client, sender, mailing):
    Courier(mailing.pk).run()
    client.force_login(sender)
    content = page(client, "report", mailing.pk).content.decode()
    assert "data-running" not in content
    assert page(client, "progress", mailing.pk).context["percent"] == 100
