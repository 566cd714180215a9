"""What stands in somebody's calendar: their own tasks that have a day, and the activities to come."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from crm.icalendar import Event, calendar
from crm.models import Activity, Task
from crm.services.rights import may_view

# Of what has been: a calendar that forgets a meeting the moment it is over is of no use afterwards.
DAYS_BACK = 30
MOST = 1000


def calendar_of(user, *, now=None):
    """Return the calendar as text, in the language of the person, with as much as they may see in the admin."""
    now = now or timezone.now()
    with translation.override(user.language):
        events = []
        if may_view(user, Task):
            events += [_task(task) for task in Task.objects.open().filter(assignee=user).exclude(due=None).order_by("due", "pk")[:MOST]]
        if may_view(user, Activity):
            since = timezone.localdate(now) - datetime.timedelta(days=DAYS_BACK)
            events += [
                _activity(one) for one in Activity.objects.active().not_cancelled().filter(day__gte=since).order_by("day", "pk")[:MOST]
            ]
        return calendar(gettext("Knutpunkt: %(name)s") % {"name": user.name}, events, made_at=now)


def _task(task):
    summary = gettext("To do: %(what)s") % {"what": task.what}
    return Event(uid=_uid(task), summary=summary, begins=task.due, text=task.note, url=_url("task", task))


def _activity(activity):
    # What was said stays in the register, as do the names: a calendar is often shared.
    begins = activity.day
    if activity.starts_at:
        begins = timezone.make_aware(datetime.datetime.combine(activity.day, activity.starts_at))
    return Event(
        uid=_uid(activity),
        summary=f"{activity.get_kind_display()}: {activity.subject}",
        begins=begins,
        minutes=activity.minutes or 60,
        place=activity.place,
        url=_url("activity", activity),
    )


def _uid(record):
    return f"{record._meta.model_name}-{record.pk}@{urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname}"


def _url(name, record):
    return settings.WAGTAILADMIN_BASE_URL + reverse(f"{name}:edit", args=[record.pk])
