"""A mail in the morning about what is to be done, for whoever wants one."""

import datetime

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from crm.models import Reminder
from crm.services.reminders import call_for_reminders, mail_reminder
from tests.factories.crm import ContactFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/my-calendar/"
DAY = datetime.date(2018, 5, 2)


def at(monkeypatch, hour, day=DAY):
    """Let it be so many hours of a day in the office's time zone."""
    moment = datetime.datetime.combine(day, datetime.time(hour), tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture(autouse=True)
def _worker(settings):
    """Background tasks run where they are enqueued."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def reminded(staff, monkeypatch):
    at(monkeypatch, 8)
    Reminder.objects.create(user=staff)
    return staff


def test_clock_knows_the_job():
    assert call_for_reminders in [import_string(path) for path in settings.PERIODIC_TASKS]


def test_mail_tells_what_is_to_be_done_today_and_what_is_overdue(reminded, mailoutbox):
    today = TaskFactory(what="Ring <Åsa>", due=DAY, assignee=reminded, contact=ContactFactory(first_name="Åsa", last_name="Öberg"))
    TaskFactory(what="Skicka avtalet", due=datetime.date(2018, 4, 30), assignee=reminded)
    TaskFactory(what="i morgon", due=datetime.date(2018, 5, 3), assignee=reminded)
    TaskFactory(what="klar", due=DAY, assignee=reminded, done_at=timezone.now())
    TaskFactory(what="någon annans", due=DAY, assignee=UserFactory())

    call_for_reminders()

    (mail,) = mailoutbox
    assert mail.to == [reminded.email]
    html = mail.alternatives[0][0]
    for text in (mail.body, html):
        assert "Åsa Öberg" in text
        assert "2018-04-30" in text
        assert f"http://testserver/admin/task/edit/{today.pk}/" in text
        assert "http://testserver/admin/my-calendar/" in text
        assert not [absent for absent in ("i morgon", "klar", "någon annans") if absent in text]
    assert "Ring <Åsa>" in mail.body
    assert "Ring &lt;Åsa&gt;" in html
    assert mail.subject.count("1") == 2


def test_never_two_on_one_day_but_one_on_the_next(reminded, mailoutbox, monkeypatch):
    TaskFactory(due=DAY, assignee=reminded)
    call_for_reminders()
    TaskFactory(due=DAY, assignee=reminded)
    call_for_reminders()
    assert len(mailoutbox) == 1
    at(monkeypatch, 7, DAY + datetime.timedelta(days=1))
    call_for_reminders()
    assert len(mailoutbox) == 2


def test_nothing_due_means_no_mail_that_day_even_when_something_is_added_later(reminded, mailoutbox):
    TaskFactory(due=DAY + datetime.timedelta(days=1), assignee=reminded)
    call_for_reminders()
    TaskFactory(due=DAY, assignee=reminded)
    call_for_reminders()
    assert mailoutbox == []


def test_nobody_is_woken_before_the_morning(reminded, mailoutbox, monkeypatch):
    TaskFactory(due=DAY, assignee=reminded)
    at(monkeypatch, 6)
    call_for_reminders()
    assert mailoutbox == []
    at(monkeypatch, 7)
    call_for_reminders()
    assert len(mailoutbox) == 1


def test_call_that_waited_over_night_sends_nothing(reminded, mailoutbox):
    TaskFactory(due=DAY, assignee=reminded)
    mail_reminder(reminded.reminder.pk, DAY - datetime.timedelta(days=1))
    assert mailoutbox == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_whoever_cannot_get_it_gets_none(change, reminded, mailoutbox):
    TaskFactory(due=DAY, assignee=reminded)
    type(reminded).objects.filter(pk=reminded.pk).update(**change)
    call_for_reminders()
    assert mailoutbox == []


def test_whoever_may_not_see_tasks_any_longer_gets_none(reminded, mailoutbox):
    TaskFactory(due=DAY, assignee=reminded)
    reminded.user_permissions.clear()
    call_for_reminders()
    assert mailoutbox == []


def test_nobody_gets_mail_who_has_not_asked(staff, mailoutbox, monkeypatch):
    at(monkeypatch, 8)
    TaskFactory(due=DAY, assignee=staff)
    call_for_reminders()
    assert mailoutbox == []


def test_switched_on_in_the_afternoon_it_begins_the_next_morning_and_is_switched_off(staff_client, staff, mailoutbox, monkeypatch):
    TaskFactory(due=DAY, assignee=staff)
    at(monkeypatch, 15)
    staff_client.post(PAGE, {"do": "remind"})
    assert staff_client.get(PAGE).context["is_reminded"]
    call_for_reminders()
    assert mailoutbox == []
    at(monkeypatch, 7, DAY + datetime.timedelta(days=1))
    call_for_reminders()
    assert len(mailoutbox) == 1
    staff_client.post(PAGE, {"do": "stop"})
    assert not Reminder.objects.exists()


def test_account_without_an_address_is_told_so(staff_client, staff):
    staff.email = ""
    staff.save()
    response = staff_client.post(PAGE, {"do": "remind"}, follow=True)
    assert not Reminder.objects.exists()
    assert 'value="remind"' not in response.content.decode()
