"""The board of roles that every member should have filled."""

import csv
import datetime
import io

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from crm.models import Affiliation, ChangeSet, Contact, Export
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    HoldingFactory,
    LicenceFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    RoleFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db

BOARD = "/admin/register/vacancies/"


@pytest.fixture
def head():
    return RoleFactory(name="Rektor", expected_at_members=True)


@pytest.fixture
def broker():
    return RoleFactory(name="Nätverksombud", expected_at_members=True)


@pytest.fixture
def skara():
    municipality = MunicipalityFactory(name="Skara", subregion="Skaraborg")
    return MembershipFactory(organisation__name="Skara kommun", organisation__municipality=municipality).organisation


@pytest.fixture
def anna(skara, head):
    contact = ContactFactory(first_name="Anna", last_name="Berg")
    AffiliationFactory(contact=contact, organisation=skara, role=head)
    return contact


def board(client, **params):
    """Return {(member, role): [(name, unit)]} as the page shows it."""
    response = client.get(BOARD, params)
    assert response.status_code == 200
    return {
        (row.member.name, str(cell.post)): [(holder.name, holder.unit) for holder in cell.holders]
        for row in response.context["page"]
        for cell in row.cells
    }


def test_holders_and_gaps_stand_side_by_side(staff_client, skara, head, broker, anna):
    OrganisationFactory(name="Ingen medlem")
    AffiliationFactory(organisation=skara)  # a role that nobody expects
    assert board(staff_client) == {("Skara kommun", "Rektor"): [("Anna Berg", "")], ("Skara kommun", "Nätverksombud"): []}
    page = staff_client.get(BOARD)
    assert (page.context["board"].vacant, page.context["board"].total) == (1, 2)
    content = page.content.decode()
    assert f"/admin/contact/inspect/{anna.pk}/" in content
    assert f"{BOARD}{skara.pk}/{broker.pk}/" in content


def test_people_at_a_unit_count_for_its_member(staff_client, skara, head):
    unit = OrganisationFactory(name="Lärcentrum Skara", parent=OrganisationFactory(name="Utbildning", parent=skara))
    for _twice in range(2):
        AffiliationFactory(organisation=unit, role=head, contact__first_name="Bo", contact__last_name="Ek")
    assert board(staff_client) == {("Skara kommun", "Rektor"): [("Bo Ek", "Lärcentrum Skara")] * 2}


def test_licences_and_seats_stand_beside_the_roles(staff_client, skara, head, anna):
    licence = LicenceFactory(name="Enkätverktyget", expected_at_members=True)
    network = NetworkFactory(name="Kommunnätverket", expected_at_members=True)
    LicenceFactory()
    assert board(staff_client) == {
        ("Skara kommun", "Rektor"): [("Anna Berg", "")],
        ("Skara kommun", "Enkätverktyget"): [],
        ("Skara kommun", "Kommunnätverket"): [],
    }
    page = staff_client.get(BOARD).content.decode()
    assert f"/admin/holding/new/?licence={licence.pk}&amp;organisation={skara.pk}" in page
    assert f"/admin/network/edit/{network.pk}/" in page

    HoldingFactory(licence=licence, contact=anna, organisation=None)
    SeatFactory(network=network, contact=None, organisation=OrganisationFactory(name="Lärcentrum Skara", parent=skara))
    filled = board(staff_client)
    assert filled["Skara kommun", "Enkätverktyget"] == [("Anna Berg", "")]
    assert filled["Skara kommun", "Kommunnätverket"] == [("Lärcentrum Skara", "")]


def test_seat_and_licence_that_have_ended_leave_a_gap(staff_client, skara, anna):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    HoldingFactory(licence=LicenceFactory(name="Verktyg", expected_at_members=True), contact=anna, organisation=skara, until=yesterday)
    SeatFactory(network=NetworkFactory(name="Nät", expected_at_members=True), contact=anna, organisation=skara, until=yesterday)
    found = board(staff_client)
    assert (found["Skara kommun", "Verktyg"], found["Skara kommun", "Nät"]) == ([], [])


