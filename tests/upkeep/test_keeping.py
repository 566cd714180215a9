"""Which backups stay."""

from datetime import date, timedelta

from upkeep.keeping import kept

RULE = {"daily": 7, "weekly": 4, "monthly": 12}


def test_two_years_of_nights_become_days_weeks_and_months():
    last = date(2026, 11, 28)
    nights = [last - timedelta(days=number) for number in range(730)]

    stay = kept(nights, **RULE)

    assert {last - timedelta(days=number) for number in range(7)} <= stay
    assert {date(2026, 11, 22), date(2026, 11, 15), date(2026, 11, 8)} <= stay  # Sundays end their weeks
    assert {date(2026, 10, 31), date(2026, 2, 28), date(2025, 12, 31)} <= stay
    assert date(2025, 11, 30) not in stay
    assert len(stay) == 7 + 2 + 11  # this week's last and this month's last are among the days


def test_machine_that_stood_still_loses_nothing():
    days = [date(2024, 1, 5), date(2024, 1, 6)]
    assert kept(days, **RULE) == set(days)


def test_rule_applied_night_by_night_keeps_the_months():
    """What one night deletes the next cannot keep: a month's last day has to survive until the month is over."""
    have = set()
    for number in range(400):
        have.add(date(2025, 1, 1) + timedelta(days=number))
        have = kept(have, **RULE)
    assert {date(2025, 3, 31), date(2025, 6, 30), date(2025, 12, 31)} <= have


def test_nothing_to_keep():
    assert kept([], **RULE) == set()
