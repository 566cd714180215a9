import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.models import Fee
from crm.years import OperatingYear
from tests.factories.crm import FeeFactory


@pytest.mark.parametrize("written", ["2017/2018", "2017-2018", "2017/18", " 2017–2018 "])
def test_year_is_read_as_people_write_it(written):
    assert OperatingYear.parse(written) == OperatingYear(2017)


@pytest.mark.parametrize("written", ["2017", "2017/2019", "2018/2017", "förra året", "0000/0001", ""])
def test_what_is_no_operating_year_is_refused(written):
    with pytest.raises(ValueError, match=f"^{written}$"):
        OperatingYear.parse(written)


def test_year_runs_from_july_to_june():
    assert OperatingYear.of(datetime.date(2018, 6, 30)) == OperatingYear(2017)
    assert OperatingYear.of(datetime.date(2018, 7, 1)) == OperatingYear(2018)
    assert (OperatingYear(2017).first_day, OperatingYear(2017).last_day) == (datetime.date(2017, 7, 1), datetime.date(2018, 6, 30))


@pytest.mark.django_db
def test_field_gives_back_the_year_it_was_given():
    fee = FeeFactory(year="2017/2018")
    assert Fee.objects.get(year=OperatingYear(2017)) == fee
    assert str(Fee.objects.get().year) == "2017/2018"


@pytest.mark.django_db
def test_form_field_says_how_to_write_a_year():
    with pytest.raises(ValidationError, match="2017/2018"):
        Fee._meta.get_field("year").formfield().clean("sjutton")
