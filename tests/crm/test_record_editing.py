"""Editing a record on its page, each thing where it stands."""

import pytest

from crm.models import Change, ContactPoint
from tests.crm.test_record_page import url
from tests.factories.crm import ContactFactory, EmailFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def edit(client, record, spot, **values):
    return client.post(url(record), {"do": "edit", "spot": spot, **values}, follow=True)


def point(value, kind="email", **more):
    return {"kind": kind, "value": value, "status": "works", **more}


def test_spot_opens_as_a_form_without_a_script(staff_client):
    contact = ContactFactory(note="Svetsar")
    page = staff_client.get(url(contact, "?edit=note")).content.decode()
    assert '<textarea name="note"' in page
    assert 'name="spot" value="note"' in page
    assert "autofocus" in page
    assert 'name="spot"' not in staff_client.get(url(contact)).content.decode()


def test_note_is_saved_as_an_edit_that_can_be_undone(staff_client, staff):
    contact = ContactFactory()
    response = edit(staff_client, contact, "note", note="Svetsar")
    change = Change.objects.of_record(contact).last()
    assert (change.after, change.change_set.actor, change.change_set.cause) == ({"note": "Svetsar"}, staff, "edit")
    assert f"/admin/register/changes/{change.change_set.pk}/undo/" in response.content.decode()


def test_saving_without_a_change_says_nothing(staff_client):
    contact = ContactFactory(note="Svetsar")
    before = Change.objects.count()
    response = edit(staff_client, contact, "note", note="Svetsar")
    assert Change.objects.count() == before
    assert "/undo/" not in response.content.decode()


def test_number_is_changed_where_it_stands_and_the_person_found_by_it(staff_client):
    one = EmailFactory(kind="mobile", value="070-174 06 05")
    edit(staff_client, one.contact, f"point-{one.pk}", **point("070-174 06 99", "mobile"))
    one.refresh_from_db()
    assert one.normalised == "+46701740699"
    assert staff_client.get("/admin/contact/?q=0701740699").context["object_list"][0] == one.contact


def test_wrong_number_is_refused_at_its_field_and_kept(staff_client):
    one = EmailFactory(kind="mobile", value="070-174 06 05")
    response = edit(staff_client, one.contact, f"point-{one.pk}", **point("ring växeln", "mobile"))
    page = response.content.decode()
    assert 'value="ring växeln"' in page
    assert "inget telefonnummer" in page
    one.refresh_from_db()
    assert one.normalised == "+46701740605"


def test_refused_name_leaves_the_page_with_the_name_that_holds(staff_client):
    contact = ContactFactory(first_name="Åsa", last_name="Öberg")
    response = edit(staff_client, contact, "name", first_name="", last_name="Ek")
    assert str(response.context["object"]) == "Åsa Öberg"
    assert 'value="Ek"' in response.content.decode()


def test_address_is_added_and_the_first_one_makes_way(staff_client):
    old = EmailFactory(value="a@kommun.example", is_primary=True)
    edit(staff_client, old.contact, "point-new", **point("b@kommun.example", is_primary="on"))
    assert list(old.contact.contact_points.values_list("value", "is_primary")) == [("b@kommun.example", True), ("a@kommun.example", False)]


def test_same_address_twice_is_refused_with_a_sentence(staff_client):
    old = EmailFactory(value="a@kommun.example")
    response = edit(staff_client, old.contact, "point-new", **point("A@kommun.example"))
    assert ContactPoint.objects.count() == 1
    assert response.context["new_point_form"].errors.keys() == {"value"}


def test_address_of_somebody_else_is_not_changed_from_here(staff_client):
    other = EmailFactory(value="a@kommun.example")
    edit(staff_client, ContactFactory(), f"point-{other.pk}", **point("b@kommun.example"))
    other.refresh_from_db()
    assert other.value == "a@kommun.example"


def test_organisation_number_of_another_is_refused_at_its_field(staff_client):
    OrganisationFactory(organisation_number="212000-1926")
    mine = OrganisationFactory()
    response = edit(staff_client, mine, "organisation_number", organisation_number="2120001926")
    mine.refresh_from_db()
    assert mine.organisation_number == ""
    assert "record-form" in response.content.decode()
    edit(staff_client, mine, "website", website="https://komvux.example/")
    mine.refresh_from_db()
    assert mine.website == "https://komvux.example/"


def test_whoever_enters_an_address_that_somebody_else_has_is_told(staff_client):
    other, contact = EmailFactory(value="info@skola.example").contact, ContactFactory()
    page = edit(staff_client, contact, "point-new", **point("info@skola.example")).content.decode()
    assert f'info@skola.example används också av <a href="{url(other)}">{other}</a>' in page
    assert contact.contact_points.get().value == "info@skola.example"


def test_saving_comes_back_to_the_link_that_opened_the_form(staff_client):
    contact = ContactFactory()
    response = staff_client.post(url(contact, "?list=q%3Deva"), {"do": "edit", "spot": "note", "note": "Svetsar"})
    assert response.url == url(contact, "?list=q%3Deva#edit-note")


def test_whole_form_leads_back_to_the_page_that_knows_its_list(staff_client):
    contact = ContactFactory()
    page = staff_client.get(url(contact, "?list=q%3Deva")).content.decode()
    assert f"/admin/contact/edit/{contact.pk}/?next=%2Fadmin%2Fcontact%2Finspect%2F{contact.pk}%2F%3Flist%3Dq%253Deva" in page
