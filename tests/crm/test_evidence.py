"""What shows that indicators were reached and activities took place: values by day, documents, links, files, and who may."""

import datetime
import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Evidence, Indicator
from crm.services.indicators import standings
from tests.crm.exports import export, table
from tests.crm.test_import_other import bring_in
from tests.factories.crm import (
    ActivityFactory,
    DocumentFactory,
    EvidenceFactory,
    IndicatorFactory,
    MobilityFactory,
    ParticipationFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
WEEK = datetime.timedelta(days=7)
COUNTED = Indicator.Counted


def page(client, project, query=""):
    return client.get(f"/admin/project/inspect/{project.pk}/{query}")


def form(indicator=None, activity=None, **values):
    project = (indicator or activity).project
    about = {"indicator": indicator.pk if indicator else "", "activity": activity.pk if activity else ""}
    return {"project": project.pk, **about, "day": "2018-03-01", "value": "", "what": "Lista", "document": "", "link": "", **values}


# Values by day


def test_the_latest_value_by_the_day_counts():
    indicator = IndicatorFactory(value=2, target=10, project__since=DAY - 52 * WEEK, project__until=DAY + 52 * WEEK)
    EvidenceFactory(indicator=indicator, day=DAY, value=5)
    EvidenceFactory(indicator=indicator, day=DAY + WEEK, value=4)  # corrected downwards
    EvidenceFactory(indicator=indicator, day=DAY + WEEK)  # shows it and says no number

    def standing(day):
        return standings(indicator.project, day)[0]

    assert [standing(day).value for day in (DAY - WEEK, DAY, DAY + WEEK)] == [2, 5, 4]
    assert standing(DAY - WEEK).forecast is None  # nobody knows since when it was 2
    assert standing(DAY).forecast == 10
    assert standing(DAY).plot is None
    assert standing(DAY + WEEK).plot.curves[0].points == [(DAY, 5), (DAY + WEEK, 4)]


def test_every_kind_is_counted_and_explained():
    project = ProjectFactory()
    for counted in COUNTED:
        assert str(IndicatorFactory(project=project, counted=counted).explanation)
    for kind in ("lecture", "conference", "hosting"):
        ParticipationFactory(activity=ActivityFactory(project=project, kind=kind, day=DAY))
    values = {one.indicator.counted: one.value for one in standings(project, DAY)}
    assert [values[one] for one in (COUNTED.LECTURES, COUNTED.CONFERENCES, COUNTED.HOSTINGS, COUNTED.ACTIVITIES)] == [1, 1, 1, 3]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Evidence(project=ProjectFactory(), day=DAY, what="x"), "en indikator eller en aktivitet"),
        (lambda: EvidenceFactory.build(indicator=IndicatorFactory(), project=ProjectFactory()), "hör inte till projektet"),
        (lambda: EvidenceFactory.build(indicator=None, activity=ActivityFactory(), project=ProjectFactory()), "hör inte till projektet"),
        (lambda: EvidenceFactory.build(indicator=IndicatorFactory(counted="visits"), value=3), "som ingenting räknar"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(ValidationError, match=message):
        make().full_clean()


# Entered


def test_staff_enters_a_value_with_a_file(staff_client, staff):
    indicator = IndicatorFactory(name="Samarbeten")
    project = indicator.project
    asked = staff_client.get(f"/admin/evidence/new/?indicator={indicator.pk}&next=/admin/project/inspect/{project.pk}/").context["form"]
    assert (asked["project"].value(), asked["indicator"].value()) == (project.pk, indicator.pk)
    file = SimpleUploadedFile("avtal.pdf", b"avtal")
    response = staff_client.post(f"/admin/evidence/new/?next=/admin/project/inspect/{project.pk}/", form(indicator, value="7", file=file))
    assert response["Location"] == f"/admin/project/inspect/{project.pk}/"
    one = Evidence.objects.get()
    assert (one.value, one.added_by, one.document.project) == (7, staff, project)
    shown = page(staff_client, project).content.decode()
    assert "avtal" in shown
    assert f"/admin/evidence/?indicator={indicator.pk}" in shown


def test_activity_is_shown_by_a_link(staff_client):
    activity = ActivityFactory(project=ProjectFactory(), subject="Uppstart")
    project = activity.project
    assert f"/admin/evidence/new/?activity={activity.pk}" in page(staff_client, project).content.decode()
    assert staff_client.get(f"/admin/evidence/new/?activity={activity.pk}").context["form"]["day"].value() == activity.day
    staff_client.post("/admin/evidence/new/", form(activity=activity, what="Bilder", link="https://projekt.example/bilder"))
    assert "https://projekt.example/bilder" in page(staff_client, project).content.decode()


def test_form_refuses_what_is_of_another_project(staff_client):
    indicator, other = IndicatorFactory(), IndicatorFactory()
    document = DocumentFactory(contact=None, project=other.project)
    for wrong in (
        {"indicator": other.pk},
        {"document": document.pk},
        {"activity": ActivityFactory().pk, "indicator": ""},
        {"project": "x"},
    ):
        assert staff_client.post("/admin/evidence/new/", form(indicator) | wrong).status_code == 200
    assert not Evidence.objects.exists()


def test_evidence_goes_with_its_indicator_and_comes_back(staff_client):
    one = EvidenceFactory(value=3)
    one.indicator.delete()
    assert not Evidence.objects.exists()
    shown = staff_client.get(f"/admin/project/history/{one.project_id}/").content.decode()
    assert one.what in shown


# Leads to the rows


@pytest.mark.parametrize(
    ("counted", "address"),
    [
        ("mobilities", "/admin/mobility/?project={}&amp;state=travelled&amp;state=reported"),
        ("visits", "/admin/activity/?project={}&amp;kind=visit&amp;day_to=2018-03-01"),
        ("activities", "/admin/activity/?project={}&amp;day_to=2018-03-01"),
        ("participants", "/admin/activity/?project={}&amp;day_to=2018-03-01"),
        ("partners", "/admin/organisation/?project={}&amp;on=2018-03-01"),
    ],
)
def test_number_leads_to_the_rows_behind_it(staff_client, counted, address):
    project = IndicatorFactory(counted=counted).project
    MobilityFactory(project=project, state="travelled")
    ActivityFactory(project=project, kind="visit", day=DAY)
    ActivityFactory(project=project, kind="visit", day=DAY + WEEK)
    link = address.format(project.pk)
    assert link in page(staff_client, project, "?on=2018-03-01").content.decode()
    rows = list(staff_client.get(link.replace("&amp;", "&")).context["object_list"])
    (standing,) = standings(project, DAY)
    assert counted == "participants" or len(rows) == standing.value


# The list and files


def test_indicators_are_offered_with_their_projects(staff_client):
    one = EvidenceFactory(indicator__name="Mobiliteter", indicator__project__name="Bron")
    field = staff_client.get("/admin/evidence/").context["filters"].form.fields["indicator"]
    assert (one.indicator_id, "Bron: Mobiliteter") in [(str(value) and value.value, label) for value, label in list(field.choices)[1:]]


def test_list_is_narrowed_down(staff_client):
    one = EvidenceFactory(indicator__name="Samarbeten", what="Avtalslista")
    two = EvidenceFactory(indicator=None, activity=ActivityFactory(project=one.project), day=datetime.date(2018, 8, 1))
    for query, found in [
        (f"project={one.project_id}", [two, one]),
        (f"indicator={one.indicator_id}", [one]),
        ("about=activity", [two]),
        ("year=2018/2019", [two]),
        ("q=avtals", [one]),
        ("q=samarb", [one]),
    ]:
        assert list(staff_client.get(f"/admin/evidence/?{query}").context["object_list"]) == found, query


def test_indicators_come_from_a_file():
    project = ProjectFactory(name="Bron")
    headings = "Projekt;Vad som ska nås;Vad räknas;Mål;Minst (%);Uppnått"
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("project_indicators", headings, "Bron;Resor;Genomförda mobiliteter;229;80;")] == [fate]
    assert bring_in("project_indicators", headings, "Bron;Resor;;230;;") == [("changed", "")]
    assert (project.indicators.get().target, project.indicators.get().counted) == (230, "mobilities")
    for row, message in [
        ("Bron;Annat;;;;", "Mål: saknas"),
        ("Bron;Annat;;0;;", "1"),
        ("Bron;Annat;Kaffe;5;;", "Kaffe"),
        ("Bron;Resor;;;;3", "räknas"),
    ]:
        ((fate, messages),) = bring_in("project_indicators", headings, row)
        assert (fate, message in messages) == ("refused", True), messages


