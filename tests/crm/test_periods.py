import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.periods import PRESETS, Period

DAY = datetime.date(2018, 3, 15)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("last_1_day", "2018-03-15", "2018-03-15"),
        ("last_90_days", "2017-12-16", "2018-03-15"),
        ("this_month", "2018-03-01", "2018-03-31"),
        ("last_month", "2018-02-01", "2018-02-28"),
        ("operating_year_0", "2017-07-01", "2018-06-30"),
        ("operating_year_-1", "2016-07-01", "2017-06-30"),
        ("operating_year_-3", "2014-07-01", "2015-06-30"),
        ("2016/2017", "2016-07-01", "2017-06-30"),
        ("2018-01-01..2018-03-31", "2018-01-01", "2018-03-31"),
        ("2018-01-01 – 2018-03-31", "2018-01-01", "2018-03-31"),
        ("1.1.2018..31.3.2018", "2018-01-01", "2018-03-31"),
        ("1 mars 2018", "2018-03-01", "2018-03-01"),
    ],
)
def test_period_is_from_a_day_to_a_day(text, first, last):
    bounds = Period.parse(text).days(DAY)
    assert (str(bounds["gte"]), str(bounds["lte"])) == (first, last)


def test_period_may_be_open():
    assert Period.parse("2018-01-01..").days(DAY) == {"gte": datetime.date(2018, 1, 1)}
    assert Period.parse("..2018-01-01").days(DAY) == {"lte": datetime.date(2018, 1, 1)}


def test_month_of_december_ends_in_december():
    assert Period.parse("this_month").days(datetime.date(2017, 12, 31))["lte"] == datetime.date(2017, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "i fjol", "last_0_days", "last_99999_days", "last_-3_days", "last_٣_days", "operating_year_", "operating_year_-100",
        "..", "2018-13-01..", "2018-01-01..2018-02-01..2018-03-01", "2018-03-31..2018-01-01", "2017/2019", "1000-01-01..", "\u0000",
    ],
)  # fmt: skip
def test_nonsense_is_refused(text):
    with pytest.raises(ValidationError):
        Period.parse(text)


@pytest.mark.parametrize("key", PRESETS)
def test_each_offered_period_can_be_read_back(key):
    assert Period.parse(key).key == key
    assert str(Period.parse(key)) == str(PRESETS[key])
