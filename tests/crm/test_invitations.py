"""Calling a network to a meeting: who gets a mail, what is in it, and that nobody gets two."""

import datetime
import smtplib
import uuid

import pytest
from django.core.mail import get_connection
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from crm.models import Activity, ContactPoint, MeetingMail, MeetingMailing, Participation
from crm.services.invitations import call_meeting, guests_of
from crm.services.ledger import change_set
from crm.services.meeting_mails import (
    cancel_and_tell,
    carry,
    in_calendars_of_removed,
    out_of_date,
    resume_interrupted,
    send_again,
    send_change,
    tell_removed,
)
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, NetworkFactory, OrganisationFactory, SeatFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2999, 3, 5)
DETAILS = {"kind": "meeting", "subject": "Vårträff, del 1", "day": DAY, "starts_at": datetime.time(13), "minutes": 90, "place": "Varberg"}
State = MeetingMail.State
How = Participation.How


@pytest.fixture(autouse=True)
def _worker(settings, django_capture_on_commit_callbacks):
    """Background tasks run where they are enqueued."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def network():
    return NetworkFactory(name="Nätverk besöksnäring")


def member(network, first_name="Åsa", address="asa@kommun.example", **seat):
    contact = ContactFactory(first_name=first_name, last_name="Öberg")
    if address:
        EmailFactory(contact=contact, value=address)
    SeatFactory(network=network, contact=contact, **{"organisation": None, **seat})
    return contact


@pytest.fixture
def call(network, staff, django_capture_on_commit_callbacks):
    """Call everybody who can be called; the mails go out when that is committed."""

    def do(**values):
        guests = [guest for guest in guests_of(network, values.get("day", DAY)) if not guest.reason]
        with django_capture_on_commit_callbacks(execute=True):
            return call_meeting(guests, network=network, acting_user=staff, **{"key": uuid.uuid4(), **DETAILS, **values})

    return do


def reasons(network, day=DAY, **kwargs):
    return {str(guest.contact or guest.organisation): guest.reason for guest in guests_of(network, day, **kwargs)}


# Whom


def test_seats_of_the_day_say_who_is_called(network):
    before, after = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)
    member(network, "Förr", "a@kommun.example", until=before)
    member(network, "Sista", "b@kommun.example", until=DAY)
    member(network, "Första", "c@kommun.example", since=DAY)
    member(network, "Snart", "d@kommun.example", since=after)
    assert set(reasons(network)) == {"Sista Öberg", "Första Öberg"}


def test_seat_without_a_person_calls_the_roles_that_are_chosen(network):
    centre = OrganisationFactory(name="Lärcentrum Ale")
    SeatFactory(network=network, organisation=centre)
    head, other = AffiliationFactory(organisation=centre), AffiliationFactory(organisation=centre)
    ended = AffiliationFactory(organisation=centre, role=head.role, until=DAY - datetime.timedelta(days=1))
    EmailFactory(contact=head.contact)
    assert reasons(network, roles=[head.role]) == {str(head.contact): ""}
    assert reasons(network) == {"Lärcentrum Ale": "nobody"}
    assert str(other.contact) not in reasons(network, roles=[head.role])
    assert str(ended.contact) not in reasons(network, roles=[head.role])


def test_who_cannot_be_mailed_is_left_out_with_the_reason(network):
    member(network, "Utan", "")
    member(network, "Studsar", "borta@kommun.example").contact_points.update(status=ContactPoint.Status.BOUNCED)
    gammal = member(network, "Gammal", "gammal@kommun.example")
    gammal.contact_points.update(status=ContactPoint.Status.HISTORICAL)
    arkiverad = member(network, "Arkiverad", "arkiv@kommun.example")
    arkiverad.archived_at = timezone.now()
    arkiverad.save()
    member(network, "Anna", "kansli@kommun.example")
    member(network, "Bo", "Kansli@Kommun.example")
    assert reasons(network) == {
        "Anna Öberg": "",
        "Arkiverad Öberg": "archived",
        "Bo Öberg": "same_address",
        "Gammal Öberg": "no_address",
        "Studsar Öberg": "bounced",
        "Utan Öberg": "no_address",
    }


def test_two_seats_make_one_guest_and_the_address_of_the_role_comes_first(network):
    contact = member(network, address="hem@privat.example")
    role = AffiliationFactory(contact=contact)
    SeatFactory(network=network, contact=contact, organisation=role.organisation)
    EmailFactory(contact=contact, affiliation=role, value="asa@jobbet.example", is_primary=False)
    found = guests_of(network, DAY)
    assert [guest.email for guest in found if guest.organisation] in ([], ["asa@jobbet.example"])
    assert len(found) == 1


# What is sent


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def entry_of(mail):
    """Return the lines of the calendar part, and its content type as a mail program sees it."""
    (part,) = [part for part in mail.message().walk() if part.get_content_type() == "text/calendar"]
    return unfolded(part.get_payload(decode=True).decode()), part


def test_invitation_carries_an_entry_for_the_calendar(call, network, mailoutbox, settings):
    settings.DEFAULT_FROM_EMAIL = "Lärnätet Väst <kansli@larnatet.example>"
    member(network)
    activity = call(text="Ta med frågor; gärna flera, och\nskriv ned dem.")
    (mail,) = mailoutbox
    assert mail.to == ["asa@kommun.example"]
    assert mail.subject == "Kallelse: Vårträff, del 1"
    lines, part = entry_of(mail)
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    for line in (
        "METHOD:REQUEST",
        f"UID:activity-{activity.pk}@testserver",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "DTSTART:29990305T120000Z",  # winter: an hour before Stockholm's
        "DTEND:29990305T133000Z",
        "SUMMARY:Vårträff\\, del 1",
        "LOCATION:Varberg",
        "DESCRIPTION:Ta med frågor\\; gärna flera\\, och\\nskriv ned dem.",
        'ORGANIZER;CN="Lärnätet Väst":mailto:kansli@larnatet.example',
        'ATTENDEE;CN="Åsa Öberg";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:asa@kommun.example',
    ):
        assert line in lines, line
    assert all(len(line.encode()) <= 75 for line in part.get_payload(decode=True).decode().split("\r\n"))
    (attached,) = [part for part in mail.message().walk() if part.get_filename()]
    assert (attached.get_filename(), attached.get_content_type()) == ("invite.ics", "application/ics")
    assert "http://testserver/traff/" in mail.body
    assert [(one.contact.first_name, one.how) for one in activity.participations.all()] == [("Åsa", How.INVITED)]
    assert MeetingMail.objects.get().state == State.SENT


@pytest.mark.parametrize(
    ("day", "starts_at", "minutes", "begins", "ends"),
    [
        (datetime.date(2026, 3, 28), "13:00", 60, "20260328T120000Z", "20260328T130000Z"),
        (datetime.date(2026, 3, 29), "13:00", 60, "20260329T110000Z", "20260329T120000Z"),  # summer time since that night
        (datetime.date(2026, 3, 29), "01:30", 60, "20260329T003000Z", "20260329T013000Z"),  # across the change
        (datetime.date(2026, 10, 25), "13:00", 60, "20261025T120000Z", "20261025T130000Z"),
    ],
)
def test_times_are_those_of_stockholm(call, network, mailoutbox, day, starts_at, minutes, begins, ends):
    member(network)
    call(day=day, starts_at=datetime.time.fromisoformat(starts_at), minutes=minutes)
    lines, _part = entry_of(mailoutbox[0])
    assert f"DTSTART:{begins}" in lines
    assert f"DTEND:{ends}" in lines


def test_mail_speaks_the_language_of_the_person(call, network, mailoutbox):
    contact = member(network)
    contact.language = "en"
    contact.save()
    call()
    assert mailoutbox[0].subject == "Invitation: Vårträff, del 1"
    assert "Hello Åsa!" in mailoutbox[0].body


def test_another_time_goes_out_with_a_higher_sequence(call, network, staff, mailoutbox, django_capture_on_commit_callbacks):
    member(network)
    activity = call(text="Välkomna!")
    assert out_of_date(activity) == []
    with change_set(actor=staff, cause="edit"):
        activity.starts_at = datetime.time(15)
        activity.save()
    assert [mail.email for mail in out_of_date(activity)] == ["asa@kommun.example"]
    key = uuid.uuid4()
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            send_change(activity, key=key, acting_user=staff, text="Ny tid.")
    lines, part = entry_of(mailoutbox[1])
    assert part.get_param("method") == "REQUEST"
    assert "SEQUENCE:1" in lines
    assert "DTSTART:29990305T140000Z" in lines
    assert "DESCRIPTION:Ny tid.\\n\\nVälkomna!" in lines
    assert len(mailoutbox) == 2
    assert out_of_date(activity) == []


def test_cancelling_takes_it_out_of_calendars_and_coming_back_puts_it_in_again(
    call, network, staff, mailoutbox, django_capture_on_commit_callbacks
):
    member(network)
    activity = call()
    with django_capture_on_commit_callbacks(execute=True):
        cancel_and_tell(activity, reason="För få", key=uuid.uuid4(), acting_user=staff)
    activity.refresh_from_db()
    assert (activity.cancelled_on, activity.cancel_reason) == (timezone.localdate(), "För få")
    lines, part = entry_of(mailoutbox[1])
    assert part.get_param("method") == "CANCEL"
    assert {"METHOD:CANCEL", "SEQUENCE:1", "STATUS:CANCELLED"} <= set(lines)
    assert "http" not in mailoutbox[1].body
    with change_set(actor=staff, cause="edit"):
        activity.cancelled_on, activity.cancel_reason = None, ""
        activity.save()
    assert len(out_of_date(activity)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        send_change(activity, key=uuid.uuid4(), acting_user=staff)
    assert "SEQUENCE:2" in entry_of(mailoutbox[2])[0]


def test_who_was_taken_off_the_list_is_told_alone(call, network, staff, mailoutbox, django_capture_on_commit_callbacks):
    asa = member(network)
    member(network, "Bo", "bo@kommun.example")
    activity = call()
    assert in_calendars_of_removed(activity) == []
    with change_set(actor=staff, cause="edit"):
        activity.participations.get(contact=asa).delete()
    key = uuid.uuid4()
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tell_removed(activity, key=key, acting_user=staff)
    assert [mail.to for mail in mailoutbox[2:]] == [["asa@kommun.example"]]
    assert {"METHOD:CANCEL", "SEQUENCE:1"} <= set(entry_of(mailoutbox[2])[0])
    assert in_calendars_of_removed(activity) == out_of_date(activity) == []
    activity.refresh_from_db()
    assert not activity.is_cancelled


@pytest.fixture
def removed(call, network, staff):
    """A meeting from whose list somebody was taken after the invitation."""
    asa = member(network)
    activity = call()
    with change_set(actor=staff, cause="edit"):
        activity.participations.get(contact=asa).delete()
    return activity


def test_page_says_who_is_no_longer_called(removed, staff_client, mailoutbox, django_capture_on_commit_callbacks):
    step = f"/admin/activity/meeting/{removed.pk}/removed/"
    assert step in staff_client.get(f"/admin/activity/meeting/{removed.pk}/").content.decode()
    page = staff_client.get(step)
    assert "asa@kommun.example" in page.content.decode()
    sent = len(mailoutbox)
    with django_capture_on_commit_callbacks(execute=True):
        staff_client.post(step, {"key": page.context["form"]["key"].value(), "text": "Välkommen nästa gång"})
    assert len(mailoutbox) == sent + 1
    assert step not in staff_client.get(f"/admin/activity/meeting/{removed.pk}/").content.decode()


def test_onlooker_tells_nobody(removed, onlooker_client):
    assert onlooker_client.get(f"/admin/activity/meeting/{removed.pk}/removed/").status_code in {302, 403}


# At most once


def test_second_click_calls_nobody_again(call, network, mailoutbox):
    member(network)
    key = uuid.uuid4()
    assert call(key=key) == call(key=key)
    assert Activity.objects.count() == MeetingMailing.objects.count() == len(mailoutbox) == 1


def test_two_workers_send_one_mail(call, network, mailoutbox):
    member(network)
    call()
    carry(MeetingMailing.objects.get().pk)
    resume_interrupted()
    assert len(mailoutbox) == 1


def test_mail_of_a_dead_worker_is_unknown_until_a_person_decides(call, network, mailoutbox, django_capture_on_commit_callbacks):
    member(network)
    call()
    MeetingMail.objects.update(state=State.SENDING, lease_until=timezone.now() - datetime.timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        resume_interrupted()
    assert MeetingMail.objects.get().state == State.UNKNOWN
    assert len(mailoutbox) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert send_again(MeetingMailing.objects.get()) == 1
    assert (len(mailoutbox), MeetingMail.objects.get().state) == (2, State.SENT)


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"asa@kommun.example": (550, b"No such user")}), State.FAILED),
        (smtplib.SMTPRecipientsRefused({"asa@kommun.example": (451, b"Greylisted")}), State.QUEUED),
        (smtplib.SMTPDataError(554, b"Spam"), State.FAILED),
        (smtplib.SMTPServerDisconnected("gone"), State.UNKNOWN),
        (TimeoutError("timed out"), State.UNKNOWN),
    ],
)
def test_what_the_server_says_is_kept(call, network, monkeypatch, problem, state):
    def refuse(self, messages):
        raise problem

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    member(network)
    call()
    mail = MeetingMail.objects.get()
    assert mail.state == state
    assert mail.reason


def test_server_that_cannot_be_reached_is_asked_again_later(call, network, monkeypatch, mailoutbox, django_capture_on_commit_callbacks):
    def fail(self):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "open", fail, raising=False)
        member(network)
        call()
    assert MeetingMail.objects.get().state == State.QUEUED
    MeetingMailing.objects.update(attended_until=timezone.now() - datetime.timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        resume_interrupted()
    assert len(mailoutbox) == 1


def test_last_moment_is_asked_too(network, staff, mailoutbox):
    contact = member(network)
    archived = member(network, "Bo", "bo@kommun.example")
    activity = call_meeting(guests_of(network, DAY), network=network, acting_user=staff, key=uuid.uuid4(), **DETAILS)
    contact.contact_points.update(status=ContactPoint.Status.BOUNCED)
    archived.archived_at = timezone.now()
    archived.save()
    carry(activity.mailings.get().pk)
    assert {mail.state for mail in MeetingMail.objects.all()} == {State.SKIPPED}
    assert not mailoutbox


def test_address_that_is_none_fails_alone(network, staff, mailoutbox):
    member(network)
    member(network, "Bo", "bo@kommun.example")
    activity = call_meeting(guests_of(network, DAY), network=network, acting_user=staff, key=uuid.uuid4(), **DETAILS)
    MeetingMail.objects.filter(name="Bo Öberg").update(email="bo@@kommun")
    carry(activity.mailings.get().pk)
    assert dict(MeetingMail.objects.values_list("name", "state")) == {"Bo Öberg": State.FAILED, "Åsa Öberg": State.SENT}
    assert len(mailoutbox) == 1
    assert get_connection()


# On the page


def form_of(**values):
    return {
        "subject": "Vårträff",
        "kind": "meeting",
        "day": "2099-03-05",
        "starts_at": "13:00",
        "minutes": "90",
        "place": "",
        "text": "",
        **values,
    }


def test_nothing_is_written_before_it_has_been_shown(staff_client, network, mailoutbox, django_capture_on_commit_callbacks):
    contact, absent = member(network), member(network, "Utan", "")
    other = member(network, "Bo", "bo@kommun.example")
    url = f"/admin/network/call/{network.pk}/"
    key = str(uuid.uuid4())
    page = staff_client.post(url, form_of(step="preview", key=key))
    assert {guest.email for guest, _chosen in page.context["called"]} == {"bo@kommun.example", "asa@kommun.example"}
    assert [guest.contact for guest in page.context["left_out"]] == [absent]
    assert not Activity.objects.exists()
    sent = form_of(step="send", key=key, guest=[str(contact.pk)])
    for _click in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert staff_client.post(url, sent).status_code == 302
    activity = Activity.objects.get()
    assert [one.contact for one in activity.participations.all()] == [contact]
    assert other not in [one.contact for one in activity.participations.all()]
    assert len(mailoutbox) == 1


def test_late_comers_are_called_and_the_others_are_not_again(call, staff_client, network, mailoutbox, django_capture_on_commit_callbacks):
    member(network)
    activity = call()
    late = member(network, "Sen", "sen@kommun.example")
    url = f"/admin/activity/meeting/{activity.pk}/call/"
    page = staff_client.post(url, {"step": "preview", "key": str(uuid.uuid4()), "text": ""})
    assert [guest.contact for guest, _chosen in page.context["called"]] == [late]
    assert [guest.reason for guest in page.context["left_out"]] == ["already"]
    with django_capture_on_commit_callbacks(execute=True):
        staff_client.post(url, {"step": "send", "key": str(uuid.uuid4()), "text": "", "guest": [str(late.pk)]})
    assert [mail.to[0] for mail in mailoutbox] == ["asa@kommun.example", "sen@kommun.example"]
    assert Activity.objects.get().participations.count() == 2


def test_who_may_only_look_calls_nobody(onlooker_client, network):
    member(network)
    url = f"/admin/network/call/{network.pk}/"
    assert onlooker_client.get(url).status_code == 302
    onlooker_client.post(url, form_of(step="send", key=str(uuid.uuid4())))
    assert not Activity.objects.exists()
    assert "Kalla till träff" not in onlooker_client.get(f"/admin/network/inspect/{network.pk}/").content.decode()
