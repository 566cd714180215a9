import io

import openpyxl
import pytest

from crm.models import Contact
from crm.resources.import_jobs import upload
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    FeeFactory,
    MunicipalityFactory,
    OrganisationFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


def asa():
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    AffiliationFactory(contact=contact, organisation=OrganisationFactory(name="Komvux Åmål"))
    AffiliationFactory(contact=contact, organisation=OrganisationFactory(name="Lärcentrum Tjörn"))
    return contact


def lines(response):
    return b"".join(response).decode("utf-8-sig").splitlines()


def test_csv_opens_in_swedish_excel_with_a_row_for_each_role(staff_client):
    contact = asa()
    response = staff_client.get("/admin/contact/?export=csv")
    assert response.content.startswith(b"\xef\xbb\xbf")
    heading, *rows = lines(response)
    assert heading.startswith("Nr;Förnamn;Efternamn;E-post;Mobil;Telefon;Organisation;Roll")
    assert [row.split(";")[:4] for row in rows] == [[str(contact.pk), "Åsa", "Öberg", "asa@amal.example"]] * 2
    assert {row.split(";")[6] for row in rows} == {"Komvux Åmål", "Lärcentrum Tjörn"}


def test_export_follows_the_filter(staff_client):
    asa()
    ContactFactory(first_name="Bo", last_name="Ek")
    assert len(lines(staff_client.get("/admin/contact/?export=csv&q=ek"))) == 2


@pytest.mark.parametrize("kind", ["contact", "organisation", "membership", "network", "role", "municipality"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_every_list_is_exported_and_comes_back_unchanged(staff_client, kind, file_format):
    asa()
    FeeFactory()
    SeatFactory()
    MunicipalityFactory()
    content = b"".join(staff_client.get(f"/admin/{kind}/?export={file_format}"))
    plural = {"municipality": "municipalities"}.get(kind, kind + "s")
    job = upload(plural, content=content, filename="x", acting_user=None)
    assert job.row_count == job.unchanged_count > 0


def test_formula_leaves_the_register_harmless_and_comes_back_as_it_was(staff_client):
    ContactFactory(first_name="=cmd|' /C calc'!A0", last_name="Ek", note="@SUM(1)")
    content = staff_client.get("/admin/contact/?export=csv").content
    assert ";'=cmd|' /C calc'!A0;" in content.decode()
    assert upload("contacts", content=content, filename="x.csv", acting_user=None).unchanged_count == 1
    workbook = openpyxl.load_workbook(io.BytesIO(staff_client.get("/admin/contact/?export=xlsx").content))
    cell = workbook.active["B2"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")


def test_export_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    asa()
    staff_client.get("/admin/contact/?export=csv")
    with django_assert_max_num_queries(25) as few:
        staff_client.get("/admin/contact/?export=csv")
    for _number in range(10):
        asa_again = EmailFactory(contact=ContactFactory()).contact
        AffiliationFactory(contact=asa_again)
    with django_assert_max_num_queries(25) as many:
        staff_client.get("/admin/contact/?export=csv")
    assert len(many) == len(few)


def test_somebody_who_may_only_look_takes_nothing_away(onlooker_client):
    asa()
    assert onlooker_client.get("/admin/contact/?export=csv").status_code == 302
    assert Contact.objects.exists()
