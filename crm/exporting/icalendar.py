"""Calendars as programs read them (RFC 5545): text escaped, lines folded after 75 octets, times in UTC."""

import datetime
from dataclasses import dataclass
from datetime import UTC

from crm.exporting.vcards import escaped, folded

_PRODUCT = "-//Knutpunkt//Knutpunkt//EN"


@dataclass(frozen=True)
class Event:
    """Something in a calendar: a day, or a time of a day with its length.

    `uid` stays the same for the same event, so that a program changes it instead of adding a second one.
    """

    uid: str
    summary: str
    begins: datetime.date | datetime.datetime
    minutes: int = 60
    place: str = ""
    text: str = ""
    url: str = ""

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
        yield "END:VEVENT"

    def _when(self):
        if self.has_time:
            yield f"DTSTART:{utc(self.begins)}"
            yield f"DTEND:{utc(self.begins + datetime.timedelta(minutes=self.minutes))}"
        else:
            # The end is the first day that no longer belongs to it. A day to remember makes nobody busy.
            yield f"DTSTART;VALUE=DATE:{self.begins:%Y%m%d}"
            yield f"DTEND;VALUE=DATE:{self.begins + datetime.timedelta(days=1):%Y%m%d}"
            yield "TRANSP:TRANSPARENT"


def utc(moment):
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def calendar(name, events, *, made_at):
    """Return a calendar as text; `name` is what programs call it, which the standard has no word for but all of them read."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += event.lines(made_at)
    return "".join(folded(line) for line in [*lines, "END:VCALENDAR"])
