"""Organisations, memberships, networks, roles and municipalities from spreadsheets."""

import datetime

import pytest
from django.utils import timezone

from crm.importing.jobs import check, confirm, upload
from crm.importing.registry import get_importer
from crm.models import Fee, Holding, Licence, Network, Organisation, Partner, Project, ProjectRole, Seat
from crm.years import OperatingYear
from tests.crm.spreadsheets import swedish_csv
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, MunicipalityFactory, OrganisationFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def bring_in(kind, headings, *rows):
    job = check(upload(kind, content=swedish_csv(*rows, headings=headings), filename="fil.csv", acting_user=None))
    preview = list(job.rows.values_list("fate", "changes", "messages"))
    job = confirm(job, acting_user=None)
    assert list(job.rows.values_list("fate", "changes", "messages")) == preview
    labels = {name: str(column.label) for name, column in get_importer(kind)().columns.items()}
    return [(row.fate, " ".join(f"{labels[name]}: {text}" if name else text for name, text in row.messages)) for row in job.rows.all()]


ORGANISATION = "Organisation;Typ;Tillhör;Organisationsnummer;Kommun;Land;E-post;Webbplats;Arkiverad"


def test_organisations_with_parent_in_the_same_file():
    MunicipalityFactory(name="Åmål")
    rows = [
        "Åmåls kommun;Kommun;;212000-1926;Åmål;Sverige;kommun@amal.example;www.amal.example;",
        "Komvux Åmål;Lärcentrum;Åmåls kommun;;Åmål;;;;",
        "Gamla komvux;Lärcentrum;;;;Norge;;;2017-01-31",
    ]
    assert [fate for fate, _ in bring_in("organisations", ORGANISATION, *rows)] == ["created"] * 3
    centre = Organisation.objects.get(name="Komvux Åmål")
    assert (str(centre.parent), centre.parent.website) == ("Åmåls kommun", "https://www.amal.example")
    assert [str(one) for one in Organisation.objects.archived()] == ["Gamla komvux"]
    assert [fate for fate, _ in bring_in("organisations", ORGANISATION, *rows)] == ["unchanged"] * 3


def test_wrong_organisation_number_and_kind_are_refused():
    rows = ["Åmåls kommun;Kommun;;212000-1927;;;;;", "Byn;Rike;;;;;;;", "Ingen typ;;;;;;;;"]
    result = bring_in("organisations", ORGANISATION, *rows)
    assert [fate for fate, _ in result] == ["refused"] * 3
    assert "kontrollsiffra" in result[0][1]
    assert "Kommun, Lärcentrum" in result[1][1]
    assert result[2][1].startswith("Typ: ")


def test_organisation_is_known_by_its_number_when_its_name_changes():
    OrganisationFactory(name="Lärcenter", organisation_number="212000-1926")
    assert bring_in("organisations", "Organisation;Orgnr", "Lärcentrum;2120001926") == [("changed", "")]
    assert str(Organisation.objects.get()) == "Lärcentrum"


FEES = "Organisation;Medlemstyp;Medlem från;Verksamhetsår;Avgift;Fakturerad;Betald"


def test_memberships_with_a_row_for_each_years_fee():
    OrganisationFactory(name="Åmåls kommun", kind="municipality")
    rows = [
        "Åmåls kommun;Kommun;2005-01-01;2016/2017;15 000,00;2016-09-01;2016-10-01",
        "Åmåls kommun;Kommun;2005-01-01;2017/18;15000;2017-09-01;",
    ]
    assert [fate for fate, _ in bring_in("memberships", FEES, *rows)] == ["created", "changed"]
    assert [fate for fate, _ in bring_in("memberships", FEES, *rows)] == ["unchanged", "unchanged"]
    assert bring_in("memberships", FEES, rows[1] + "2017-10-15") == [("changed", "")]
    assert Fee.objects.get(year=OperatingYear(2017)).paid_on == datetime.date(2017, 10, 15)


