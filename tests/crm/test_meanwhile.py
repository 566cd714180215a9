"""Two people with one record open: neither loses what they wrote, and who saves last is told where both wrote."""

import re

import pytest
from django.utils.html import strip_tags

from crm.models import Contact
from crm.services.ledger import change_set
from tests.crm.test_contacts import form_data, point
from tests.crm.test_record_page import url
from tests.factories.crm import ContactFactory, EmailFactory, UserFactory

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'name="(seen|overruled)" value="(\d+)"')


@pytest.fixture
def contact(db):
    return ContactFactory(first_name="Eva", last_name="Ek", note="Svetsar", source="Kurs")


def opened(response):
    """What a form keeps hidden on the screen of whoever has opened it."""
    return dict(HIDDEN.findall(response.content.decode()))


def open_form(client, contact):
    return opened(client.get(f"/admin/contact/edit/{contact.pk}/"))


def save(client, contact, hidden, points=(), **values):
    return client.post(f"/admin/contact/edit/{contact.pk}/", {**form_data(contact, points), "source": "Kurs", **values, **hidden})


def save_by_somebody_else(record, **values):
    record = type(record).objects.get(pk=record.pk)
    for name, value in values.items():
        setattr(record, name, value)
    with change_set(actor=UserFactory(first_name="Birgit", last_name="Ek"), cause="edit"):
        record.save()


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def test_field_that_only_the_other_has_written_in_stays_as_it_is_now(staff_client, contact):
    hidden = open_form(staff_client, contact)
    save_by_somebody_else(contact, note="Svetsar och löder")
    assert save(staff_client, contact, hidden, note="Svetsar", quick_facts="ring före 10").status_code == 302
    contact.refresh_from_db()
    assert (contact.note, contact.quick_facts) == ("Svetsar och löder", "ring före 10")


def test_both_have_written_and_the_second_is_told_and_decides(staff_client, contact):
    hidden = open_form(staff_client, contact)
    save_by_somebody_else(contact, note="Löder")
    response = save(staff_client, contact, hidden, note="Slipar")
    assert "Birgit Ek ändrade detta medan du hade formuläret öppet: anteckning (Eva Ek) är nu ”Löder”." in text(response)
    assert "Slipar</textarea>" in response.content.decode()
    contact.refresh_from_db()
    assert contact.note == "Löder"
    assert save(staff_client, contact, opened(response), note="Slipar").status_code == 302
    contact.refresh_from_db()
    assert contact.note == "Slipar"


def test_who_has_been_told_is_told_again_of_what_comes_after(staff_client, contact):
    hidden = open_form(staff_client, contact)
    save_by_somebody_else(contact, note="Löder")
    told = opened(save(staff_client, contact, hidden, note="Slipar"))
    save_by_somebody_else(contact, note="Fräser")
    assert "är nu ”Fräser”" in text(save(staff_client, contact, told, note="Slipar"))


def test_both_have_written_the_same(staff_client, contact):
    hidden = open_form(staff_client, contact)
    save_by_somebody_else(contact, note="Löder")
    assert save(staff_client, contact, hidden, note="Löder").status_code == 302


def test_address_among_the_lines_of_the_form(staff_client, contact):
    one = EmailFactory(contact=contact, value="eva@skola.example")
    hidden = open_form(staff_client, contact)
    save_by_somebody_else(one, value="eva.ek@skola.example", normalised="eva.ek@skola.example")
    response = save(staff_client, contact, hidden, [point("eva@annan.example", id=one.pk)], note="Svetsar")
    assert "är nu ”eva.ek@skola.example”" in text(response)
    assert save(staff_client, contact, hidden, [point("eva@skola.example", id=one.pk)], note="Svetsar").status_code == 302
    one.refresh_from_db()
    assert one.value == "eva.ek@skola.example"


def test_where_it_stands_on_the_page(staff_client, contact):
    hidden = opened(staff_client.get(url(contact, "?edit=note")))
    save_by_somebody_else(contact, note="Löder")
    response = staff_client.post(url(contact), {"do": "edit", "spot": "note", "note": "Slipar", **hidden})
    assert "är nu ”Löder”" in text(response)
    again = staff_client.post(url(contact), {"do": "edit", "spot": "note", "note": "Slipar", **opened(response)})
    assert again.status_code == 302
    assert Contact.objects.get().note == "Slipar"


def test_other_spots_of_the_page_are_no_matter(staff_client, contact):
    hidden = opened(staff_client.get(url(contact, "?edit=note")))
    save_by_somebody_else(contact, quick_facts="ring före 10")
    assert staff_client.post(url(contact), {"do": "edit", "spot": "note", "note": "Slipar", **hidden}).status_code == 302
    contact.refresh_from_db()
    assert (contact.note, contact.quick_facts) == ("Slipar", "ring före 10")


@pytest.mark.parametrize("nonsense", ["", "abc", "-1", "9" * 30])
def test_damaged_form_is_saved_without_asking(staff_client, contact, nonsense):
    assert save(staff_client, contact, {"seen": nonsense}, note="Slipar").status_code == 302
