"""The graph behind the relationship map: who is in it, on which days what holds, and what somebody may not see is not there."""

import datetime
import json

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from tests.factories.crm import (
    ContactFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    PartnerFactory,
    ProjectFactory,
    RelationshipFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2017, 7, 1), datetime.date(2018, 6, 30)


def graph(client):
    return json.loads(client.get("/admin/register/map/data/").content)


def spans(found, kind=None):
    """{(name, name): spans} of the edges."""
    names = {node["id"]: node["name"] for node in found["nodes"]}
    return {(names[one["from"]], names[one["to"]]): one["spans"] for one in found["edges"] if kind in (None, one["kind"])}


def test_graph_tells_who_is_what_to_whom_and_when(staff_client):
    one = RelationshipFactory(organisation__name="Komvux", other__name="Verkstan", since=FIRST, until=LAST, kind="delivers")
    centre = one.organisation
    network = SeatFactory(network__name="Nätet", organisation=centre, since=FIRST).network
    SeatFactory(network=network, organisation=centre, since=LAST)  # another span of the same connection
    SeatFactory(network=network, organisation=None, contact=ContactFactory())  # a person for themselves
    PartnerFactory(project=ProjectFactory(name="Bron", since=FIRST, until=LAST), organisation=centre)
    OrganisationFactory(name="Ensam")
    found = graph(staff_client)
    assert spans(found) == {
        ("Komvux", "Verkstan"): [["2017-07-01", "2018-06-30"]],
        ("Komvux", "Nätet"): [["2017-07-01", None], ["2018-06-30", None]],
        ("Komvux", "Bron"): [["2017-07-01", "2018-06-30"]],
    }
    assert (found["first"], found["today"], found["leftOut"]) == ("2017-07-01", str(timezone.localdate()), 1)
    assert f"/admin/organisation/inspect/{centre.pk}/" in [node["url"] for node in found["nodes"]]


def test_project_connects_its_funder_and_lead_once_it_has_its_money(staff_client):
    values = {"funder": OrganisationFactory(name="Fonden"), "lead": OrganisationFactory(name="Vi"), "since": FIRST}
    ProjectFactory(name="Bron", **values)
    ProjectFactory(name="Ansökan", state="applied", **values)
    assert set(spans(graph(staff_client))) == {("Fonden", "Bron"), ("Vi", "Bron")}


def test_members_are_connected_to_the_association_itself(staff_client):
    MembershipFactory(organisation__name="Skara", since=FIRST)
    assert spans(graph(staff_client)) == {}
    own = OrganisationFactory(name="Lärnätet Väst", is_own=True)
    MembershipFactory(organisation=own)
    MembershipFactory(archived_at=timezone.now())
    found = graph(staff_client)
    assert spans(found) == {("Skara", "Lärnätet Väst"): [["2017-07-01", None]]}
    assert {node["name"]: node["kind"] for node in found["nodes"]} == {"Skara": "municipality", "Lärnätet Väst": "own"}


def test_former_home_stands_in_place_of_the_present_one_on_its_days(staff_client):
    centre = OrganisationFactory(name="Centrum", parent=OrganisationFactory(name="Nu"))
    assert spans(graph(staff_client)) == {("Centrum", "Nu"): [[None, None]]}
    RelationshipFactory(organisation=centre, other__name="Förr", kind="part_of", until=LAST)
    RelationshipFactory(organisation=centre, other__name="Också", kind="part_of")
    assert spans(graph(staff_client), "part_of") == {
        ("Centrum", "Förr"): [[None, "2018-06-30"]],
        ("Centrum", "Också"): [[None, None]],
        ("Centrum", "Nu"): [["2018-07-01", None]],
    }


def test_what_is_archived_is_there_until_the_day_before(staff_client):
    moment = timezone.make_aware(datetime.datetime(2018, 7, 1, 12))
    RelationshipFactory(organisation__archived_at=moment, other__municipality=MunicipalityFactory(name="Åmål", subregion="Fyrbodal"))
    nodes = {node["place"]: node for node in graph(staff_client)["nodes"]}
    assert (nodes[""]["until"], nodes["Åmål"]["until"], nodes["Åmål"]["subregion"]) == ("2018-06-30", None, "Fyrbodal")


def test_number_of_queries_stays_the_same(staff_client, django_assert_num_queries, django_assert_max_num_queries):
    def furnish():
        centre = RelationshipFactory(organisation__parent=OrganisationFactory()).organisation
        SeatFactory(organisation=centre)
        PartnerFactory(organisation=centre, project__lead=centre)
        MembershipFactory(organisation=centre)

    OrganisationFactory(is_own=True)
    furnish()
    staff_client.get("/admin/register/map/data/")
    with django_assert_max_num_queries(20) as few:
        graph(staff_client)
    for _number in range(5):
        furnish()
    with django_assert_num_queries(len(few)):
        graph(staff_client)


def test_map_holds_only_what_somebody_may_see(onlooker, onlooker_client):
    own = OrganisationFactory(name="Vi", is_own=True)
    centre = RelationshipFactory(organisation__name="Komvux", other__name="Verkstan").organisation
    SeatFactory(organisation=centre, network=NetworkFactory(name="Nätet"))
    PartnerFactory(organisation=centre, project__name="Bron")
    MembershipFactory(organisation=centre)
    assert len(spans(graph(onlooker_client))) == 4
    for name, gone in (("network", "Nätet"), ("project", "Bron"), ("membership", own.name), ("relationship", "Verkstan")):
        onlooker.user_permissions.remove(Permission.objects.get(codename=f"view_{name}"))
        onlooker_client.force_login(type(onlooker).objects.get(pk=onlooker.pk))
        assert gone not in {node["name"] for node in graph(onlooker_client)["nodes"]}
    onlooker.user_permissions.remove(Permission.objects.get(codename="view_organisation"))
    for address in ("", "data/"):
        assert onlooker_client.get(f"/admin/register/map/{address}").status_code in (302, 403)


def test_page_offers_what_there_is_and_a_way_without_script(staff_client):
    OrganisationFactory(municipality=MunicipalityFactory(name="Åmål"))
    page = staff_client.get("/admin/register/map/").content.decode()
    for words in ("Relationskarta", "Åmål", "<noscript>", "vendor/d3-force/d3-force.min.js", "Samma sak som tabell"):
        assert words in page
    elsewhere = staff_client.get("/admin/organisation/").content.decode()
    assert "d3-force" not in elsewhere
