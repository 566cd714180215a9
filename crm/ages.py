"""How old something is that somebody has confirmed: fresh, ageing, stale, or never confirmed."""

import datetime

from django.db.models import Q

AGEING, STALE = 12, 24  # months from which on it is worth asking, and from which on it cannot be relied on
AGES = ("fresh", "ageing", "stale", "never")


def months_before(day, number):
    """Return the same day so many months earlier, or the month's last one where that has fewer days."""
    month = day.year * 12 + day.month - 1 - number
    for back in range(4):
        try:
            return datetime.date(month // 12, month % 12 + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError(day)


def age_of(confirmed, day):
    """Return "fresh", "ageing", "stale" or "never" for the day on which something was confirmed, seen from another day."""
    if confirmed is None:
        return "never"
    if confirmed <= months_before(day, STALE):
        return "stale"
    return "ageing" if confirmed <= months_before(day, AGEING) else "fresh"


def is_of_age(field, age, day):
    """Return the condition for what `age_of` gives that age to, by the day that stands in a field."""
    ageing, stale = months_before(day, AGEING), months_before(day, STALE)
    return {
        "fresh": Q(**{f"{field}__gt": ageing}),
        "ageing": Q(**{f"{field}__gt": stale, f"{field}__lte": ageing}),
        "stale": Q(**{f"{field}__lte": stale}),
        "never": Q(**{field: None}),
    }[age]
