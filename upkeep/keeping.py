"""Which backups to keep: grandfather, father, son."""


def kept(days, *, daily, weekly, monthly):
    """Return those of some days that are kept: the last of each of so many days, weeks (ISO 8601) and months that have any.

    Counted by what there is, not by today: a machine that stood still for a month loses nothing when it starts again.
    """
    newest_first = sorted(set(days), reverse=True)
    found = set()
    for number, period in (
        (daily, lambda day: day),
        (weekly, lambda day: day.isocalendar()[:2]),
        (monthly, lambda day: (day.year, day.month)),
    ):
        last_of = {}
        for day in newest_first:
            last_of.setdefault(period(day), day)
        found |= set(list(last_of.values())[:number])
    return found
