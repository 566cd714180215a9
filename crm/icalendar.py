"""Calendars as programs read them (RFC 5545), and invitations (RFC 5546): text escaped, lines folded, times in UTC."""

import datetime
from dataclasses import dataclass
from datetime import UTC

from crm.content_lines import CONTROL, escaped, folded

_PRODUCT = "-//Knutpunkt//Knutpunkt//EN"
PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"


@dataclass(frozen=True)
class Person:
    name: str
    email: str

    @property
    def quoted_name(self):
        """As the value of a parameter: in quotation marks, which therefore cannot stand in it."""
        return '"' + CONTROL.sub("", self.name).replace('"', "'").replace("\n", " ") + '"'


@dataclass(frozen=True)
class Event:
    """Something in a calendar: a day, or a time of a day with its length.

    `uid` stays the same for the same event, so that a program changes it instead of adding a second one. Of two with the same
    one, that with the higher `sequence` holds. With an organiser it is an invitation to an attendee, or the end of it.
    """

    uid: str
    summary: str
    begins: datetime.date | datetime.datetime
    minutes: int = 60
    place: str = ""
    text: str = ""
    url: str = ""
    sequence: int = 0
    organiser: Person | None = None
    attendee: Person | None = None
    is_cancelled: bool = False

    @property
    def has_time(self):
        return isinstance(self.begins, datetime.datetime)

    def lines(self, made_at):
        yield "BEGIN:VEVENT"
        yield f"UID:{self.uid}"
        yield f"DTSTAMP:{utc(made_at)}"
        yield from self._when()
        yield f"SUMMARY:{escaped(self.summary)}"
        if self.place:
            yield f"LOCATION:{escaped(self.place)}"
        if self.text:
            yield f"DESCRIPTION:{escaped(self.text)}"
        if self.url:
            yield f"URL:{self.url}"
        if self.organiser:
            yield from self._invitation()
        yield "END:VEVENT"

    def _when(self):
        if self.has_time:
            yield f"DTSTART:{utc(self.begins)}"
            # Added in UTC: an hour lasts an hour in the night when the clocks are changed, too.
            yield f"DTEND:{utc(self.begins.astimezone(UTC) + datetime.timedelta(minutes=self.minutes))}"
        else:
            # The end is the first day that no longer belongs to it. A day to remember makes nobody busy.
            yield f"DTSTART;VALUE=DATE:{self.begins:%Y%m%d}"
            yield f"DTEND;VALUE=DATE:{self.begins + datetime.timedelta(days=1):%Y%m%d}"
            yield "TRANSP:TRANSPARENT"

    def _invitation(self):
        yield f"SEQUENCE:{self.sequence}"
        yield f"STATUS:{'CANCELLED' if self.is_cancelled else 'CONFIRMED'}"
        yield f"ORGANIZER;CN={self.organiser.quoted_name}:mailto:{self.organiser.email}"
        # No answer to the organiser's mailbox is asked for: the mail has a link of its own for that.
        answer = "" if self.is_cancelled else ";PARTSTAT=NEEDS-ACTION;RSVP=FALSE"
        yield f"ATTENDEE;CN={self.attendee.quoted_name};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{answer}:mailto:{self.attendee.email}"


def utc(moment):
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def calendar(name, events, *, made_at):
    """Return a calendar as text; `name` is what programs call it, which the standard has no word for but all of them read."""
    return _calendar(PUBLISH, [f"X-WR-CALNAME:{escaped(name)}"], events, made_at)


def scheduling(event, *, made_at):
    """Return what goes with a mail: an invitation, or that it no longer holds."""
    return _calendar(CANCEL if event.is_cancelled else REQUEST, [], [event], made_at)


def _calendar(method, more, events, made_at):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}", *more]
    for event in events:
        lines += event.lines(made_at)
    return "".join(folded(line) for line in [*lines, "END:VCALENDAR"])