def test_page_of_the_organisation_leads_to_what_is_vacant(staff_client, skara, head):
    LicenceFactory(name="Verktyg", expected_at_members=True)
    page = staff_client.get(f"/admin/organisation/inspect/{skara.pk}/").content.decode()
    assert f'href="{BOARD}{skara.pk}/{head.pk}/">Rektor</a>' in page
    assert ">Verktyg</a>" in page


@pytest.mark.parametrize("gone", ["archived", "ended"])
def test_whoever_is_gone_leaves_a_gap(gone, staff_client, skara, anna):
    if gone == "archived":
        anna.archived_at = timezone.now()
        anna.save()
    else:
        Affiliation.objects.update(until=timezone.localdate() - datetime.timedelta(days=1))
    assert board(staff_client) == {("Skara kommun", "Rektor"): []}


def test_board_as_of_a_day_shows_who_was_there_then(staff_client, skara, anna):
    Affiliation.objects.update(since=datetime.date(2016, 1, 1), until=datetime.date(2016, 12, 31))
    assert board(staff_client, on="2016-06-01") == {("Skara kommun", "Rektor"): [("Anna Berg", "")]}
    assert board(staff_client, on="2017-06-01") == {("Skara kommun", "Rektor"): []}
    assert f"{BOARD}{skara.pk}/" not in staff_client.get(BOARD, {"on": "2017-06-01"}).content.decode()


def test_filters(staff_client, skara, head, anna):
    other = MembershipFactory(organisation__municipality=MunicipalityFactory(subregion="Fyrbodal")).organisation
    assert {member for member, _role in board(staff_client, gaps="on")} == {other.name}
    assert {member for member, _role in board(staff_client, subregion="Skaraborg")} == {"Skara kommun"}


def test_date_that_is_none_is_said_so_at_the_field(staff_client, skara, head):
    response = staff_client.get(BOARD, {"on": "igår"})
    assert response.context["form"].errors["on"]
    assert "page" not in response.context


def test_without_expected_roles_the_page_tells_how_to_mark_one(staff_client, onlooker, skara):
    RoleFactory()
    content = staff_client.get(BOARD).content.decode()
    assert 'href="/admin/role/"' in content
    staff_client.force_login(onlooker)
    assert staff_client.get(BOARD).status_code == 200


def test_number_of_queries_does_not_grow(staff_client, head, broker, anna, django_assert_num_queries):
    staff_client.get(BOARD)
    with CaptureQueriesContext(connection) as few:
        staff_client.get(BOARD)
    for _number in range(8):
        member = MembershipFactory().organisation
        AffiliationFactory(organisation=OrganisationFactory(parent=member), role=head)
    with django_assert_num_queries(len(few)):
        staff_client.get(BOARD)


