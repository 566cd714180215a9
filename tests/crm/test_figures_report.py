"""The year in figures: what can be chosen and compared, and how it is kept."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.charts import bars, line, places, words_of
from crm.figures import Period, figure_of
from crm.models import Organisation, SavedReport
from crm.services.figures import count
from crm.years import OperatingYear
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ParticipationFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

INDEX = "figures:index"


def visit(day="2018-02-01", municipality=None, **values):
    project = ProjectFactory(programme="Interreg")
    activity = ActivityFactory(kind="visit", day=datetime.date.fromisoformat(day), project=project, **values)
    company = OrganisationFactory(kind=Organisation.Kind.COMPANY, municipality=municipality)
    ParticipationFactory(activity=activity, organisation=company)
    return activity


def asked(client, **params):
    return client.get(reverse(INDEX), {"year": "2017/2018", **params})


def test_each_figure_leads_to_its_rows(staff_client):
    visit(subject="Hos bageriet")
    page = asked(staff_client, figure="company_visits").content.decode()
    assert "/register/figures/" in page or "company_visits" in page
    address = f"{reverse('activity:index')}?figure=company_visits@2017/2018&amp;archived=all"
    assert address in page
    rows = staff_client.get(address.replace("&amp;", "&")).content.decode()
    assert "Hos bageriet" in rows


def test_years_stand_beside_one_another(staff_client):
    for day in ("2016-07-01", "2017-06-30", "2017-07-01"):
        visit(day)
    (card,) = cards(asked(staff_client, figure="company_visits", years="2"))
    assert [value for _year, value in card.years] == ["0", "2", "1"]
    assert card.difference == "−1"
    assert card.marks["words"] == "2015/2016: 0, 2016/2017: 2, 2017/2018: 1"


def cards(response):
    return [card for _label, group in response.context["groups"] for card in group]


def test_half_a_year_is_compared_with_half_a_year():
    for day in ("2016-12-31", "2017-01-01", "2017-12-31", "2018-01-01"):
        visit(day)
    (counted,) = count([figure_of("company_visits")], Period(OperatingYear(2017), datetime.date(2017, 12, 31)), years=1)
    assert [value for _year, value in counted.earlier] == [1, 1]


def test_municipalities_on_a_map_and_in_a_table(staff_client):
    boras = MunicipalityFactory(name="Borås", subregion="Sjuhärad", latitude=57.72, longitude=12.94)
    MunicipalityFactory(name="Mark", subregion="Sjuhärad", latitude=57.51, longitude=12.69)
    visit(municipality=boras)
    (card,) = cards(asked(staff_client, figure="company_visits", by="municipality"))
    ((name, number, url),) = card.areas
    assert (name, number) == ("Borås", 1)
    assert {mark.words for mark in card.map["marks"]} == {"Borås: 1", "Mark: 0"}
    assert card.map["words"] == "Borås: 1"
    assert f"company_visits@2017/2018@municipality:{boras.code}" in staff_client.get(url).url


def test_part_of_the_association(staff_client):
    boras, varberg = MunicipalityFactory(name="Borås", subregion="Sjuhärad"), MunicipalityFactory(name="Varberg", subregion="Halland")
    visit(municipality=boras)
    visit(municipality=varberg)
    response = asked(staff_client, scope="subregion:Halland")
    shown = {card.figure.key: card.shown for card in cards(response)}
    assert (shown["company_visits"], shown["board_meetings"]) == ("1", "–")


@pytest.mark.parametrize(
    "wrong", [{"year": "2017"}, {"on": "2017-06-30"}, {"on": "igår kväll"}, {"scope": "subregion:Atlantis"}, {"figure": "unknown"}]
)
def test_what_makes_no_sense_is_said_and_nothing_is_counted(staff_client, wrong):
    response = asked(staff_client, **wrong)
    assert response.status_code == 200
    assert "groups" not in response.context_data
    assert response.context_data["form"].errors
    assert staff_client.get(reverse("figures:export"), {"format": "csv", "year": "2017/2018", **wrong}).status_code == 404


def test_export_holds_the_figures_the_years_and_the_parts(staff_client):
    visit(municipality=MunicipalityFactory(name="Borås"))
    params = {"year": "2017/2018", "figure": ["company_visits", "contacts"], "years": "1", "by": "municipality"}
    content = staff_client.get(reverse("figures:export"), {**params, "format": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert rows[0][4:6] == ["2016/2017", "Borås"]
    assert {row[0]: row[2:6:2] for row in rows[1:]} == {"contacts": ["0", "0"], "company_visits": ["1", "0"]}
    response = staff_client.get(reverse("figures:export"), {**params, "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet.max_row == 3


def test_choice_is_saved_shared_and_deleted(staff_client, staff, client):
    staff_client.post(reverse("figures:save"), {"query": "year=2017/2018&figure=contacts", "name": "Styrelsens", "is_shared": "on"})
    saved = SavedReport.objects.get()
    assert (saved.owner, saved.query) == (staff, "figure=contacts&year=2017%2F2018")
    assert "Styrelsens" in asked(staff_client).content.decode()
    staff_client.post(reverse("figures:save"), {"query": "", "name": "Styrelsens"})
    assert SavedReport.objects.count() == 1
    other = UserFactory()
    other.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_contact"]))
    client.force_login(other)
    assert "Styrelsens" in asked(client).content.decode()
    assert client.post(reverse("figures:delete_saved", args=[saved.pk])).status_code == 404
    client.force_login(staff)
    client.post(reverse("figures:delete_saved", args=[saved.pk]))
    assert not SavedReport.objects.exists()


def test_everybody_sees_the_figures_of_which_they_may_see_the_rows(client):
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_organisation"]))
    client.force_login(user)
    assert {card.figure.model for card in cards(asked(client))} == {Organisation}
    user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    assert asked(client).status_code == 302


def test_onlooker_is_offered_no_freezing(onlooker_client):
    assert reverse("figures:freeze") not in asked(onlooker_client).content.decode()


def test_queries_do_not_grow_with_the_rows(staff_client):
    def numbers(many):
        for _number in range(many):
            visit(municipality=MunicipalityFactory())
            AffiliationFactory(organisation__municipality=MunicipalityFactory())
        with CaptureQueriesContext(connection) as queries:
            asked(staff_client, by="municipality", years="2")
        return len(queries)

    numbers(1)
    assert numbers(1) == numbers(8)


def test_figure_of_today_when_nothing_is_asked_for(staff_client):
    assert staff_client.get(reverse(INDEX)).context_data["form"].period.year == OperatingYear.of(timezone.localdate())


# Plots


def test_bars_stand_in_proportion_and_what_is_not_known_is_left_out():
    found = bars([("a", 10), ("b", None), ("c", 5)])
    assert [float(mark.height) for mark in found] == [102, 51]
    assert words_of(found) == "a: 10, c: 5"
    assert bars([]) == []


def test_line_goes_through_its_points():
    marks, points = line([("a", 1), ("b", 2)])
    assert points == " ".join(f"{mark.x},{mark.y}" for mark in marks)


def test_north_is_up_and_east_is_to_the_right():
    marks, _width = places([("Söder", 1, 56, 12), ("Norr", 4, 58, 13), ("Okänd", 9, None, None)])
    south, north = sorted(marks, key=lambda mark: -float(mark.y))
    assert (south.label, north.label) == ("Söder", "Norr")
    assert float(north.x) > float(south.x)
    assert float(north.radius) == 2 * float(south.radius)


def test_names_on_the_map_do_not_cover_one_another():
    marks, _width = places([("Stad", 9, 57.7, 12.0), ("Grannstad", 8, 57.7001, 12.001), ("Långt borta", 7, 56.5, 13.5)])
    assert {mark.label for mark in marks if mark.above} == {"Stad", "Långt borta"}