def test_values_come_from_a_file():
    indicator = IndicatorFactory(name="Samarbeten", project__name="Bron")
    IndicatorFactory(name="Besök", counted="visits", project=indicator.project)
    headings = "Projekt;Indikator;Dag;Uppnått;Vad som visar det;Länk"
    row = "Bron;Samarbeten;2018-03-01;4;Halvårsrapport;https://projekt.example/rapport"
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("project_evidence", headings, row)] == [fate]
    for row, message in [
        ("Bron;Kaffe;2018-03-01;4;Lista;", "ingen indikator som heter"),
        ("Bron;Besök;2018-03-01;4;Lista;", "som ingenting räknar"),
        ("Bron;Samarbeten;;4;Lista;", "saknas"),
    ]:
        ((fate, messages),) = bring_in("project_evidence", headings, row)
        assert (fate, message in messages) == ("refused", True), messages
    assert Evidence.objects.get().indicator == indicator


def test_export_comes_back_without_a_difference(staff_client):
    EvidenceFactory(indicator__name="Samarbeten", value=4, link="https://projekt.example/rapport")
    (row,) = table(export(staff_client, "evidence", fields=["project", "indicator", "day", "value", "what", "link"]))
    assert bring_in("project_evidence", ";".join(row), ";".join(row.values())) == [("unchanged", "")]


