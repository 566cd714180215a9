"""What happened to a contact, an organisation or a project, in one stream, newest first.

A Stream answers for one kind of thing. An app above registers its own (newsletter/services/records.py). Each page asks each stream
for as much as the page holds, from a place on: the number of queries depends neither on the rows nor on how far back one reads.
"""

import datetime
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.services.records import WHO

ON_A_PAGE = 15

KINDS = {
    "activity": _("Activities"),
    "role": _("Roles, networks and projects"),
    "licence": _("Licences"),
    "fee": _("Fees"),
    "course": _("Courses and needs"),
    "document": _("Documents"),
    "task": _("Tasks"),
    "mail": _("Newsletters"),
    "change": _("Changes"),
}


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in the timeline: the later, the greater."""

    at: datetime.datetime
    stream: str = ""
    pk: int = 0

    def __str__(self):
        return f"{self.at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S.%f}~{self.stream}~{self.pk}"

    @classmethod
    def parse(cls, text):
        """Return the place that stands in an address, or None when it is none."""
        try:
            at, stream, pk = text.split("~")
            at = datetime.datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=datetime.UTC)
            return cls(at, stream, int(pk)) if 1900 < at.year < 9000 and 0 <= int(pk) < 2**63 else None
        except ValueError:
            return None


@dataclass
class Item:
    """One thing that happened, in words."""

    place: Place
    kind: str
    icon: str
    title: str
    text: str = ""
    note: str = ""  # in small letters: for whom, by whom
    leads_to: tuple = ()  # (model, pk) of what may have a page of its own
    has_time: bool = False
    sentence: object = None  # the one change of a change set, which goes on where the title (a name) ends
    lines: list = field(default_factory=list)  # the changes of one that has several, folded
    left_out: int = 0
    change_set: object = None

    @property
    def at(self):
        return timezone.localtime(self.place.at)

    @property
    def is_coming(self):
        return not self.has_time and self.at.date() > timezone.localdate()


class Stream:
    of = WHO  # on whose pages
    key = ""  # also decides between two things of the same moment
    kind = ""  # one of KINDS
    icon = ""
    moment = ""  # the field by which it is sorted
    by_day = False  # what only has a day stands above what has a time on it

    def is_for(self, about):
        return True

    def queryset(self, about):
        raise NotImplementedError

    def items(self, about, found):
        """Return the Items of some records."""
        raise NotImplementedError

    def page(self, about, before, limit):
        found = self.queryset(about).filter(self._older_than(before)).order_by(f"-{self.moment}", "-pk")[:limit]
        return self.items(about, list(found))

    def item(self, record, title, **values):
        at = getattr(record, self.moment)
        place = Place(end_of(at) if self.by_day else at, self.key, record.pk)
        return Item(place, self.kind, self.icon, title, has_time=not self.by_day, **values)

    def _older_than(self, before):
        if before is None:
            return Q()
        at = before.at
        if self.by_day:
            at = timezone.localdate(before.at)
            if end_of(at) != before.at:  # what has only that day stands above
                return Q(**{f"{self.moment}__lt": at})
        older, same = Q(**{f"{self.moment}__lt": at}), Q(**{self.moment: at})
        if self.key == before.stream:
            return older | (same & Q(pk__lt=before.pk))
        return older | same if self.key < before.stream else older


def end_of(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))


_streams = {}


def register_stream(stream):
    """Offer a class of Stream."""
    _streams[stream.key] = stream()
    return stream


def _streams_for(about):
    return [stream for stream in _streams.values() if about.kind in stream.of and stream.is_for(about)]


def kinds_for(about):
    """Return [(kind, label)] of what the timeline may be narrowed down to."""
    offered = {stream.kind for stream in _streams_for(about)}
    return [(kind, label) for kind, label in KINDS.items() if kind in offered]


@dataclass
class Page:
    months: list  # [(first day of the month, [Item])]
    next: str = ""  # where the next page begins, "" on the last


def page_of(about, *, kind="", before=None, limit=ON_A_PAGE):
    items = []
    for stream in _streams_for(about):
        if not kind or stream.kind == kind:
            items += stream.page(about, before, limit + 1)
    items.sort(key=lambda item: item.place, reverse=True)
    shown = items[:limit]
    return Page(_by_month(shown), str(shown[-1].place) if len(items) > limit else "")


def _by_month(items):
    months = {}
    for item in items:
        months.setdefault(item.at.date().replace(day=1), []).append(item)
    return list(months.items())
