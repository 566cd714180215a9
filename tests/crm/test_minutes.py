"""Minutes of a meeting: text and documents, sent to those who came by a decision of their own."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import MeetingMailing, Participation
from crm.services.ledger import change_set
from tests.factories.crm import ActivityFactory, ContactFactory, EmailFactory, NetworkFactory, OrganisationFactory, ParticipationFactory

pytestmark = pytest.mark.django_db

How = Participation.How


@pytest.fixture(autouse=True)
def _worker(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def activity():
    return ActivityFactory(network=NetworkFactory(), kind="meeting", subject="Vårträff", text="Vi bestämde en kurs.")


def took_part(activity, how=How.ATTENDED, address=""):
    contact = ContactFactory()
    if address:
        EmailFactory(contact=contact, value=address)
    return ParticipationFactory(activity=activity, contact=contact, organisation=OrganisationFactory(), how=how)


def send(client, activity, **values):
    return client.post(
        f"/admin/activity/meeting/{activity.pk}/minutes/", {"key": str(uuid.uuid4()), "to": "attended", "text": "", **values}
    )


@pytest.fixture
def delivered(django_capture_on_commit_callbacks):
    def do(*args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return send(*args, **kwargs)

    return do


def test_those_who_came_get_one_mail_each(staff_client, activity, mailoutbox, delivered):
    took_part(activity, address="a@kommun.example")
    took_part(activity)
    took_part(activity, How.STAYED_AWAY, "b@kommun.example")
    key = str(uuid.uuid4())
    for _click in range(2):
        delivered(staff_client, activity, key=key, text="Tack för senast!")
    (mail,) = mailoutbox
    assert mail.to == ["a@kommun.example"]
    assert mail.subject == "Minnesanteckningar: Vårträff"
    assert "Tack för senast!" in mail.body
    assert "Vi bestämde en kurs." in mail.body
    assert not [part for part in mail.message().walk() if part.get_content_type() == "text/calendar"]


def test_all_on_the_list_get_them_when_that_is_chosen(staff_client, activity, mailoutbox, delivered):
    took_part(activity, address="a@kommun.example")
    took_part(activity, How.STAYED_AWAY, "b@kommun.example")
    delivered(staff_client, activity, to="all")
    assert sorted(mail.to[0] for mail in mailoutbox) == ["a@kommun.example", "b@kommun.example"]


def test_minutes_are_sent_as_they_were_when_that_was_decided(staff_client, staff, activity, mailoutbox, django_capture_on_commit_callbacks):
    took_part(activity, address="a@kommun.example")
    with django_capture_on_commit_callbacks() as callbacks:
        send(staff_client, activity)
    with change_set(actor=staff, cause="edit"):
        activity.text = "Något helt annat"
        activity.save()
    for callback in callbacks:
        callback()
    assert "Vi bestämde en kurs." in mailoutbox[0].body


def test_document_of_the_meeting_is_private_and_goes_along(staff_client, client, activity, mailoutbox, delivered, onlooker):
    took_part(activity, address="a@kommun.example")
    page = f"/admin/activity/meeting/{activity.pk}/"
    staff_client.post(page, {"do": "add_documents", "files": SimpleUploadedFile("Anteckningar.pdf", b"%PDF-1.7")})
    document = activity.documents.get()
    assert b"".join(staff_client.get(f"/admin/activity/document/{activity.pk}/{document.pk}/").streaming_content) == b"%PDF-1.7"
    assert staff_client.get(f"/admin/activity/document/{ActivityFactory().pk}/{document.pk}/").status_code == 404
    delivered(staff_client, activity, attachments=[document.pk])
    (attached,) = mailoutbox[0].attachments
    assert (attached[0], attached[1]) == ("Anteckningar.pdf", b"%PDF-1.7")
    client.logout()
    assert client.get(f"/admin/activity/document/{activity.pk}/{document.pk}/").status_code == 302


def test_nothing_is_sent_when_there_is_nothing_or_nobody(staff_client, activity):
    send(staff_client, activity)
    took_part(activity, address="a@kommun.example")
    activity.text = ""
    activity.save()
    send(staff_client, activity)
    assert not MeetingMailing.objects.exists()


def test_minutes_are_written_where_they_stand(staff_client, activity):
    staff_client.post(f"/admin/activity/meeting/{activity.pk}/", {"do": "edit", "spot": "text", "text": "Nytt"})
    activity.refresh_from_db()
    assert activity.text == "Nytt"
