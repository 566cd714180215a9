"""Activities and who took part in them, from a spreadsheet and into one."""

import datetime

import pytest
from django.utils import timezone

from crm.models import Activity, Participation
from tests.crm.exports import export, table
from tests.crm.test_import_other import bring_in
from tests.factories.crm import (
    ActivityFactory,
    ContactFactory,
    EmailFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db

HEADINGS = "Nyckel;Datum;Typ;Rubrik;Räckvidd;Riktning;Vilken konferens;Tid;Nätverk;Projekt;Antal;Förnamn;Efternamn;E-post;Organisation;Hur"


def row(**cells):
    names = {"Datum": "2018-03-01", "Typ": "Besök", "Rubrik": "Vad de behöver", **cells}
    return ";".join(names.get(heading, "") for heading in HEADINGS.split(";"))


@pytest.fixture
def asa():
    return EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact


@pytest.fixture
def works():
    return OrganisationFactory(name="Kinnekulle Precision AB")


def fates(*rows):
    return [fate for fate, _messages in bring_in("activities", HEADINGS, *rows)]


def who(activity):
    return sorted((str(one.contact or ""), str(one.organisation or ""), one.how) for one in activity.participations.all())


def test_rows_of_one_day_and_subject_are_one_activity_and_again_change_nothing(asa, works):
    komvux = OrganisationFactory(name="Komvux")
    ProjectFactory(name="Bron"), NetworkFactory(name="Industri")
    same = {"Tid": "9.30", "Projekt": "Bron", "Nätverk": "Industri", "Antal": "12"}
    rows = [
        row(**same, Organisation="Kinnekulle Precision AB"),
        row(**same, **{"E-post": "asa@amal.example", "Organisation": "Komvux", "Hur": "Anmäld"}),
    ]
    assert fates(*rows) == ["created", "changed"]
    visit = Activity.objects.get()
    assert (visit.kind, visit.starts_at, visit.head_count) == ("visit", datetime.time(9, 30), 12)
    assert (str(visit.project), str(visit.network)) == ("Bron", "Industri")
    assert who(visit) == [("", works.name, "attended"), (str(asa), komvux.name, "registered")]
    assert fates(*rows) == ["unchanged", "unchanged"]
    assert list(Activity.objects.search("oberg kinnekulle")) == [visit]


def test_another_time_network_or_project_is_another_activity():
    ProjectFactory(name="Bron"), ProjectFactory(name="Ön")
    assert fates(row(Projekt="Bron"), row(Projekt="Ön"), row(Typ="Möte", Projekt="Bron"), row(Tid="13:00", Projekt="Bron")) == [
        "created",
        "created",
        "created",
        "changed",  # the time of the first, which had none
    ]
    assert fates(row(Tid="15:00", Projekt="Bron")) == ["created"]


def test_row_that_may_mean_several_is_refused():
    ActivityFactory(kind="visit", subject="Vad de behöver", starts_at=datetime.time(9))
    ActivityFactory(kind="visit", subject="Vad de behöver", starts_at=datetime.time(15))
    ((fate, messages),) = bring_in("activities", HEADINGS, row())
    assert (fate, "flera" in messages) == ("refused", True)
    assert fates(row(Tid="15:00")) == ["unchanged"]


def test_key_means_the_same_activity_whatever_else_has_changed(works):
    first = row(Nyckel="B-1", Organisation=works.name)
    assert fates(first, row(Nyckel="B-2", Organisation=works.name)) == ["created", "created"]
    assert fates(row(Nyckel="B-1", Datum="2018-03-02", Rubrik="Annat")) == ["changed"]
    moved = Activity.objects.get(key="B-1")
    assert (moved.day, moved.subject) == (datetime.date(2018, 3, 2), "Annat")
    assert who(moved) == [("", works.name, "attended")]
    assert fates("B-1;2018-03-02;Besök;;;;;;;;;;;;;") == ["unchanged"]


def test_file_without_subjects_names_the_kind_and_the_organisation(works):
    OrganisationFactory(name="Annat AB")
    rows = [row(Rubrik="", Organisation=name) for name in (works.name, "Annat AB")]
    assert fates(*rows) == ["created", "created"]
    assert fates(*rows) == ["unchanged", "unchanged"]
    assert {str(one) for one in Activity.objects.all()} == {works.name, "Annat AB"}


def test_how_somebody_took_part_changes_and_for_whom_is_filled_in(asa, works):
    person = {"Förnamn": "Åsa", "Efternamn": "Öberg", "E-post": "asa@amal.example"}
    assert fates(row(**person, Hur="Inbjuden")) == ["created"]
    assert fates(row(**person, Hur="Uteblev", Organisation=works.name)) == ["changed"]
    assert fates(row(**person)) == ["unchanged"]
    assert who(Activity.objects.get()) == [(str(asa), works.name, "stayed_away")]


def test_who_is_archived_by_now_took_part_all_the_same(asa):
    asa.archived_at = timezone.now()
    asa.save()
    assert fates(row(**{"E-post": "asa@amal.example"})) == ["created"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Datum": ""}, "Dag: saknas"),
        ({"Typ": "Kalas"}, "Värdskap"),
        ({"Tid": "25:00"}, "klockslag"),
        ({"Antal": "-3"}, "heltal"),
        ({"Räckvidd": "Regional"}, "bara aktiviteter av typen ”Jobbskuggning”"),
        ({"Vilken konferens": "Årskonferens"}, "bara aktiviteter av typen ”Konferens”"),
        ({"Typ": "Jobbskuggning"}, "regional eller transnationell"),
        ({"Typ": "Jobbskuggning", "Räckvidd": "Transnationell"}, "utgående eller inkommande"),
        ({"Organisation": "Finns ej AB"}, "inte i registret"),
        ({"E-post": "okand@amal.example"}, "Personen finns inte"),
        ({"Nätverk": "Inget"}, "inget nätverk"),
        ({"Hur": "Deltog"}, "säger inte vem"),
        ({"Rubrik": "x" * 201}, "200"),
    ],
)
def test_refused_row_says_why(cells, reason):
    ((fate, messages),) = bring_in("activities", HEADINGS, row(**cells))
    assert (fate, reason in messages) == ("refused", True), messages
    assert not Activity.objects.exists()


