"""A mail in the morning about what is to be done, for those who want one: at most one a day, none when nothing is due."""

import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks import task

from crm.models import Reminder, Task
from crm.services.rights import may_view

MORNING = 7  # o'clock, in the time zone of the office


def remind_from_tomorrow(user):
    """Somebody wants reminders. The first comes in a morning, not at once."""
    now = timezone.localtime()
    last_on = now.date() if now.hour >= MORNING else None
    Reminder.objects.get_or_create(user=user, defaults={"last_on": last_on})


def stop_reminding(user):
    Reminder.objects.filter(user=user).delete()


def call_for_reminders():
    """Call a worker for each reminder of this morning; the clock calls this again and again."""
    now = timezone.localtime()
    if now.hour < MORNING:
        return
    for reminder in Reminder.objects.waiting(now.date()):
        with transaction.atomic():
            # Whoever writes the day first, of several clocks, sends; it is written together with the call.
            if Reminder.objects.waiting(now.date()).filter(pk=reminder.pk).update(last_on=now.date()):
                send_reminder.enqueue(reminder.pk, now.date().isoformat())


@task
def send_reminder(reminder_id, day):
    mail_reminder(reminder_id, datetime.date.fromisoformat(day))


def mail_reminder(reminder_id, day):
    """Mail somebody what is overdue and what is to be done on the day; nothing when that is nothing, or when the day is over."""
    reminder = Reminder.objects.select_related("user").filter(pk=reminder_id, user__is_active=True).first()
    if reminder is None or day != timezone.localdate() or not reminder.user.email or not may_view(reminder.user, Task):
        return
    mine = (
        Task.objects.filter(assignee=reminder.user)
        .select_related("contact", "organisation", "network", "project", "activity")
        .soonest_first()
    )
    overdue, today = list(mine.overdue(day)), list(mine.open().filter(due=day))
    if overdue or today:
        with translation.override(reminder.user.language):
            _message(reminder.user, overdue, today).send()


def _message(user, overdue, today):
    context = {
        "user": user,
        "language": user.language,
        "overdue": [_line(task) for task in overdue],
        "today": [_line(task) for task in today],
        "list_url": _absolute("task:index") + "?mine=yes",
        "settings_url": _absolute("my_calendar:index"),
    }
    message = EmailMultiAlternatives(
        subject=render_to_string("email/reminder_subject.txt", context).strip(),
        body=render_to_string("email/reminder.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("email/reminder.html", context), "text/html")
    return message


def _line(task):
    about = ", ".join(str(record) for record in task.about)
    return {"what": task.what, "due": task.due, "about": about, "url": _absolute("task:edit", task.pk)}


def _absolute(name, *args):
    return settings.WAGTAILADMIN_BASE_URL + reverse(name, args=args)
