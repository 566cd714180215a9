import datetime

import pytest
from django.utils.translation import override
from wagtail.users.models import UserProfile

from crm.exporting import ContactExport, files, log
from crm.exporting.registry import exportables
from crm.exporting.spreadsheets import harmless
from crm.exporting.values import phone
from crm.importing.headings import guess_mapping
from crm.importing.jobs import import_file
from crm.importing.registry import get_importer, importers
from crm.models import Affiliation, Contact, ContactPoint, Export
from crm.validators import format_phone
from tests.crm.exports import content_of, export, sheet, table
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    CostFactory,
    EmailFactory,
    EvidenceFactory,
    FeeFactory,
    MembershipFactory,
    MobilityFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectRoleFactory,
    RoleFactory,
    SeatFactory,
    SegmentFactory,
)

pytestmark = pytest.mark.django_db

LISTS = {
    "contact": "contacts",
    "organisation": "organisations",
    "membership": "memberships",
    "network": "networks",
    "project": "projects",
    "mobility": "mobilities",
    "cost": "project_costs",
    "evidence": "project_evidence",
    "role": "roles",
    "municipality": "municipalities",
}


def asa():
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    AffiliationFactory(contact=contact, organisation=OrganisationFactory(name="Komvux Åmål"))
    AffiliationFactory(contact=contact, organisation=OrganisationFactory(name="Lärcentrum Tjörn"))
    return contact


def one_of_each():
    asa()
    FeeFactory(paid_on=datetime.date(2017, 9, 1))
    SeatFactory()
    project = ProjectFactory(short_name="Bron", funder=OrganisationFactory(), budget="3500000.50", since=datetime.date(2017, 9, 1))
    PartnerFactory(project=project, note="från början", places=12)
    MobilityFactory(project=project, since=datetime.date(2018, 3, 1))
    EvidenceFactory(indicator__project=project, value=3, link="https://projekt.example/lista")
    CostFactory(project=project, amount="-117600.50", voucher="E17-003", reported_on=datetime.date(2018, 2, 28))
    ProjectRoleFactory(project=project)
    MunicipalityFactory(latitude="57.7089", longitude="11.9746")


def test_csv_opens_in_swedish_excel_with_a_row_for_each_role(staff_client):
    contact = asa()
    content = content_of(export(staff_client, "contact"))
    assert content.startswith(b"\xef\xbb\xbf")
    heading, *rows = content.decode("utf-8-sig").splitlines()
    assert heading.startswith("Nr;Förnamn;Efternamn;E-post;Mobil;Telefon;Organisation;Roll")
    assert [row.split(";")[:4] for row in rows] == [[str(contact.pk), "Åsa", "Öberg", "asa@amal.example"]] * 2
    assert {row.split(";")[6] for row in rows} == {"Komvux Åmål", "Lärcentrum Tjörn"}


def test_filter_search_and_order_of_the_list_decide_what_comes_out(staff_client):
    municipality = MunicipalityFactory(subregion="Fyrbodal")
    for last_name in ("Ek", "Öberg", "Alm"):
        contact = ContactFactory(first_name="Bo", last_name=last_name)
        AffiliationFactory(contact=contact, organisation=OrganisationFactory(municipality=municipality))
    AffiliationFactory()
    names = [row["Efternamn"] for row in table(export(staff_client, "contact", "?subregion=Fyrbodal&ordering=-sort_key"))]
    assert names == ["Öberg", "Ek", "Alm"]
    assert [row["Efternamn"] for row in table(export(staff_client, "contact", "?subregion=Fyrbodal&q=ek"))] == ["Ek"]


