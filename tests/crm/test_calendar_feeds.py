"""The calendar of one person, by a secret link that works without logging in."""

import datetime

import pytest
import vobject
from django.utils import timezone

from crm.icalendar import Event, calendar
from crm.models import CalendarFeed
from crm.services.calendar_feeds import feed_url, renew_feed
from tests.factories.crm import ActivityFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/my-calendar/"
NOW = datetime.datetime(2018, 3, 1, 8, tzinfo=datetime.UTC)


def path_of(user):
    return feed_url(CalendarFeed.objects.get(user=user)).removeprefix("http://testserver")


def events_of(client, user):
    response = client.get(path_of(user))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event.summary.value): event for event in vobject.readOne(response.content.decode()).contents.get("vevent", [])}


@pytest.fixture
def feed(staff):
    return renew_feed(staff)


# As programs read it


def test_day_ends_before_the_next_and_a_time_is_written_in_utc():
    day = Event(uid="a@x", summary="Dag", begins=datetime.date(2018, 3, 1))
    hour = Event(uid="b@x", summary="Möte", begins=datetime.datetime(2018, 7, 1, 10, tzinfo=timezone.get_fixed_timezone(120)), minutes=90)
    lines = calendar("Mitt", [day, hour], made_at=NOW).split("\r\n")
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Knutpunkt//Knutpunkt//EN"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    for line in ("DTSTART;VALUE=DATE:20180301", "DTEND;VALUE=DATE:20180302", "DTSTAMP:20180301T080000Z", "UID:a@x", "TRANSP:TRANSPARENT"):
        assert line in lines
    assert lines[lines.index("UID:b@x") + 2 :][:2] == ["DTSTART:20180701T080000Z", "DTEND:20180701T093000Z"]


def test_long_lines_are_folded_and_separators_escaped_without_loss():
    summary, text = "Åäö; komma, snedstreck \\ " * 8, "Rad ett\nRad två\r\nBEGIN:VEVENT"
    written = calendar("x", [Event(uid="a@x", summary=summary, begins=NOW, place="Åmål, salen", text=text)], made_at=NOW)
    assert max(len(line.encode()) for line in written.split("\r\n")) <= 75
    (event,) = vobject.readOne(written).contents["vevent"]
    assert event.summary.value == summary
    assert event.description.value == "Rad ett\nRad två\nBEGIN:VEVENT"
    assert event.location.value == "Åmål, salen"


# What is in it


def test_own_open_tasks_with_a_day_and_coming_activities_are_in_it(client, staff, feed):
    day = timezone.localdate() + datetime.timedelta(days=5)
    mine = TaskFactory(what="Skicka avtalet", due=day, assignee=staff, note="Två ex.")
    TaskFactory(what="utan dag", assignee=staff)
    TaskFactory(what="klar", due=day, assignee=staff, done_at=timezone.now())
    TaskFactory(what="någon annans", due=day, assignee=UserFactory())
    ActivityFactory(subject="Lärcentrum", kind="visit", day=day, starts_at=datetime.time(14), minutes=45, place="Åmål", text="hemligt")
    ActivityFactory(subject="arkiverad", day=day, archived_at=timezone.now())
    ActivityFactory(subject="länge sedan", day=day - datetime.timedelta(days=90))

    events = events_of(client, staff)

    assert len(events) == 2
    (task,) = [event for name, event in events.items() if "Skicka avtalet" in name]
    assert (task.dtstart.value, task.uid.value, task.description.value) == (day, f"task-{mine.pk}@testserver", "Två ex.")
    assert task.url.value == f"http://testserver/admin/task/edit/{mine.pk}/"
    (visit,) = [event for name, event in events.items() if "Lärcentrum" in name]
    assert timezone.localtime(visit.dtstart.value).time() == datetime.time(14)
    assert visit.dtend.value - visit.dtstart.value == datetime.timedelta(minutes=45)
    assert "hemligt" not in visit.serialize()


def test_whoever_may_see_neither_any_longer_gets_an_empty_calendar(client, staff, feed):
    TaskFactory(due=timezone.localdate(), assignee=staff)
    staff.user_permissions.clear()
    assert events_of(client, staff) == {}


# The link


def test_link_is_made_renewed_and_removed(staff_client, staff, client):
    assert not staff_client.get(PAGE).context["url"]
    staff_client.post(PAGE, {"do": "make"})
    first = path_of(staff)
    assert first in staff_client.get(PAGE).content.decode()
    assert client.get(first).status_code == 200

    staff_client.post(PAGE, {"do": "renew"})
    second = path_of(staff)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)

    staff_client.post(PAGE, {"do": "remove"})
    assert client.get(second).status_code == 404


def test_looking_at_the_page_makes_no_link(staff_client):
    staff_client.get(PAGE)
    staff_client.post(PAGE, {"do": "nonsense"})
    assert not CalendarFeed.objects.exists()


def test_key_of_the_database_alone_opens_nothing(client, feed):
    for token in (feed.key, f"{feed.key}.x", "x"):
        assert client.get(f"/kalender/{token}.ics").status_code == 404


def test_link_of_whoever_has_left_leads_nowhere(client, staff, feed):
    staff.is_active = False
    staff.save()
    assert client.get(path_of(staff)).status_code == 404


def test_link_changes_nothing(client, staff, feed):
    assert client.post(path_of(staff)).status_code == 405


def test_each_has_a_link_of_their_own(staff, feed, onlooker):
    assert feed_url(renew_feed(onlooker)) != feed_url(feed)


def test_page_is_for_whoever_may_see_tasks(onlooker_client, onlooker, client):
    assert onlooker_client.get(PAGE).status_code == 200
    onlooker.user_permissions.set(onlooker.user_permissions.filter(codename="access_admin"))
    assert onlooker_client.get(PAGE).status_code == 302
    onlooker_client.post(PAGE, {"do": "make"})
    assert not CalendarFeed.objects.exists()


def test_list_of_tasks_leads_to_the_page(staff_client):
    assert PAGE in staff_client.get("/admin/task/").content.decode()
