"""The palette: one field that finds records, pages and what can be done, from anywhere in the admin.

What there is to find is registered: each room registers its own kinds and actions when the admin is loaded (`palette.py` of the
room), so that this one knows none of those above it.
"""

from dataclasses import dataclass, field, replace
from itertools import groupby

from crm.services.recents import opened_by
from crm.text import fold, search_words

SHOWN = 6  # of one kind
RECENT = 7


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, where it leads, and what tells it from others of the same name."""

    title: str
    url: str
    icon: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Group:
    label: str
    hits: list = field(default_factory=list)
    more_url: str = ""  # where all of them are


class Kind:
    """One kind of record that the palette finds."""

    name = ""  # of the kind, as it is kept in what somebody has opened
    label = ""  # of the group of hits
    icon = ""
    order = 100  # of the groups

    def may_find(self, user):
        raise NotImplementedError

    def numbers(self, user, query):
        """Return the numbers of records that contain every word of the query, the best first; one more than SHOWN is enough."""
        raise NotImplementedError

    def hits(self, user, numbers):
        """Return {number: Hit} of those that are still there and that somebody may open."""
        raise NotImplementedError

    def list_url(self, query):
        return ""

    def number_at(self, match):
        """Return the number of the record whose page an address is (a ResolverMatch), or None."""
        return None

    def actions_at(self, user, number):
        """Return Hits: what can be done with the record on whose page somebody is."""
        return []


_kinds = {}


def register_kind(kind):
    _kinds[kind.name] = kind


def find(user, query):
    """Return the groups of what contains every word of a query, the kinds in their order."""
    kinds = sorted(_kinds.values(), key=lambda kind: kind.order) if search_words(query) else []
    return [group for kind in kinds if kind.may_find(user) and (group := _group(kind, user, query)).hits]


def recent(user, *, but=None):
    """Return Hits: what somebody has opened lately and may still open, the newest first; `but` is the (kind, number) open now."""
    opened = [pair for pair in opened_by(user) if pair != but and pair[0] in _kinds and _kinds[pair[0]].may_find(user)]
    found = {}
    for name, pairs in groupby(sorted(opened), key=lambda pair: pair[0]):
        kind = _kinds[name]
        hits = kind.hits(user, [number for _kind, number in pairs])
        found |= {(name, number): hit for number, hit in zip(hits, _with_icons(kind, hits.values()), strict=True)}
    return [found[pair] for pair in opened if pair in found][:RECENT]


def record_at(user, match):
    """Return (kind, number) of the record on whose page somebody is, or (None, None)."""
    for kind in _kinds.values() if match else ():
        if (number := kind.number_at(match)) is not None and kind.may_find(user) and kind.hits(user, [number]):
            return kind, number
    return None, None


def best_first(records, words):
    """Order records: those first in whose name each word of the query begins a word, archived ones last. The order is kept otherwise."""
    return sorted(records, key=lambda record: (getattr(record, "is_archived", False), not begins(str(record), words)))


def begins(title, words):
    """Whether each of the words begins a word of the title."""
    parts = fold(title).replace("-", " ").split()
    return all(any(part.startswith(word) for part in parts) for word in words)


def contains(text, words):
    folded = fold(text)
    return all(word in folded for word in words)


def _group(kind, user, query):
    numbers = kind.numbers(user, query)
    hits = kind.hits(user, numbers[:SHOWN])
    return Group(kind.label, _with_icons(kind, [hits[number] for number in numbers if number in hits]), _more_url(kind, query, numbers))


def _more_url(kind, query, numbers):
    return kind.list_url(query) if len(numbers) > SHOWN else ""


def _with_icons(kind, hits):
    return [replace(hit, icon=hit.icon or kind.icon) for hit in hits]
