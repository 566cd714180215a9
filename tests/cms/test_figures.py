"""The block of figures: of today or of a year, of all or a part, with a plot and with its definitions."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.blocks.figures import FiguresBlock
from tests.factories.crm import AffiliationFactory, MunicipalityFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def block(**values):
    return FiguresBlock().to_python({"heading": "Siffror", "figures": ["contacts"], **values})


def shown(**values):
    return block(**values).counted


def test_as_it_is_today():
    AffiliationFactory()
    AffiliationFactory(until=timezone.localdate() - datetime.timedelta(days=1))
    (figure,) = shown()
    assert (figure.number, figure.marks) == (1, [])


def test_of_a_year_with_a_plot_and_definitions():
    AffiliationFactory(since=datetime.date(2017, 1, 1))
    AffiliationFactory(since=datetime.date(2017, 12, 1))
    (figure,) = shown(year="2017/2018", plot="bars")
    assert (figure.number, figure.words) == (2, "13/14: 0, 14/15: 0, 15/16: 0, 16/17: 1, 17/18: 2")
    html = FiguresBlock().render(block(year="2017/2018", plot="line", definitions=True))
    assert "2017/2018" in html
    assert "<polyline" in html
    assert str(figure.definition) in html


def test_of_a_part():
    halland = MunicipalityFactory(subregion="Halland")
    AffiliationFactory(organisation=OrganisationFactory(municipality=halland))
    AffiliationFactory()
    assert [one.number for one in shown(scope="subregion:Halland")] == [1]
    assert [one.number for one in shown(scope="subregion:Halland", figures=["contacts", "board_meetings", "gone"])] == [1]
    assert shown(scope="subregion:Atlantis") == []


def test_is_counted_anew_when_the_register_changes_and_only_then():
    AffiliationFactory()
    shown(plot="bars")
    with CaptureQueriesContext(connection) as queries:
        assert shown(plot="bars")[0].number == 1
    assert len(queries) == 2  # the newest change, and the projects that the choice of figures is made of
    AffiliationFactory()
    assert shown(plot="bars")[0].number == 2


def test_year_is_tidied_and_checked():
    value = {"heading": "Siffror", "figures": ["contacts"]}
    assert FiguresBlock().clean(FiguresBlock().to_python({**value, "year": "2017-18"}))["year"] == "2017/2018"
    with pytest.raises(ValidationError):
        FiguresBlock().clean(FiguresBlock().to_python({**value, "year": "2017"}))
