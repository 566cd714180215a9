"""The personal link in an invitation."""

import datetime
import uuid

import pytest
from django.utils import timezone

from crm.models import ChangeSet, MeetingMail, Participation
from crm.services.invitations import call_meeting, guests_of
from crm.services.meeting_replies import reply_url
from tests.factories.crm import ContactFactory, EmailFactory, NetworkFactory, SeatFactory

pytestmark = pytest.mark.django_db

How = Participation.How


@pytest.fixture
def mail(staff):
    network = NetworkFactory()
    contact = ContactFactory(first_name="Åsa")
    EmailFactory(contact=contact)
    SeatFactory(network=network, contact=contact)
    day = timezone.localdate() + datetime.timedelta(days=3)
    details = {"kind": "meeting", "subject": "Vårträff", "day": day, "starts_at": datetime.time(13), "minutes": 90}
    call_meeting(guests_of(network, day), network=network, acting_user=staff, key=uuid.uuid4(), **details)
    return MeetingMail.objects.get()


def path_of(mail):
    return reply_url(mail).removeprefix("http://testserver")


def how():
    return Participation.objects.get().how


def test_looking_changes_nothing_and_a_button_does(client, mail):
    page = client.get(path_of(mail))
    assert page.status_code == 200
    assert "Kommer du, Åsa?" in page.content.decode()
    assert (page["Cache-Control"], how()) == ("max-age=0, no-cache, no-store, must-revalidate, private", How.INVITED)
    assert "Du kommer." in client.post(path_of(mail), {"answer": "yes"}).content.decode()
    assert how() == How.REGISTERED
    client.post(path_of(mail), {"answer": "no"})
    assert how() == How.DECLINED
    assert ChangeSet.objects.filter(cause=ChangeSet.Cause.CONFIRMATION).count() == 2


def test_same_answer_twice_is_written_once(client, mail):
    for _click in range(2):
        client.post(path_of(mail), {"answer": "yes"})
    assert ChangeSet.objects.filter(cause=ChangeSet.Cause.CONFIRMATION).count() == 1


@pytest.mark.parametrize("answer", ["", "attended", "invited"])
def test_only_the_two_answers_count(client, mail, answer):
    client.post(path_of(mail), {"answer": answer})
    assert how() == How.INVITED


def test_tampered_link_leads_nowhere(client, mail):
    path = path_of(mail)
    number, _dot, signature = path.removeprefix("/traff/").strip("/").partition(".")
    for token in (f"{int(number) + 1}.{signature}", f"{number}.{signature[:-1]}", number, f"{number}.", "x"):
        assert client.post(f"/traff/{token}/", {"answer": "yes"}).status_code == 404, token
    assert how() == How.INVITED


def test_link_ends_with_the_meeting(client, mail):
    activity = mail.mailing.activity
    activity.day = timezone.localdate() - datetime.timedelta(days=1)
    activity.save()
    page = client.post(path_of(mail), {"answer": "yes"})
    assert "Träffen har varit" in page.content.decode()
    assert how() == How.INVITED


def test_cancelled_meeting_takes_no_answer(client, mail):
    activity = mail.mailing.activity
    activity.cancelled_on, activity.cancel_reason = timezone.localdate(), "För få"
    activity.save()
    page = client.post(path_of(mail), {"answer": "yes"}).content.decode()
    assert "Träffen är inställd" in page
    assert "För få" in page
    assert how() == How.INVITED


def test_answer_does_not_overrule_what_the_office_noted(client, mail):
    Participation.objects.update(how=How.ATTENDED)
    client.post(path_of(mail), {"answer": "no"})
    assert how() == How.ATTENDED


def test_who_was_taken_off_the_list_is_told_so(client, mail):
    Participation.objects.all().delete()
    assert "inte längre på listan" in client.post(path_of(mail), {"answer": "yes"}).content.decode()
    assert not Participation.objects.exists()


def test_archived_meeting_is_no_more(client, mail):
    activity = mail.mailing.activity
    activity.archived_at = timezone.now()
    activity.save()
    assert client.get(path_of(mail)).status_code == 404