class TestFilling:
    def test_contact_of_the_register_takes_the_role(self, staff_client, skara, head):
        bo, unit = ContactFactory(), OrganisationFactory(parent=skara)
        staff_client.get(f"{BOARD}{skara.pk}/{head.pk}/")
        data = {"contact": bo.pk, "organisation": unit.pk, "since": "2018-01-08"}
        response = staff_client.post(f"{BOARD}{skara.pk}/{head.pk}/", data, follow=True)
        role = bo.affiliations.get()
        assert (role.organisation, role.role, role.since) == (unit, head, datetime.date(2018, 1, 8))
        done = ChangeSet.objects.latest("pk")
        assert f"/admin/register/changes/{done.pk}/undo/" in response.content.decode()

    def test_role_is_not_given_twice(self, staff_client, skara, head, anna):
        response = staff_client.post(f"{BOARD}{skara.pk}/{head.pk}/", {"contact": anna.pk, "organisation": skara.pk})
        assert "contact" in response.context["form"].errors
        assert anna.affiliations.count() == 1

    def test_place_that_is_not_the_members_is_refused(self, staff_client, skara, head):
        data = {"contact": ContactFactory().pk, "organisation": OrganisationFactory().pk}
        assert "organisation" in staff_client.post(f"{BOARD}{skara.pk}/{head.pk}/", data).context["form"].errors
        assert not Affiliation.objects.exists()

    def test_form_for_a_new_contact_has_the_role_filled_in(self, staff_client, skara, head):
        address = f"/admin/contact/new/?organisation={skara.pk}&role={head.pk}"
        assert address.replace("&", "&amp;") in staff_client.get(f"{BOARD}{skara.pk}/{head.pk}/").content.decode()
        lines = staff_client.get(address).context["form"].formsets["affiliations"].forms
        assert [(line["organisation"].value(), line["role"].value()) for line in lines] == [(skara.pk, head.pk)]

        role = {"id": "", "organisation": skara.pk, "role": head.pk, "title": "", "since": "2018-01-08", "until": "", "end_reason": ""}
        affiliations = inline_formset([role], initial=1)
        person = {"first_name": "Cecilia", "last_name": "Öst", "language": "sv", "note": "", "source": ""}
        data = nested_form_data({**person, "contact_points": inline_formset([]), "affiliations": affiliations})
        assert staff_client.post(address, data).status_code == 302
        assert Contact.objects.get().affiliations.get().organisation == skara

    @pytest.mark.parametrize("query", ["organisation=x&role=1", "organisation=1", "organisation=999&role=999", "organisation=²&role=1"])
    def test_odd_addresses_give_an_empty_form(self, query, staff_client):
        lines = staff_client.get(f"/admin/contact/new/?{query}").context["form"].formsets["affiliations"].forms
        assert lines == []


class TestExport:
    def test_csv_has_a_row_for_each_cell_and_is_logged(self, staff_client, skara, head, broker, anna):
        response = staff_client.get(f"{BOARD}export/", {"format": "csv"})
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert {(row[0], row[1], row[2], row[4]) for row in rows[1:]} == {
            ("Skara kommun", "Skaraborg", "Rektor", "Anna Berg"),
            ("Skara kommun", "Skaraborg", "Nätverksombud", ""),
        }
        assert Export.objects.get().row_count == 2
        assert staff_client.get("/admin/register/exports/").status_code == 200

    def test_excel_shows_what_the_page_is_narrowed_down_to(self, staff_client, skara, head, anna):
        MembershipFactory()
        staff_client.get(f"{BOARD}export/", {"format": "xlsx", "gaps": "on"})
        assert Export.objects.get().row_count == 1


class TestPermissions:
    def test_onlooker_sees_the_board_and_no_way_to_change_it(self, onlooker_client, skara, head, broker, anna):
        assert board(onlooker_client)["Skara kommun", "Rektor"] == [("Anna Berg", "")]
        content = onlooker_client.get(BOARD).content.decode()
        assert f"/admin/contact/inspect/{anna.pk}/" not in content
        assert f"{BOARD}{skara.pk}/" not in content
        assert "export/?" not in content

    def test_onlooker_neither_fills_nor_exports(self, onlooker_client, skara, head):
        bo = ContactFactory()
        for response in (
            onlooker_client.get(f"{BOARD}{skara.pk}/{head.pk}/"),
            onlooker_client.post(f"{BOARD}{skara.pk}/{head.pk}/", {"contact": bo.pk, "organisation": skara.pk}),
            onlooker_client.get(f"{BOARD}export/", {"format": "csv"}),
        ):
            assert response.status_code == 302
        assert not Affiliation.objects.exists()
        assert not Export.objects.exists()

    def test_board_is_for_those_who_may_see_contacts(self, onlooker, onlooker_client):
        onlooker.user_permissions.remove(Permission.objects.get(codename="view_contact"))
        assert onlooker_client.get(BOARD).status_code == 302
