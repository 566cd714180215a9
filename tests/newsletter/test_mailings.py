import pytest
from django.utils import timezone

from crm.models import Contact, ContactPoint
from newsletter import backends
from newsletter.exceptions import AlreadyStarted, NoRecipients, NotReady, WrongState
from newsletter.models import Delivery, Mailing, Subscription
from newsletter.services import attendance, mailings
from newsletter.services.courier import Courier
from newsletter.services.mailings import start_mailing
from newsletter.services.trials import send_test_mail
from tests.factories.newsletter import SubscriptionFactory, create_contact, create_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(issue, sender):
    for number in range(3):
        SubscriptionFactory(email=f"{number}@kommun.example", name=f"Åsa{number} Öberg")
    return start_mailing(issue, acting_user=sender)


def run(mailing):
    Courier(mailing.pk).run()
    mailing.refresh_from_db()


def states(mailing):
    return dict(mailing.deliveries.values_list("email", "state"))


def time_passes(mailing):
    """Make every waiting time and lease a thing of the past."""
    past = timezone.now() - timezone.timedelta(seconds=1)
    mailing.deliveries.exclude(not_before=None).update(not_before=past)
    mailing.deliveries.exclude(lease_until=None).update(lease_until=past)
    Mailing.objects.filter(pk=mailing.pk).exclude(attended_until=None).update(attended_until=past)


def test_each_recipient_gets_one_personal_mail(mailing, outbox, parse):
    run(mailing)
    assert mailing.state == Mailing.State.DONE
    assert sorted(sent.address for sent in outbox) == ["0@kommun.example", "1@kommun.example", "2@kommun.example"]
    message = parse(outbox[0].message)
    subscription = Subscription.objects.get(normalised="0@kommun.example")
    assert "Hej Åsa0!" in message.get_body(["plain"]).get_content()
    assert f"ett-klick/{subscription.pk}:" in message["List-Unsubscribe"]
    assert message["List-ID"] == "<nyhetsbrev.larnatet.example>"
    assert message["Reply-To"] == "kansli@larnatet.example"
    assert message["Message-ID"] == mailing.deliveries.get(normalised="0@kommun.example").message_id
    run(mailing)
    assert len(outbox) == 3


def test_test_mail_is_the_real_thing(mailing, issue, outbox, parse):
    run(mailing)
    send_test_mail(issue, "0@kommun.example", name="Åsa0 Öberg")
    real, test = parse(outbox[0].message), parse(outbox[-1].message)
    personal = {"Message-ID", "Date", "List-Unsubscribe", "Content-Type"}
    assert real.keys() == test.keys()
    assert {name: real[name] for name in real if name not in personal} == {name: test[name] for name in test if name not in personal}
    subscription = Subscription.objects.get(normalised="0@kommun.example")
    for kind in ["plain", "html"]:
        real_lines, test_lines = (message.get_body([kind]).get_content().split("\n") for message in (real, test))
        different = [line for line, other in zip(real_lines, test_lines, strict=True) if line != other]
        assert len(different) == 1
        assert f"avsluta/{subscription.pk}:" in different[0]


def test_second_start_of_an_issue_is_refused(mailing, issue, sender):
    with pytest.raises(AlreadyStarted):
        start_mailing(issue, acting_user=sender)
    run(mailing)
    with pytest.raises(AlreadyStarted):
        start_mailing(issue, acting_user=sender)
    assert Mailing.objects.count() == 1


@pytest.mark.parametrize("values", [{"published": False}, {"subject": ""}, {"body": []}])
def test_unfinished_issue_is_not_sent(newsletter, sender, values):
    SubscriptionFactory()
    issue = create_issue(newsletter=newsletter, **values)
    with pytest.raises(NotReady):
        start_mailing(issue, acting_user=sender)
    assert not Mailing.objects.exists()


def test_newer_draft_must_be_published_or_discarded_first(issue, sender):
    SubscriptionFactory()
    issue.subject = "Ny rubrik"
    issue.save_revision()
    issue.refresh_from_db()
    with pytest.raises(NotReady):
        start_mailing(issue, acting_user=sender)


def test_nobody_to_send_to_leaves_no_trace(issue, sender):
    with pytest.raises(NoRecipients):
        start_mailing(issue, acting_user=sender)
    assert not Mailing.objects.exists()