def test_only_the_ticked_fields_come_out_those_of_related_records_too(staff_client):
    municipality = MunicipalityFactory(name="Åmål", subregion="Dalsland")
    member = MembershipFactory(organisation__name="Åmåls kommun", since=datetime.date(2009, 1, 1)).organisation
    centre = OrganisationFactory(name="Komvux Åmål", parent=member, municipality=municipality, organisation_number="212000-1926")
    ContactPoint.objects.create(organisation=centre, value="komvux@amal.example")
    contact = AffiliationFactory(organisation=centre, role=RoleFactory(name="Rektor")).contact
    EmailFactory(contact=contact, value="ny@amal.example")
    EmailFactory(contact=contact, value="gammal@amal.example", is_primary=False, status=ContactPoint.Status.HISTORICAL)
    SeatFactory(contact=contact, organisation=None, network__name="Mäklare")
    SeatFactory(organisation=centre, network__name="Industri")
    fields = [
        "role", "organisation_number", "municipality", "subregion", "organisation_email", "member", "member_name", "member_since",
        "networks", "organisation_networks", "all_emails",
    ]  # fmt: skip
    (row,) = table(export(staff_client, "contact", fields=fields))
    assert list(row.values()) == [
        "Rektor", "212000-1926", "komvux@amal.example", "Åmål", "Dalsland", "ja", "Åmåls kommun", "2009-01-01",
        "Mäklare", "Industri", "ny@amal.example; gammal@amal.example (Används inte längre)",
    ]  # fmt: skip


def test_rows_that_the_chosen_fields_tell_apart_no_longer_are_one(staff_client):
    asa()
    ContactFactory(first_name="Åsa", last_name="Öberg")  # somebody else
    rows = table(export(staff_client, "contact", fields=["last_name"]))
    assert [row["Efternamn"] for row in rows] == ["Öberg", "Öberg"]
    assert len(table(export(staff_client, "contact", fields=["last_name", "organisation"]))) == 3


@pytest.mark.parametrize("kind", exportables())
def test_every_field_of_every_kind_can_be_written(kind, staff_client):
    one_of_each()
    MembershipFactory()
    SegmentFactory(query="member=yes")
    exportable = exportables()[kind]
    fields = list(exportable.fields.values())
    made = files.parts(exportable, exportable.everything(), file_format=files.FORMATS["csv"], fields=fields, everything=True)
    heading, *_rows = b"".join(content for content, _number in made).decode("utf-8-sig").splitlines()
    assert len(heading.split(";")) == len(fields)
    assert len({str(field.label).casefold() for field in fields}) == len(fields)


@pytest.mark.parametrize("kind", importers())
@pytest.mark.parametrize("language", ["sv", "en"])
def test_headings_mean_the_same_to_the_importer_or_nothing(kind, language):
    columns = get_importer(kind)().columns
    with override(language):
        keys = {str(field.label): key for key, field in exportables()[kind].fields.items()}
        understood = guess_mapping(columns, list(keys))
    for heading, name in understood.items():
        assert name.endswith(keys[heading]) if name else keys[heading] not in columns, heading


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_every_list_is_exported_and_comes_back_unchanged(staff_client, name, file_format):
    one_of_each()
    content = content_of(export(staff_client, name, file_format=file_format))
    job = import_file(LISTS[name], content=content, filename=f"x.{file_format}", acting_user=None)
    assert job.row_count == job.unchanged_count > 0


def test_workbook_holds_days_and_numbers_that_excel_can_reckon_with(staff_client):
    FeeFactory(amount="15000.00", paid_on=datetime.date(2017, 9, 1))
    cells = sheet(export(staff_client, "membership", file_format="xlsx", fields=["organisation", "amount", "paid_on"]))
    assert cells["A1"].font.bold
    assert (cells["B2"].value, cells["C2"].value, cells["C2"].number_format) == (15000, datetime.datetime(2017, 9, 1), "yyyy-mm-dd")
    assert cells.auto_filter.ref == "A1:C2"


def test_formula_leaves_the_register_harmless_and_comes_back_as_it_was(staff_client):
    ContactFactory(first_name="=cmd|' /C calc'!A0", last_name="Ek", note="@SUM(1)", source="+1+cmd")
    content = content_of(export(staff_client, "contact"))
    for cell in (";'=cmd|' /C calc'!A0;", ";'@SUM(1)", ";'+1+cmd;"):
        assert cell in content.decode()
    assert import_file("contacts", content=content, filename="x.csv", acting_user=None).unchanged_count == 1
    cell = sheet(export(staff_client, "contact", file_format="xlsx"))["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|' /C calc'!A0", "s", True)


