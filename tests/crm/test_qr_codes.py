"""Contacts and organisations go over to a phone as QR codes."""

import pytest
import vobject
from django.utils.html import escape

from crm.exporting.qr_codes import COMFORTABLE, contact_text, organisation_text, svg_of
from crm.models import ContactPoint
from tests.crm.test_record_page import url
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def code_url(record):
    return f"/admin/{record._meta.model_name}/qr_code/{record.pk}/"


@pytest.fixture
def asa():
    contact = ContactFactory(first_name="Åsa", last_name="Öberg; B", note="hemligt")
    AffiliationFactory(contact=contact, organisation__name="Komvux, Åmål", title="Rektor, t.f.")
    EmailFactory(contact=contact, value="asa@amal.example")
    ContactPoint.objects.create(contact=contact, kind="mobile", value="070-174 06 05")
    return contact


def test_code_tells_who_where_and_how_and_no_note(asa):
    card = vobject.readOne(contact_text(asa))
    assert card.fn.value == "Åsa Öberg; B"
    assert (card.n.value.given, card.n.value.family) == ("Åsa", "Öberg; B")
    assert card.org.value == ["Komvux, Åmål"]
    assert (card.title.value, card.email.value, card.tel.value) == ("Rektor, t.f.", "asa@amal.example", "+46701740605")
    assert "hemligt" not in contact_text(asa)


def test_code_of_an_organisation_has_its_web_address():
    organisation = OrganisationFactory(name="Lärcentrum Åmål", website="https://amal.example/?a=1,2;3")
    ContactPoint.objects.create(organisation=organisation, kind="phone", value="0532-170 00")
    lines = organisation_text(organisation).split("\r\n")
    assert {"FN:Lärcentrum Åmål", "TEL:+4653217000", "URL:https://amal.example/?a=1,2;3"} <= set(lines)


def test_code_is_drawn_on_white_for_every_screen(staff_client, asa):
    response = staff_client.get(code_url(asa))
    assert response["Content-Type"] == "image/svg+xml"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    svg = response.content.decode()
    assert 'fill="#fff"' in svg
    assert "Öberg; B</title>" in svg


def test_title_cannot_break_out_of_the_drawing():
    assert escape("<script>") in svg_of("x", title="<script>").decode()


def test_what_is_too_long_for_a_phone_is_left_out_and_the_name_never():
    contact = ContactFactory(first_name="🙂" * 100, last_name="Å" * 100)
    AffiliationFactory(contact=contact, organisation__name="O" * 200, title="Rektor")
    assert vobject.readOne(contact_text(contact)).fn.value == contact.name
    assert svg_of(contact_text(contact), title="").startswith(b"<svg")

    shorter = ContactFactory(first_name="Kim", last_name="Ek")
    EmailFactory(contact=shorter, value="kim@ek.example")
    AffiliationFactory(contact=shorter, organisation__name="Ö" * 200, title="Å" * 100)
    text = contact_text(shorter)
    assert len(text.encode()) <= COMFORTABLE
    assert "kim@ek.example" in text


def test_page_offers_the_code_to_who_may_take_cards(staff_client, onlooker, asa):
    organisation = OrganisationFactory()
    for record in (asa, organisation):
        assert f'src="{code_url(record)}"' in staff_client.get(url(record)).content.decode()
        assert staff_client.get(code_url(record)).status_code == 200
    staff_client.force_login(onlooker)
    for record in (asa, organisation):
        assert code_url(record) not in staff_client.get(url(record)).content.decode()
        assert staff_client.get(code_url(record)).status_code == 302


def test_keys_lead_to_the_neighbours(staff_client):
    first, second, third = (ContactFactory(last_name=name) for name in ("Adamsson", "Berg", "Öberg"))
    page = staff_client.get(url(second, "?list=")).content.decode()
    for neighbour, letter in ((first, "k"), (third, "j")):
        link = page[page.index(f'href="{url(neighbour)}?list="') :].split(">")[0]
        assert f'data-w-kbd-key-value="{letter}"' in link
        assert f'aria-keyshortcuts="{letter}"' in link