def test_what_is_sent_stays_as_it_was_at_the_start(mailing, issue, outbox, parse):
    issue.subject = "Ändrad"
    issue.save_revision().publish()
    run(mailing)
    assert parse(outbox[0].message)["Subject"] == "Nytt i höst"


@pytest.mark.parametrize("change", ["leaves", "archived", "bounced", "deleted"])
def test_whoever_should_not_get_it_any_more_is_left_out_at_the_last_moment(issue, sender, outbox, change):
    contact = create_contact("Åsa", "Ek", "asa@kommun.example")
    SubscriptionFactory(email="asa@kommun.example", contact=contact)
    mailing = start_mailing(issue, acting_user=sender)
    if change == "leaves":
        Subscription.objects.update(state=Subscription.State.UNSUBSCRIBED)
    if change == "archived":
        Contact.objects.update(archived_at=timezone.now())
    if change == "bounced":
        ContactPoint.objects.update(status=ContactPoint.Status.BOUNCED)
    if change == "deleted":
        Subscription.objects.all().delete()
    run(mailing)
    assert outbox == []
    assert mailing.deliveries.get().state == Delivery.State.SKIPPED
    assert mailing.deliveries.get().reason
    assert mailing.state == Mailing.State.DONE


def test_permanent_refusal_fails_that_one_mail(mailing, outbox):
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.PermanentRefusal("550 5.1.1 No such user")
    run(mailing)
    assert states(mailing) == {"0@kommun.example": "sent", "1@kommun.example": "failed", "2@kommun.example": "sent"}
    assert "5.1.1" in mailing.deliveries.get(state="failed").reason
    assert mailing.state == Mailing.State.DONE


def test_temporary_refusal_is_tried_again_later(mailing, outbox):
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.TemporaryRefusal("451 Later")
    run(mailing)
    waiting = mailing.deliveries.get(state="queued")
    assert (waiting.attempts, mailing.state) == (1, Mailing.State.SENDING)
    assert waiting.not_before > timezone.now()
    run(mailing)
    assert len(outbox) == 2
    time_passes(mailing)
    run(mailing)
    assert (len(outbox), mailing.state) == (3, Mailing.State.DONE)


def test_temporary_refusals_end_in_failure(mailing, outbox):
    mailing.deliveries.filter(normalised="1@kommun.example").update(attempts=11)
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.TemporaryRefusal("451 Later")
    run(mailing)
    assert states(mailing)["1@kommun.example"] == "failed"


def test_unreachable_server_costs_nobody_an_attempt(mailing, outbox):
    backends.memory.MemoryBackend.problems["0@kommun.example"] = backends.ConnectionTrouble("Connection refused")
    run(mailing)
    assert set(states(mailing).values()) == {"queued"}
    assert (mailing.problem, mailing.state) == ("Connection refused", Mailing.State.SENDING)
    assert not mailing.deliveries.filter(attempts__gt=0).exists()
    time_passes(mailing)
    run(mailing)
    assert (len(outbox), mailing.problem, mailing.state) == (3, "", Mailing.State.DONE)


def test_server_out_of_reach_for_a_day_pauses(mailing):
    Mailing.objects.update(trouble_since=timezone.now() - timezone.timedelta(days=2))
    backends.memory.MemoryBackend.problems["0@kommun.example"] = backends.ConnectionTrouble("Connection refused")
    run(mailing)
    assert mailing.state == Mailing.State.PAUSED


def test_refused_sender_pauses_the_mailing(mailing, outbox):
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.SenderRefused("535 Wrong password")
    run(mailing)
    assert (mailing.state, mailing.problem, len(outbox)) == (Mailing.State.PAUSED, "535 Wrong password", 1)
    assert states(mailing)["1@kommun.example"] == "queued"


