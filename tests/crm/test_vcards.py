"""What leaves as a vCard is read back by a parser that isn't ours."""

import datetime

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from crm.exporting import vcards
from crm.models import ContactPoint, Export, Organisation
from tests.crm.exports import content_of, export
from tests.examples import many
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\\,;:\"'åäö€🙂"), max_size=200)


def asa():
    organisation = OrganisationFactory(
        name="Komvux; Vux, Åmål", street="Storgatan 1\nPlan 2", postcode="662 31", city="Åmål", website="https://amal.example/?a=1,2;3"
    )
    contact = ContactFactory(first_name="Åsa, A", last_name="Öberg; B", note="hemligt")
    AffiliationFactory(
        contact=contact, organisation=organisation, role=RoleFactory(name="Rektor"), title="Rektor, t.f.", since=datetime.date(2010, 1, 1)
    )
    AffiliationFactory(contact=contact, organisation__name="Lärcentrum", role=RoleFactory(name="Utredare"), since=datetime.date(2001, 1, 1))
    EmailFactory(contact=contact, value="asa@amal.example")
    EmailFactory(contact=contact, value="gammal@amal.example", is_primary=False, status=ContactPoint.Status.HISTORICAL)
    EmailFactory(contact=contact, value="070-174 06 05", kind=ContactPoint.Kind.MOBILE)
    return contact


def parsed(content):
    return list(vobject.readComponents(content.decode()))


def unfolded(content):
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_card_3_tells_who_where_and_how(staff_client):
    asa()
    (card,) = parsed(content_of(export(staff_client, "contact", file_format="vcard3")))
    assert card.version.value == "3.0"
    assert card.fn.value == "Åsa, A Öberg; B"
    assert (card.n.value.given, card.n.value.family) == ("Åsa, A", "Öberg; B")
    assert {tuple(org.value) for org in card.org_list} == {("Komvux; Vux, Åmål",), ("Lärcentrum",)}
    assert [(title.value, title.group) for title in card.title_list] == [("Rektor, t.f.", None), ("Utredare", "role2")]
    assert [email.value for email in card.email_list] == ["asa@amal.example"]
    assert (card.tel.value, card.tel.params["TYPE"]) == ("+46701740605", ["cell", "voice", "pref"])
    assert not hasattr(card, "note")


def test_card_4_tells_the_same_in_the_newer_way(staff_client):
    asa()
    lines = unfolded(content_of(export(staff_client, "contact", file_format="vcard4")))
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    for line in (
        "KIND:individual",
        r"FN:Åsa\, A Öberg\; B",
        r"N:Öberg\; B;Åsa\, A;;;",
        r"ORG:Komvux\; Vux\, Åmål",
        r"TITLE:Rektor\, t.f.",
        "role2.ORG:Lärcentrum",
        "role2.ROLE:Utredare",
        "EMAIL;TYPE=work;PREF=1:asa@amal.example",
        'TEL;VALUE=uri;TYPE="cell,voice";PREF=1:tel:+46701740605',
    ):
        assert line in lines


def test_address_and_web_site_are_those_of_the_first_role(staff_client):
    asa()
    content = content_of(export(staff_client, "contact", file_format="vcard3"))
    (card,) = parsed(content)
    assert (card.adr.value.street, card.adr.value.city, card.adr.value.code) == ("Storgatan 1\nPlan 2", "Åmål", "662 31")
    assert "URL:https://amal.example/?a=1,2;3" in unfolded(content)


def test_organisation_is_a_card_of_its_own_kind(staff_client):
    OrganisationFactory(name="Åmåls kommun", kind=Organisation.Kind.MUNICIPALITY)
    assert "X-ABShowAs:COMPANY" in unfolded(content_of(export(staff_client, "organisation", file_format="vcard3")))
    lines = unfolded(content_of(export(staff_client, "organisation", file_format="vcard4")))
    assert {"KIND:org", "FN:Åmåls kommun", "ORG:Åmåls kommun"} <= set(lines)


def test_card_keeps_its_identity_and_tells_when_it_changed(staff_client):
    ContactFactory()
    first, second = (unfolded(content_of(export(staff_client, "contact", file_format="vcard3"))) for _time in range(2))
    assert [line for line in first if line.startswith("UID:")] == [line for line in second if line.startswith("UID:")]
    assert any(line.startswith(f"REV:{datetime.datetime.now(datetime.UTC):%Y%m%d}T") for line in first)


def test_roles_have_no_vcards(staff_client):
    RoleFactory()
    response = staff_client.post("/admin/role/export/", {"format": "vcard3"})
    assert not response.streaming


def test_one_contact_is_downloaded_and_logged(staff_client):
    contact = ContactFactory(first_name="Åsa", last_name="Öberg")
    assert f"/admin/contact/vcard/{contact.pk}/" in staff_client.get(f"/admin/contact/edit/{contact.pk}/").content.decode()
    response = staff_client.get(f"/admin/contact/vcard/{contact.pk}/")
    assert 'filename="asa-oberg.vcf"' in response["Content-Disposition"]
    (card,) = parsed(content_of(response))
    assert card.fn.value == "Åsa Öberg"
    assert (Export.objects.get().query, Export.objects.get().row_count) == (f"id={contact.pk}", 1)
    assert "Åsa Öberg" in staff_client.get("/admin/register/exports/").content.decode()
    assert staff_client.get("/admin/contact/vcard/999999/").status_code == 404


@many(50)
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_any_text_survives_escaping_and_folding(texts):
    card = vcards.Card(vcards.VERSION_3, "contact", 1)
    card.add("FN", "x")
    card.add("N", "x", "", "", "", "")
    for text in texts:
        card.add("TITLE", text)
    content = str(card)
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    read = vobject.readOne(content)
    assert [title.value for title in getattr(read, "title_list", [])] == [text for text in texts if text]


@many(50)
@given(st.text(max_size=100))
def test_no_text_makes_a_line_of_its_own(text):
    card = vcards.Card(vcards.VERSION_4, "contact", 1)
    card.add("TITLE", text)
    card.add_address(text)
    names = {line.partition(":")[0] for line in str(card).replace("\r\n ", "").split("\r\n")}
    assert names <= {"BEGIN", "VERSION", "UID", "TITLE", "URL", "END", ""}