@pytest.mark.parametrize("text", ["=1", "+1+cmd", "-2+3|x", "@SUM", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\ufeff=1"])
def test_what_begins_like_a_formula_is_made_text(text):
    assert harmless(text) == "'" + text.strip(" \t\r\n\u00a0\ufeff")


@pytest.mark.parametrize("text", ["", "Ek", "a=1", "+46 70 174 06 05", "-15", "- 15,50", " x"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert harmless(text) == text


def test_control_characters_do_no_harm_to_a_workbook(staff_client):
    ContactFactory(first_name="Bo\x0b", last_name="#N/A", note="rad\nrad")
    cells = sheet(export(staff_client, "contact", file_format="xlsx", fields=["first_name", "last_name", "note"]))
    assert [cells[name].value for name in ("A2", "B2", "C2")] == ["Bo", "#N/A", "rad\nrad"]


def test_export_keeps_its_queries_when_rows_grow_whatever_is_ticked(staff_client, django_assert_max_num_queries):
    asa()
    everything = list(ContactExport().fields)
    export(staff_client, "contact", fields=everything).getvalue()
    with django_assert_max_num_queries(40) as few:
        export(staff_client, "contact", fields=everything).getvalue()
    for _number in range(10):
        asa_again = EmailFactory(contact=ContactFactory()).contact
        AffiliationFactory(contact=asa_again)
        SeatFactory(contact=asa_again)
    with django_assert_max_num_queries(40) as many:
        export(staff_client, "contact", fields=everything).getvalue()
    assert len(many) == len(few)


def test_export_is_logged_with_who_what_and_how_many(staff_client, staff):
    asa()
    ContactFactory(last_name="Ek")
    response = export(staff_client, "contact", "?q=öberg&p=3", fields=["last_name", "email"])
    assert Export.objects.get().row_count == 0
    content_of(response)
    logged = Export.objects.get()
    assert (logged.kind, logged.format, logged.query, logged.row_count) == ("contacts", "csv", "q=%C3%B6berg", 1)
    assert (logged.fields, logged.user, logged.user_name) == (["last_name", "email"], staff, staff.username)
    export(staff_client, "contact", file_format="xlsx", fields=["last_name"])
    page = staff_client.get("/admin/register/exports/").content.decode()
    assert "Sökning: öberg" in page
    assert "Efternamn, E-post" in page


def test_log_names_the_one_whose_card_was_taken(staff_client):
    contact = asa()
    gone = ContactFactory()
    for pk in (contact.pk, gone.pk):
        content_of(staff_client.get(f"/admin/contact/vcard/{pk}/"))
    Contact.objects.filter(pk=gone.pk).delete()
    Export.objects.create(kind="contacts", format="vcard3", query="id=x")
    page = staff_client.get("/admin/register/exports/").content.decode()
    assert "Åsa Öberg" in page
    assert f"Nr {gone.pk}" in page


def test_reader_who_breaks_off_is_logged_with_what_was_sent():
    logged = Export.objects.create(kind="contacts", format="csv")
    stream = log.counted(logged, iter([(b"headings", 0), (b"rows", 1000), (b"rows", 1000)]))
    next(stream), next(stream)
    stream.close()  # as the web server does
    logged.refresh_from_db()
    assert logged.row_count == 1000


def test_page_remembers_what_somebody_chose_the_last_time(staff_client):
    asa()
    content_of(export(staff_client, "contact", fields=["last_name", "networks"]))
    form = staff_client.get("/admin/contact/export/").context["form"]
    assert (form["format"].value(), form["fields_chosen"].value()) == ("csv", ["last_name", "networks"])


def test_page_says_what_will_come_out(staff_client):
    asa()
    page = staff_client.get("/admin/contact/export/?q=öberg").content.decode()
    assert "Sökning: öberg" in page
    assert "1 kontakt" in page


def test_empty_list_is_said_to_be_empty_and_makes_no_file(staff_client):
    response = staff_client.get("/admin/contact/export/?q=ingen")
    assert response.context["count"] == 0
    assert "fields_chosen" not in response.content.decode()
    response = staff_client.post("/admin/contact/export/?q=ingen", {"format": "csv", "fields_chosen": ["id"]})
    assert not response.streaming
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    "data", [{"format": "csv"}, {"format": "pdf", "fields_chosen": ["id"]}, {"format": "csv", "fields_chosen": ["x"]}, {}]
)
def test_form_that_makes_no_sense_makes_no_file(staff_client, data):
    asa()
    response = staff_client.post("/admin/contact/export/", data)
    assert not response.streaming
    assert not Export.objects.exists()


def test_filter_that_makes_no_sense_exports_nothing(staff_client):
    asa()
    response = staff_client.post("/admin/contact/export/?on=igår", {"format": "csv", "fields_chosen": ["id"]})
    assert not response.streaming
    assert "fields_chosen" not in response.content.decode()
    assert not Export.objects.exists()


def test_segment_leads_to_its_export(staff_client):
    asa()
    segment = SegmentFactory(query="q=öberg")
    assert f'/admin/contact/export/?segment={segment.pk}"' in staff_client.get(f"/admin/segment/edit/{segment.pk}/").content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_somebody_who_may_only_look_takes_nothing_away(onlooker_client, name):
    one_of_each()
    page = onlooker_client.get(f"/admin/{name}/")
    assert page.status_code == 200
    assert f"/admin/{name}/export/" not in page.content.decode()
    assert onlooker_client.get(f"/admin/{name}/export/").status_code == 302
    assert onlooker_client.post(f"/admin/{name}/export/", {"format": "csv", "fields_chosen": ["id", "name"]}).status_code == 302
    assert onlooker_client.get("/admin/register/exports/").status_code == 302
    assert onlooker_client.get(f"/admin/contact/vcard/{Contact.objects.first().pk}/").status_code == 302
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", LISTS)
def test_list_of_somebody_who_may_change_leads_to_the_export_with_its_filter(staff_client, name):
    one_of_each()
    page = staff_client.get(f"/admin/{name}/?q=a&p=1").content.decode()
    assert f"/admin/{name}/export/?q=a" in page
    assert staff_client.get(f"/admin/{name}/?export=xlsx&q=a").url == f"/admin/{name}/export/?q=a"


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_wagtails_own_export_gives_no_data(onlooker_client, file_format):
    asa()
    response = onlooker_client.get(f"/admin/contact/?export={file_format}", follow=True)
    assert "asa@amal.example" not in response.content.decode()


def test_roles_of_the_past_are_left_out_unless_everything_is_asked_for():
    contact = asa()
    Affiliation.objects.filter(contact=contact).update(until=datetime.date(2001, 1, 1))
    chunks = ContactExport().read(Contact.objects.all())
    assert [row.role for chunk in chunks for row in ContactExport().rows(chunk)] == [None]
    chunks = ContactExport().read(Contact.objects.all(), everything=True)
    assert len([row for chunk in chunks for row in ContactExport().rows(chunk)]) == 2


def test_phone_numbers_are_written_as_everywhere_else():
    numbers = [
        "+46701740605",
        "+4684567890",
        "+46104567890",
        "+4650045678",
        "+4646123456",
        "+46900123456",
        "+4722121212",
        "+46112",
        "x",
        "+46",
    ]
    numbers += [f"+46{area}{rest}" for area in range(1, 1000, 7) for rest in ("12345", "123456", "0001234")]
    assert [phone(number) for number in numbers] == [format_phone(number) for number in numbers]


def test_file_is_in_the_language_of_who_asked_though_it_is_sent_later(staff_client, staff):
    asa()
    UserProfile.objects.create(user=staff, preferred_language="en")
    response = export(staff_client, "contact", fields=["last_name", "is_public"])
    assert [list(row.values()) for row in table(response)] == [["Öberg", "no"]]
