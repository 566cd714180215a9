"""Indicators: counted from the register, seen against what the funder demands, and continued at this pace."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.models import Indicator
from crm.services.indicators import standings
from tests.factories.crm import (
    ActivityFactory,
    ContactFactory,
    IndicatorFactory,
    MobilityFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
BEFORE, AFTER = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)
COUNTED = Indicator.Counted


def values(project, day=DAY):
    return {one.indicator.counted: one.value for one in standings(project, day)}


def test_everything_is_counted_up_to_the_day():
    project = ProjectFactory()
    for counted in COUNTED:
        IndicatorFactory(project=project, counted=counted, value=7 if counted == COUNTED.BY_HAND else None)
    anna, bo = ContactFactory.create_batch(2)
    for kind, day in [("visit", BEFORE), ("visit", DAY), ("meeting", DAY), ("job_shadowing", DAY), ("note", DAY), ("visit", AFTER)]:
        ParticipationFactory(contact=anna, activity=ActivityFactory(project=project, kind=kind, day=day))
    ParticipationFactory(contact=bo, how="stayed_away", activity=ActivityFactory(project=project, kind="lecture", day=DAY))
    ActivityFactory(project=project, kind="visit", day=DAY, archived_at="2018-03-01T12:00+01:00")
    ActivityFactory(kind="visit", day=DAY)
    for state, since in [("travelled", DAY), ("reported", None), ("travelled", AFTER), ("granted", DAY)]:
        MobilityFactory(project=project, state=state, since=since)
    PartnerFactory.create_batch(2, project=project, organisation=OrganisationFactory())
    PartnerFactory(project=project, since=AFTER)
    assert values(project) == {
        COUNTED.VISITS: 2,
        COUNTED.MEETINGS: 1,
        COUNTED.JOB_SHADOWINGS: 1,
        COUNTED.LECTURES: 1,
        COUNTED.CONFERENCES: 0,
        COUNTED.HOSTINGS: 0,
        COUNTED.ACTIVITIES: 6,
        COUNTED.PARTICIPANTS: 1,
        COUNTED.MOBILITIES: 2,
        COUNTED.PARTNERS: 1,
        COUNTED.BY_HAND: 7,
    }


def test_the_share_that_is_demanded_is_rounded_up():
    assert Indicator(target=229, needed_percent=80).needed == 184
    assert Indicator(target=10, needed_percent=80).needed == 8
    assert Indicator(target=229).needed == 229


def test_forecast_continues_at_the_pace_so_far():
    project = ProjectFactory(since=datetime.date(2018, 1, 1), until=datetime.date(2018, 12, 31))
    IndicatorFactory(project=project, counted=COUNTED.MOBILITIES, target=8, needed_percent=80)
    MobilityFactory.create_batch(2, project=project, state="travelled")
    (one,) = standings(project, datetime.date(2018, 7, 2))  # half of it
    assert (one.value, one.percent, one.forecast, one.is_reached, one.falls_short) == (2, 25, 4, False, True)
    (one,) = standings(project, datetime.date(2018, 3, 2))
    assert (one.forecast, one.falls_short) == (12, False)


@pytest.mark.parametrize("dates", [{"since": None}, {"until": None}, {"since": DAY}, {"until": DAY}])
def test_no_forecast_without_a_pace(dates):
    project = ProjectFactory(**{"since": datetime.date(2017, 1, 1), "until": datetime.date(2019, 1, 1), **dates})
    IndicatorFactory(project=project, counted=COUNTED.ACTIVITIES)
    assert [one.forecast for one in standings(project, DAY)] == [None]


def test_number_that_is_counted_is_not_typed():
    with pytest.raises(ValidationError, match="räknas"):
        Indicator(project=ProjectFactory(), name="Besök", target=1, counted=COUNTED.VISITS, value=3).full_clean()


def test_page_of_the_project_shows_them(staff_client, django_assert_max_num_queries):
    project = ProjectFactory(since=datetime.date(2018, 1, 1), until=datetime.date(2018, 12, 31))
    IndicatorFactory(project=project, name="Resor", counted=COUNTED.MOBILITIES, target=229, needed_percent=80)
    url = f"/admin/project/inspect/{project.pk}/"
    page = staff_client.get(url).content.decode()
    for words in ("Resor", "229", "184", "0 %"):
        assert words in page
    with django_assert_max_num_queries(60) as few:
        staff_client.get(url)
    IndicatorFactory.create_batch(5, project=project, counted=COUNTED.MOBILITIES)
    with django_assert_max_num_queries(60) as many:
        staff_client.get(url)
    assert len(many) == len(few)


def test_staff_sets_them_in_the_form(staff_client):
    project = ProjectFactory()
    data = {
        "name": project.name, "short_name": "", "state": "granted", "since": "", "until": "", "budget": "", "programme": "",
        "project_number": "", "funder": "", "lead": "", "description": "",
        **{f"{lines}-{form}_FORMS": 0 for lines in ("partners", "roles") for form in ("TOTAL", "INITIAL")},
        "indicators-TOTAL_FORMS": 1, "indicators-INITIAL_FORMS": 0, "indicators-0-name": "Resor", "indicators-0-counted": "mobilities",
        "indicators-0-target": 229, "indicators-0-needed_percent": 80, "indicators-0-value": "", "indicators-0-id": "",
    }  # fmt: skip
    assert staff_client.post(f"/admin/project/edit/{project.pk}/", data).status_code == 302
    assert project.indicators.get().needed == 184
