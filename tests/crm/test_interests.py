"""Interests in projects: once each, counted, from files."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.models import Interest, Organisation
from tests.crm.exports import export, table
from tests.crm.merges import merged
from tests.crm.test_import_other import bring_in
from tests.factories.crm import InterestFactory, MunicipalityFactory, NeedFactory, OrganisationFactory, ProjectFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
HEADINGS = "Projekt;Företag;Organisationsnummer;Kommun;Datum;Anteckning"


def test_organisation_is_interested_once():
    one = InterestFactory()
    with pytest.raises(ValidationError, match="redan antecknat"):
        Interest(project=one.project, organisation=one.organisation).full_clean()
    Interest(project=ProjectFactory(), organisation=one.organisation).full_clean()


def test_interests_come_from_a_file_and_the_second_time_changes_nothing():
    MunicipalityFactory(name="Åmål")
    ProjectFactory(name="KompVäst"), OrganisationFactory(name="Plåt AB")
    rows = ["KompVäst;Plåt AB;;Åmål;2018-03-01;", "KompVäst;Café Knut;556036-0793;Åmål;2018-03-02;ringde själva", "KompVäst;CAFÉ KNUT;;;;"]
    assert [fate for fate, _ in bring_in("interests", HEADINGS, *rows)] == ["created", "created", "unchanged"]
    assert [fate for fate, _ in bring_in("interests", HEADINGS, *rows)] == ["unchanged"] * 3
    assert (Interest.objects.count(), Organisation.objects.get(name="Café Knut").kind) == (2, "company")


def test_list_is_narrowed_down_and_exported(staff_client):
    place = MunicipalityFactory(name="Åmål", subregion="Fyrbodal")
    one = InterestFactory(organisation__name="Plåt AB", organisation__municipality=place, day=DAY)
    InterestFactory(organisation__name="Café Knut")
    for query, number in [
        (f"project={one.project_id}", 1), (f"municipality={place.pk}", 1), ("subregion=Fyrbodal", 1),
        (f"organisation={one.organisation_id}", 1),
        ("day_from=2018-03-01", 1), ("year=2017/2018", 1), ("q=plåt", 1), ("", 2),
    ]:  # fmt: skip
        assert len(staff_client.get(f"/admin/interest/?{query}").context["object_list"]) == number, query
    (row,) = table(export(staff_client, "interest", f"?project={one.project_id}"))
    assert (row["Organisation"], row["Kommun"], row["Dag"]) == ("Plåt AB", "Åmål", "2018-03-01")


@pytest.mark.parametrize("group", ["", "project", "municipality", "subregion"])
def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries, group):
    address = f"/admin/interest/?group={group}&columns=project,municipality,day,contact,organisation,number,subregion,note"
    InterestFactory(organisation__municipality=MunicipalityFactory())
    staff_client.get(address)
    with django_assert_max_num_queries(30) as few:
        staff_client.get(address)
    for _number in range(5):
        InterestFactory(organisation__municipality=MunicipalityFactory())
    with django_assert_max_num_queries(30) as many:
        assert staff_client.get(address).status_code == 200
    assert len(many) == len(few)


def test_staff_notes_one_that_the_address_has_begun(staff_client):
    project, company = ProjectFactory(), OrganisationFactory()
    form = staff_client.get(f"/admin/interest/new/?project={project.pk}&organisation={company.pk}").context["form"]
    assert (form["project"].value(), form["organisation"].value()) == (project.pk, company.pk)
    staff_client.post(
        "/admin/interest/new/", {"project": project.pk, "organisation": company.pk, "contact": "", "day": "2018-03-01", "note": ""}
    )
    one = Interest.objects.get()
    assert staff_client.post(f"/admin/interest/delete/{one.pk}/").status_code == 302
    assert not Interest.objects.exists()


def test_onlooker_looks_and_changes_nothing(onlooker_client):
    one = InterestFactory()
    assert len(onlooker_client.get("/admin/interest/").context["object_list"]) == 1
    assert onlooker_client.post(f"/admin/interest/delete/{one.pk}/").status_code == 302
    assert Interest.objects.exists()


def test_two_interests_in_one_project_become_one_when_their_companies_do(staff):
    project = ProjectFactory()
    kept, other = OrganisationFactory(name="Plåt AB"), OrganisationFactory(name="Plåt")
    InterestFactory(project=project, organisation=kept, day=DAY, note="mässan")
    InterestFactory(project=project, organisation=other, day=DAY - datetime.timedelta(9), note="ringde")
    merged(kept, other, by=staff)
    one = Interest.objects.get()
    assert (one.organisation, one.day, one.note) == (kept, DAY - datetime.timedelta(9), "mässan; ringde")


def test_organisations_are_found_by_their_interest_and_their_needs(staff_client):
    one = InterestFactory(organisation__name="Plåt AB", day=DAY)
    NeedFactory(organisation=one.organisation, area="care")
    NeedFactory(organisation__name="Café Knut", area="care", state="met")
    NeedFactory(organisation=None, company_name="Okänd", area="care")
    for query, found in [
        (f"interested={one.project_id}", {"Plåt AB"}),
        (f"interested={one.project_id}&on=2018-03-01", {"Plåt AB"}),
        (f"interested={one.project_id}&on=2018-02-28", set()),
        ("needs=care", {"Plåt AB"}),
        ("needs=digital", set()),
    ]:
        assert {str(record) for record in staff_client.get(f"/admin/organisation/?{query}").context["object_list"]} == found, query