# Who may


def test_onlooker_reads_and_adds_nothing(onlooker_client):
    one = EvidenceFactory(what="Avtalslista")
    shown = page(onlooker_client, one.project).content.decode()
    assert "Avtalslista" in shown
    assert "/admin/evidence/new/" not in shown
    assert onlooker_client.post("/admin/evidence/new/", form(one.indicator)).status_code == 302
    assert onlooker_client.post(f"/admin/evidence/delete/{one.pk}/").status_code == 302
    assert Evidence.objects.count() == 1


def test_evidence_is_for_those_who_may_see_it(client, onlooker):
    one = EvidenceFactory(what="Avtalslista", value=4)
    onlooker.user_permissions.remove(*Permission.objects.filter(codename__endswith="_evidence"))
    client.force_login(onlooker)
    assert "Avtalslista" not in page(client, one.project).content.decode()
    assert client.get("/admin/evidence/").status_code == 302


def test_groups_that_work_with_projects_may_work_with_evidence():
    office, others = [Group.objects.create(name=name) for name in ("kontoret", "andra")]
    office.permissions.set(Permission.objects.filter(codename__in=["view_project", "add_project"]))
    importlib.import_module("crm.migrations.0030_project_evidence").allow_whoever_keeps_projects(apps, None)
    new = [set(group.permissions.filter(codename__endswith="_evidence").values_list("codename", flat=True)) for group in (office, others)]
    assert new == [{"view_evidence", "add_evidence"}, set()]


def test_page_keeps_its_queries_when_evidence_grows(staff_client, django_assert_max_num_queries):
    indicator = IndicatorFactory()
    activity = ActivityFactory(project=indicator.project)

    def grow():
        document = DocumentFactory(contact=None, project=indicator.project)
        EvidenceFactory(indicator=indicator, value=3, document=document)
        EvidenceFactory(indicator=None, activity=activity, document=document)

    def queries():
        with django_assert_max_num_queries(60) as counted:
            page(staff_client, indicator.project)
        return len(counted)

    grow()
    queries()
    few = queries()
    for _number in range(5):
        grow()
    assert queries() == few