def test_fault_of_our_own_pauses_the_mailing(mailing, monkeypatch, outbox):
    monkeypatch.setattr("newsletter.services.courier.recipient_for", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(mailing)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert set(states(mailing).values()) == {"queued"}


def test_unknown_outcome_waits_for_a_person(mailing, sender, outbox):
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.OutcomeUnknown("Connection lost")
    run(mailing)
    assert (states(mailing)["1@kommun.example"], mailing.state) == ("unknown", Mailing.State.DONE)
    assert mailings.send_again(mailing, mailing.deliveries, acting_user=sender) == 1
    run(mailing)
    assert (len(outbox), mailing.state) == (3, Mailing.State.DONE)


def test_unknown_outcome_can_be_counted_as_sent(mailing, sender, outbox):
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.OutcomeUnknown("Connection lost")
    run(mailing)
    assert mailings.count_as_sent(mailing, mailing.deliveries, acting_user=sender) == 1
    assert (set(states(mailing).values()), len(outbox)) == ({"sent"}, 2)


def test_name_with_a_line_break_gets_no_mail(mailing, outbox):
    mailing.deliveries.filter(normalised="1@kommun.example").update(name="Åsa\r\nBcc: alla@kommun.example")
    run(mailing)
    assert states(mailing)["1@kommun.example"] == "failed"
    assert len(outbox) == 2


def test_paused_mailing_sends_nothing_until_resumed(mailing, sender, outbox):
    mailings.pause(mailing, acting_user=sender)
    run(mailing)
    assert outbox == []
    mailings.resume(mailing, acting_user=sender)
    run(mailing)
    assert len(outbox) == 3


@pytest.mark.parametrize(("strict", "sent"), [(True, 1), (False, 2)])
def test_pause_stops_a_run_at_the_end_of_its_window(mailing, sender, outbox, monkeypatch, settings, strict, sent):
    settings.NEWSLETTER_STRICT = strict
    monkeypatch.setattr("newsletter.services.windows.SIZE", 2)
    send = backends.memory.MemoryBackend.send

    def send_and_pause(self, **values):
        send(self, **values)
        if len(outbox) == 1:
            mailings.pause(mailing, acting_user=sender)

    monkeypatch.setattr(backends.memory.MemoryBackend, "send", send_and_pause)
    run(mailing)
    assert (len(outbox), mailing.state) == (sent, Mailing.State.PAUSED)
    assert not mailing.deliveries.queued().exclude(lease_token="").exists()


def test_cancelled_mailing_sends_no_more_and_the_next_leaves_out_who_has_got_it(mailing, issue, sender, outbox):
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.TemporaryRefusal("451 Later")
    run(mailing)
    mailings.cancel(mailing, acting_user=sender)
    assert states(mailing)["1@kommun.example"] == "skipped"
    time_passes(mailing)
    run(mailing)
    assert len(outbox) == 2
    run(start_mailing(issue, acting_user=sender))
    assert sorted(sent.address for sent in outbox) == ["0@kommun.example", "1@kommun.example", "2@kommun.example"]
    with pytest.raises(WrongState):
        mailings.resume(mailing, acting_user=sender)


def test_clock_calls_a_worker_only_for_what_has_stopped(mailing, monkeypatch, django_capture_on_commit_callbacks):
    calls = []
    monkeypatch.setattr("newsletter.services.attendance.deliver_mailing", type("Task", (), {"enqueue": staticmethod(calls.append)}))

    def tick():
        with django_capture_on_commit_callbacks(execute=True):
            attendance.resume_interrupted()
        return len(calls)

    assert tick() == 0  # the start has just called a worker
    time_passes(mailing)
    assert (tick(), tick()) == (1, 1)
    backends.memory.MemoryBackend.problems["1@kommun.example"] = backends.TemporaryRefusal("451 Later")
    run(mailing)
    assert tick() == 1  # nothing is due
    time_passes(mailing)
    assert tick() == 2
    run(mailing)
    time_passes(mailing)
    assert tick() == 2


def test_lease_of_a_dead_worker_frees_what_was_not_begun(mailing, outbox):
    keys = list(mailing.deliveries.values_list("pk", flat=True))
    until = timezone.now() + timezone.timedelta(minutes=2)
    mailing.deliveries.update(lease_token="dead", lease_until=until)
    mailing.deliveries.filter(pk=keys[0]).update(state=Delivery.State.SENDING)
    run(mailing)
    assert outbox == []
    time_passes(mailing)
    run(mailing)
    assert len(outbox) == 2
    assert (mailing.deliveries.get(pk=keys[0]).state, mailing.state) == ("unknown", Mailing.State.DONE)