def test_kinds_of_conferences_and_job_shadowings():
    assert (
        fates(
            row(Typ="Konferens", Rubrik="Årskonferens", **{"Vilken konferens": "årskonferens"}),
            row(Typ="Konferens", Rubrik="Mässa"),
            row(Typ="Jobbskuggning", Räckvidd="Transnationell", Riktning="Inkommande"),
        )
        == ["created"] * 3
    )
    assert list(Activity.objects.order_by("pk").values_list("conference", "scope", "direction")) == [
        ("annual", "", ""),
        ("other", "", ""),
        ("", "transnational", "incoming"),
    ]


def test_what_is_exported_comes_back_without_a_difference(staff_client, asa, works):
    one = ActivityFactory(kind="job_shadowing", scope="transnational", direction="outgoing", text="rad 1\nrad 2", minutes=45, place="Åmål")
    ParticipationFactory(activity=one, contact=asa, organisation=works, how="invited")
    ParticipationFactory(activity=one, contact=None, organisation=works)
    ActivityFactory(subject="Samtal", kind="call", head_count=3), ActivityFactory(subject="Samtal", kind="call", head_count=4)
    ActivityFactory(kind="conference", conference="annual", archived_at=timezone.now(), network=NetworkFactory(), project=ProjectFactory())
    fields = [
        "key", "day", "kind", "scope", "direction", "conference", "subject", "text", "network", "project", "starts_at", "minutes",
        "place", "head_count", "first_name", "last_name", "email", "organisation", "how", "archived_on",
    ]  # fmt: skip

    def everything():
        columns = [*fields[:14], "archived_at__date"]
        activities = Activity.objects.order_by("key").values_list(*columns)
        return list(activities), sorted(Participation.objects.values_list("activity__key", "contact", "organisation", "how"), key=str)

    rows = table(export(staff_client, "activity", "?archived=all", fields=fields))
    assert len(rows) == 5
    before = everything()

    def again():
        cells = ['"{}"'.format("\n".join(str(value).splitlines())) for line in rows for value in line.values()]
        width = len(rows[0])
        lines = [";".join(cells[start : start + width]) for start in range(0, len(cells), width)]
        return [fate for fate, _messages in bring_in("activities", ";".join(rows[0]), *lines)]

    assert again() == ["unchanged"] * 5
    Participation.objects.all().delete()
    Activity.objects.all().delete()
    again()
    assert everything() == before


def test_larger_file_is_read_at_once(works):
    assert set(fates(*[row(Nyckel=f"B{number}", Organisation=works.name) for number in range(300)])) == {"created"}
