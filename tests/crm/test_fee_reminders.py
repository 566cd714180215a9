"""Reminders of overdue fees: to whom, shown before they are sent, each at most once, written down."""

import datetime
import smtplib

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from crm.models import ChangeSet, FeeReminder, FeeSettings, Membership
from crm.services.fee_reminders import deliver, fill, overdue_fees, recipient_of, remind, resume_waiting
from crm.services.rights import may_undo
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, FeeFactory, FeeReminderFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/register/fees/reminders/"
DAY = datetime.date(2017, 9, 14)
LETTER = {"subject": "Påminnelse {år}", "text": "Hej {medlem}! {belopp} kr, {nummer}."}
State = FeeReminder.State


@pytest.fixture(autouse=True)
def _worker(settings):
    """Background tasks run where they are enqueued."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def fee():
    fee = FeeFactory(invoiced_on=DAY, due_on=DAY, number=1001, membership__organisation__name="Åmåls kommun")
    EmailFactory(contact=None, organisation=fee.membership.organisation, value="kommunen@amal.example")
    return fee


def contact_of(fee, *, at=None, **point):
    contact = ContactFactory(first_name="Ulrika", last_name="Fransson")
    place = AffiliationFactory(contact=contact, organisation=at or fee.membership.organisation)
    EmailFactory(contact=contact, value="ulrika@privat.example")
    EmailFactory(contact=contact, value="ulrika@amal.example", is_primary=False, affiliation=place)
    Membership.objects.filter(pk=fee.membership_id).update(fee_contact=contact)
    fee.membership.refresh_from_db()
    return contact, place


def addresses():
    return {recipient_of(fee).address for fee in overdue_fees()}


# To whom


def test_goes_to_the_organisation_until_somebody_is_named(fee):
    assert addresses() == {"kommunen@amal.example"}


def test_goes_to_the_chosen_contact_at_the_address_of_the_role_there(fee):
    contact_of(fee)
    assert addresses() == {"ulrika@amal.example"}


def test_role_at_a_unit_of_the_member_counts(fee):
    centre = OrganisationFactory(parent=OrganisationFactory(parent=fee.membership.organisation))
    contact_of(fee, at=centre)
    assert addresses() == {"ulrika@amal.example"}


def test_contact_who_has_left_is_passed_over_and_that_is_said(fee):
    _contact, place = contact_of(fee)
    place.until = DAY
    place.save()
    found = recipient_of(overdue_fees().get())
    assert found.address == "kommunen@amal.example"
    assert "inte längre något uppdrag" in found.remark


def test_without_any_address_nobody_gets_it(staff_client):
    fee = FeeFactory(invoiced_on=DAY, due_on=DAY)
    assert recipient_of(fee).address == ""
    page = staff_client.post(PAGE, {**LETTER, "fee": fee.pk, "step": "preview"})
    assert page.context["letters"] == []
    assert "Organisationen saknar e-post" in page.content.decode()


def test_only_what_is_overdue_is_offered():
    for values in ({"due_on": None}, {"paid_on": DAY}, {"amount": 0}, {"due_on": datetime.date(2999, 1, 1)}):
        FeeFactory(**{"invoiced_on": DAY, "due_on": DAY, **values})
    FeeFactory(invoiced_on=DAY, due_on=DAY, membership__archived_at=timezone.now())
    assert not overdue_fees().exists()


def test_due_today_is_not_overdue_yet():
    FeeFactory(invoiced_on=DAY, due_on=timezone.localdate())
    assert not overdue_fees().exists()


def test_words_in_braces_are_filled_in_both_languages(fee):
    FeeSettings.objects.create(bankgiro="5999-0018")
    assert fill("{member} {år} {year} {belopp} {due} {nummer} {bankgiro} {annat}", fee) == (
        "Åmåls kommun 2017/2018 2017/2018 15\u00a0000 14 september 2017 1001 5999-0018 {annat}"
    )


# Sending


def send(client, fee, *, number=1):
    return client.post(PAGE, {**LETTER, "fee": fee.pk, f"expected:{fee.pk}": number, "step": "send"}, follow=True)


def test_letter_is_shown_before_it_is_sent(staff_client, fee, mailoutbox):
    page = staff_client.post(PAGE, {**LETTER, "fee": fee.pk, "step": "preview"}).content.decode()
    assert "Hej Åmåls kommun! 15\u00a0000 kr, 1001." in page
    assert "kommunen@amal.example" in page
    assert not mailoutbox
    assert not FeeReminder.objects.exists()


def test_sent_letter_carries_the_document_and_is_written_down(staff_client, staff, fee, mailoutbox, django_capture_on_commit_callbacks):
    FeeSettings.objects.create(reply_to="ekonomi@larnatet.example")
    with django_capture_on_commit_callbacks(execute=True):
        send(staff_client, fee)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject, mail.reply_to) == (["kommunen@amal.example"], "Påminnelse 2017/2018", ["ekonomi@larnatet.example"])
    ((name, content, kind),) = mail.attachments
    assert (name, kind, content[:4]) == ("avi-1001.pdf", "application/pdf", b"%PDF")
    reminder = FeeReminder.objects.get()
    assert (reminder.number, reminder.state, reminder.sent_by, reminder.address) == (1, State.SENT, staff, "kommunen@amal.example")
    assert "påminnelse 1" in staff_client.get(f"/admin/register/fees/{fee.pk}/").content.decode().lower()


def test_double_click_sends_one(staff_client, fee, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(staff_client, fee)
        page = send(staff_client, fee)
    assert len(mailoutbox) == 1
    assert "sedan förhandsvisningen" in page.content.decode()


def test_second_reminder_is_another_one(staff_client, fee, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(staff_client, fee)
        send(staff_client, fee, number=2)
    assert len(mailoutbox) == 2
    assert set(fee.reminders.values_list("number", flat=True)) == {1, 2}


def test_paid_since_the_preview_is_left_out(staff_client, fee, mailoutbox):
    fee.paid_on = DAY
    fee.save()
    send(staff_client, fee)
    assert not FeeReminder.objects.exists()


def test_paid_before_the_worker_comes_to_it_gets_no_mail(staff, fee, mailoutbox):
    reminder = FeeReminderFactory(fee=fee, state=State.WAITING)
    fee.paid_on = DAY
    fee.save()
    deliver(reminder.pk)
    assert not mailoutbox
    assert FeeReminder.objects.get().state == State.FAILED


def test_two_workers_send_one(fee, mailoutbox):
    reminder = FeeReminderFactory(fee=fee, state=State.WAITING)
    deliver(reminder.pk)
    deliver(reminder.pk)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), State.FAILED),
        (ConnectionRefusedError(), State.FAILED),
        (smtplib.SMTPServerDisconnected("gone"), State.SENDING),
        (TimeoutError(), State.SENDING),
    ],
)
def test_what_the_server_refused_may_be_sent_again_and_what_nobody_knows_may_not(fee, monkeypatch, error, state):
    def fail(self, *args, **kwargs):
        raise error

    monkeypatch.setattr(EmailMessage, "send", fail)
    reminder = FeeReminderFactory(fee=fee, state=State.WAITING)
    deliver(reminder.pk)
    reminder.refresh_from_db()
    assert (reminder.state, bool(reminder.problem)) == (state, True)
    (again,) = overdue_fees()
    assert [one.number for one in again.sent_reminders] == ([] if state == State.FAILED else [1])
    deliver(reminder.pk)  # never by itself
    assert FeeReminder.objects.get().state == state


def test_clock_wakes_what_nobody_has_taken_on(fee, mailoutbox):
    FeeReminderFactory(fee=fee, state=State.WAITING)
    resume_waiting()
    assert not mailoutbox
    FeeReminder.objects.update(at=timezone.now() - datetime.timedelta(minutes=5))
    resume_waiting()
    assert len(mailoutbox) == 1


def test_what_has_been_sent_cannot_be_undone(staff, fee):
    remind({fee.pk: 1}, subject="x", text="y", acting_user=staff)
    opened = ChangeSet.objects.latest("pk")
    assert opened.changes.filter(model="crm.feereminder").exists()
    assert not may_undo(staff, opened)


def test_header_cannot_be_injected(staff, fee, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        remind({fee.pk: 1}, subject="Hej\r\nBcc: x@y.example", text="y", acting_user=staff)
    assert mailoutbox[0].subject == "Hej Bcc: x@y.example"


@pytest.mark.parametrize("data", [{"fee": []}, {"text": ""}, {"subject": ""}, {"fee": ["x"]}])
def test_incomplete_letter_goes_nowhere(staff_client, fee, data, mailoutbox):
    page = staff_client.post(PAGE, {**LETTER, "fee": fee.pk, f"expected:{fee.pk}": 1, "step": "send", **data})
    assert page.status_code == 200
    assert not FeeReminder.objects.exists()


def test_onlooker_reminds_nobody(onlooker_client, fee):
    assert onlooker_client.get(PAGE).status_code == 302
    send(onlooker_client, fee)
    assert not FeeReminder.objects.exists()


def test_page_keeps_its_queries_when_rows_grow(staff_client, fee, django_assert_max_num_queries):
    contact_of(fee)
    staff_client.get(PAGE)
    with django_assert_max_num_queries(30) as few:
        staff_client.get(PAGE)
    for _number in range(10):
        contact_of(FeeFactory(invoiced_on=DAY, due_on=DAY))
    with django_assert_max_num_queries(30) as many:
        staff_client.get(PAGE)
    assert len(many) == len(few)