def test_number_of_the_document_and_who_gets_it():
    OrganisationFactory(name="Åmåls kommun", kind="municipality")
    contact = EmailFactory(value="ulrika@amal.example").contact
    headings = "Organisation;Medlemstyp;Verksamhetsår;Avgift;Avinummer;Avgiften skickas till"
    row = "Åmåls kommun;Kommun;2017/2018;15000;1001;Ulrika@amal.example"
    assert bring_in("memberships", headings, row) == [("created", "")]
    assert bring_in("memberships", headings, row) == [("unchanged", "")]
    fee = Fee.objects.get()
    assert (fee.number, fee.membership.fee_contact) == (1001, contact)
    ((fate, messages),) = bring_in("memberships", headings, row.replace("Ulrika", "ingen"))
    assert (fate, "finns inte i registret" in messages) == ("refused", True)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";Kommun;;2017/2018;1;;", "Organisation: saknas"),
        ("Åmåls kommun;Kommun;;sjutton;1;;", "inget verksamhetsår"),
        ("Åmåls kommun;Kommun;;;15000;;", "Verksamhetsår: saknas"),
        ("Åmåls kommun;Kommun;;2017/2018;;;", "Avgift (kr): saknas"),
        ("Åmåls kommun;Kommun;;2017/2018;mycket;;", "inte ett tal"),
    ],
)
def test_refused_fee_says_why_and_leaves_no_membership(row, reason):
    municipality = OrganisationFactory(name="Åmåls kommun", kind="municipality")
    ((fate, messages),) = bring_in("memberships", FEES, row)
    assert (fate, reason in messages) == ("refused", True), messages
    assert not municipality.memberships.exists()


SEATS = "Nätverk;Typ;Organisation;Förnamn;Efternamn;E-post;Från;Till"


def test_networks_and_seats():
    organisation = OrganisationFactory(name="Komvux Åmål")
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    AffiliationFactory(contact=contact, organisation=organisation)
    rows = [
        "Industrinätverket;Företagsnätverk;Komvux Åmål;;;;2016-10-03;",
        "Industrinätverket;;Komvux Åmål;Åsa;Öberg;asa@amal.example;;",
    ]
    assert [fate for fate, _ in bring_in("networks", SEATS, *rows)] == ["created", "created"]
    assert [fate for fate, _ in bring_in("networks", SEATS, *rows)] == ["unchanged", "unchanged"]
    assert Network.objects.get().kind == Network.Kind.COMPANY
    assert set(Seat.objects.values_list("organisation", "contact")) == {(organisation.pk, None), (organisation.pk, contact.pk)}


def test_seat_for_somebody_unknown_is_refused_and_makes_no_network():
    result = bring_in("networks", SEATS, "Nytt;Företagsnätverk;;Bo;Ek;bo@ek.example;;", "Nytt;Företagsnätverk;;;;;;")
    assert [fate for fate, _ in result] == ["refused", "refused"]
    assert "Personen finns inte i registret" in result[0][1]
    assert not Network.objects.exists()


LICENCES = "Licens;Typ;Leverantör;Platser;Pris;Värde;Från;Till;Beskrivning"
HOLDINGS = "Licens;Organisation;Förnamn;Efternamn;E-post;Från;Till;Bekräftad;Bekräftad av;Anteckning"


def test_licences_and_who_holds_them():
    organisation = OrganisationFactory(name="Komvux Åmål")
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    licence = "Enkätverktyget;Enkätverktyg;Komvux Åmål;2;0;2 100,50;2014-02-01;;Enkäter"
    rows = [
        "Enkätverktyget;Komvux Åmål;Åsa;Öberg;asa@amal.example;2014-02-03;;2018-04-11;Åsa;asa1",
        "Enkätverktyget;Komvux Åmål;;;;2016-02-08;;;;",
    ]
    for fate in ("created", "unchanged"):
        assert bring_in("licences", LICENCES, licence) == [(fate, "")]
        assert [found for found, _ in bring_in("holdings", HOLDINGS, *rows)] == [fate, fate]
    tool = Licence.objects.get()
    assert (tool.kind, tool.supplier, tool.seats, str(tool.value)) == (Licence.Kind.SURVEY, organisation, 2, "2100.50")
    named, unnamed = Holding.objects.all()
    assert (named.contact, named.confirmed_by, named.note) == (contact, "Åsa", "asa1")
    assert (unnamed.contact, unnamed.organisation) == (None, organisation)


def test_more_holders_than_seats_are_refused_and_so_is_an_unknown_licence():
    bring_in("licences", "Licens;Platser", "Enkätverktyget;1")
    OrganisationFactory(name="Komvux Åmål")
    OrganisationFactory(name="Komvux Vara")
    rows = [f"{row};;;;2016-02-08;;;;" for row in ("Enkätverktyget;Komvux Åmål", "Enkätverktyget;Komvux Vara", "Okänt;Komvux Vara")]
    result = bring_in("holdings", HOLDINGS, *rows, "Enkätverktyget;;;;;;;;;")
    assert [fate for fate, _ in result] == ["created", "refused", "refused", "refused"]
    assert "Ingen plats är ledig" in result[1][1]
    assert "Okänt" in result[2][1]


@pytest.mark.parametrize("value", ["1,555", "-1", "gratis"])
def test_value_is_money(value):
    assert bring_in("licences", "Licens;Värde", f"Enkätverktyget;{value}")[0][0] == "refused"


@pytest.mark.parametrize("seats", ["många", "-1", "1,5", "99999999999"])
def test_seats_are_a_whole_number(seats):
    assert bring_in("licences", "Licens;Platser", f"Enkätverktyget;{seats}")[0][0] == "refused"


PROJECTS = "Projekt;Kortnamn;Läge;Program;Projektnummer;Finansiär;Projektägare;Från;Till;Budget (kr)"


def test_projects_with_their_organisations_and_people():
    OrganisationFactory(name="Utbildningsfonden")
    centre = OrganisationFactory(name="Komvux Åmål")
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    projects = ["Bron över gränsen;Bron;Beviljat;Interreg;2016-117;Utbildningsfonden;Komvux Åmål;2016-09-01;2019-08-31;3 500 000"]
    partners = ["Bron;Komvux Åmål;Sändande partner;2016-09-01;;", "bron över gränsen;Utbildningsfonden;;;;"]
    people = ["Bron;Åsa;Öberg;asa@amal.example;Komvux Åmål;Samordnare;2016-09-01;", "Bron;;;asa@amal.example;;Projektledare;2017-09-01;"]
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("projects", PROJECTS, *projects)] == [fate]
        assert [one for one, _ in bring_in("project_partners", "Projekt;Organisation;Typ;Från;Till;Anteckning", *partners)] == [fate] * 2
        assert [one for one, _ in bring_in("project_people", "Projekt;Förnamn;Efternamn;E-post;Organisation;Roll;Från;Till", *people)] == [
            fate,
            fate,
        ]
    project = Project.objects.get()
    assert (str(project), project.budget, project.lead, project.state) == ("Bron", 3_500_000, centre, Project.State.GRANTED)
    assert set(Partner.objects.values_list("organisation__name", "kind")) == {("Komvux Åmål", "sending"), ("Utbildningsfonden", "partner")}
    assert set(ProjectRole.objects.values_list("contact", "title")) == {(contact.pk, "Samordnare"), (contact.pk, "Projektledare")}
    assert bring_in("projects", PROJECTS.partition(";Läge")[0], "Bron över hela gränsen;Bron") == [("changed", "")]


@pytest.mark.parametrize(
    ("kind", "headings", "row", "reason"),
    [
        ("projects", "Projekt;Läge", "Bron;På gång", "Beviljat"),
        ("projects", "Projekt;Från;Till", "Bron;2018-01-01;2017-01-01", "före första dagen"),
        ("projects", "Projekt;Budget", "Bron;-5", "0"),
        ("project_partners", "Projekt;Organisation", "Ön;Komvux", "Det finns inget projekt"),
        ("project_partners", "Projekt;Organisation", "Bron;Nedlagt", "arkiverad"),
        ("project_partners", "Projekt;Organisation;Från;Till", "Bron;Komvux;2018-01-01;2017-01-01", "före första dagen"),
        ("project_people", "Projekt;Organisation", "Bron;Komvux", "ingen person"),
        ("project_people", "Projekt;Förnamn;Efternamn", "Bron;Bo;Ek", "Personen finns inte"),
    ],
)
def test_refused_row_about_a_project_says_why(kind, headings, row, reason):
    OrganisationFactory(name="Komvux")
    OrganisationFactory(name="Nedlagt", archived_at=timezone.now())
    if kind != "projects":
        ProjectFactory(name="Bron")
    ((fate, messages),) = bring_in(kind, headings, row)
    assert (fate, reason in messages) == ("refused", True), messages
    assert not Partner.objects.exists()
    assert not ProjectRole.objects.exists()


def test_municipalities_and_roles():
    headings = "Kommunkod;Kommun;Län;Delregion;Latitud;Longitud"
    assert bring_in("municipalities", headings, "1494;Lidköping;Västra Götalands län;Skaraborg;58,5035;13,1571") == [("created", "")]
    assert bring_in("roles", "Roll;Engelska;Bör finnas hos varje medlem", "Rektor;Principal;ja") == [("created", "")]
    assert bring_in("roles", "Roll;Engelska;Bör finnas hos varje medlem", "Rektor;Principal;kanske")[0][0] == "refused"
