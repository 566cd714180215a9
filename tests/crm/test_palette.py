"""The palette: what it finds, in which order, and what it keeps to itself."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from crm.models import Contact, ContactPoint, Recent
from crm.services.recents import KEPT
from crm.viewsets.history import url_of
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    NetworkFactory,
    OrganisationFactory,
    PlanItemFactory,
    SegmentFactory,
    UserFactory,
)


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


def ask(client, query="", here=""):
    response = client.get("/admin/palette/results/", {"q": query, "here": here})
    assert response.status_code == 200
    return unescape(response.content.decode())


def titles(page):
    return re.findall(r'<span class="palette-title">(.*?)</span>', page)


def links(page):
    return dict(zip(titles(page), re.findall(r'role="option"[^>]*href="(.*?)"', page), strict=True))


@pytest.fixture
def asa(db):
    contact = ContactFactory(first_name="Åsa", last_name="Öberg")
    AffiliationFactory(contact=contact, organisation=OrganisationFactory(name="Campus Lidköping"))
    return contact


# What it finds


@pytest.mark.parametrize("query", ["Åsa Öberg", "oberg asa", "ÖBERG", "lidkoping öb", "sa be"])
def test_person_is_found_by_words_in_any_order_with_and_without_dots(staff_client, asa, query):
    assert links(ask(staff_client, query))["Åsa Öberg"] == (url_of("inspect", Contact, asa.pk) or url_of("edit", Contact, asa.pk))


@pytest.mark.parametrize("query", ["070-174 06 05", "+46 70 174 06 05", "0046701740605", "(070) 1740605", "17406"])
def test_person_is_found_by_phone_in_any_form(staff_client, asa, query):
    EmailFactory(contact=asa, kind=ContactPoint.Kind.MOBILE, value="070-174 06 05")
    assert "Åsa Öberg" in titles(ask(staff_client, query))


def test_address_no_longer_used_finds_its_person(staff_client, asa):
    EmailFactory(contact=asa, value="asa@gamla.example", status=ContactPoint.Status.HISTORICAL)
    assert "Åsa Öberg" in titles(ask(staff_client, "asa@gamla"))


def test_swedish_letters_are_sorted_after_z(staff_client):
    for name in ("Öman", "Åkerman", "Zetterman", "Ärlman"):
        ContactFactory(first_name="Eva", last_name=name)
    assert titles(ask(staff_client, "eva"))[:4] == ["Eva Zetterman", "Eva Åkerman", "Eva Ärlman", "Eva Öman"]


def test_those_so_called_come_before_those_with_the_word_elsewhere_and_archived_ones_last(staff_client, asa):
    ContactFactory(first_name="Ulf", last_name="Campusson")
    archived = ContactFactory(first_name="Kim", last_name="Campus")
    staff_client.post(f"/admin/contact/delete/{archived.pk}/")
    page = ask(staff_client, "campus")
    assert titles(page)[:3] == ["Ulf Campusson", "Åsa Öberg", "Kim Campus"]
    assert "archived" in page


def test_organisations_networks_and_segments_are_found(staff_client):
    OrganisationFactory(name="Skövde kommun")
    NetworkFactory(name="Företagsnätverket Skövde")
    SegmentFactory(name="Rektorer i Skövde")
    assert titles(ask(staff_client, "skovde")) == ["Skövde kommun", "Företagsnätverket Skövde", "Rektorer i Skövde"]


def test_many_of_a_kind_lead_to_the_list(staff_client):
    for number in range(8):
        ContactFactory(first_name="Eva", last_name=f"Ek{number}")
    assert links(ask(staff_client, "eva"))["Show all in the list"] == "/admin/contact/?q=eva"


def test_nobody_of_that_name_can_be_made_a_contact(staff_client):
    page = ask(staff_client, "Nora Nyman")
    assert "Nothing is called" in page
    assert links(page)["Create contact “Nora Nyman”"] == "/admin/contact/new/?q=Nora+Nyman"


def test_odd_queries_do_no_harm(staff_client, asa):
    for query in ('"', "'", "%", "_", "a\x00b", "AND OR NOT", "*", "(", "-", "å" * 500, "<script>alert(1)</script>", "\\"):
        page = staff_client.get("/admin/palette/results/", {"q": query})
        assert page.status_code == 200
        assert b"<script" not in page.content


def test_number_of_queries_does_not_grow(staff_client, django_assert_num_queries):
    AffiliationFactory.create_batch(3, contact__last_name="Ek")
    ask(staff_client, "ek")
    with CaptureQueriesContext(connection) as few:
        ask(staff_client, "ek")
    AffiliationFactory.create_batch(30, contact__last_name="Ek")
    with django_assert_num_queries(len(few)):
        ask(staff_client, "ek")


# Actions


def test_actions_are_found_by_their_words(staff_client):
    assert links(ask(staff_client, "new con"))["New contact"] == "/admin/contact/new/"
    assert links(ask(staff_client, "excel import"))["Import a spreadsheet"] == "/admin/register/import/"


def test_lists_of_the_menu_are_found(staff_client):
    assert links(ask(staff_client, "networks"))["Networks"] == "/admin/network/"


def test_actions_of_the_open_record_come_first(staff_client, asa):
    page = ask(staff_client, here=f"/admin/contact/edit/{asa.pk}/")
    assert titles(page)[:4] == ["Edit", "Log: call", "Log: visit", "New task about this"]
    assert links(ask(staff_client, "arch", here=f"/admin/contact/edit/{asa.pk}/"))["Archive"] == f"/admin/contact/delete/{asa.pk}/"


@pytest.mark.parametrize("here", ["/admin/", "/admin/contact/edit/999999/", "/nowhere/", "http://[", "/admin/contact/edit/x/"])
def test_elsewhere_there_are_none(staff_client, here):
    assert "History" not in titles(ask(staff_client, here=here))


# Permissions


def test_onlooker_finds_but_changes_nothing(onlooker_client, asa):
    found = links(ask(onlooker_client, "öberg"))
    assert found["Åsa Öberg"] == (url_of("inspect", Contact, asa.pk) or "/admin/contact/?q=%C3%85sa+%C3%96berg")
    assert "New contact" not in titles(ask(onlooker_client, "new"))
    assert "Archive" not in titles(ask(onlooker_client, here=f"/admin/contact/edit/{asa.pk}/"))
    assert "Create contact" not in ask(onlooker_client, "nobody at all")


def test_whoever_may_not_see_the_register_finds_nothing_of_it(client, asa):
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    Recent.objects.create(user=user, kind="contact", number=asa.pk)
    assert "Åsa" not in ask(client, "åsa") + ask(client)


def test_stranger_is_sent_to_the_log_in(client, db):
    assert client.get("/admin/palette/results/", {"q": "a"}).status_code == 302
    assert client.post("/admin/palette/opened/", {"path": "/admin/contact/edit/1/"}).status_code == 302


# What was opened lately


def open_page(client, path):
    assert client.post("/admin/palette/opened/", {"path": path}).status_code == 204


def test_what_was_opened_comes_first_the_newest_on_top(staff_client, asa):
    bo = ContactFactory(first_name="Bo", last_name="Ek")
    for contact in (asa, bo, asa):
        open_page(staff_client, f"/admin/contact/edit/{contact.pk}/")
    assert titles(ask(staff_client))[:2] == ["Åsa Öberg", "Bo Ek"]
    assert titles(ask(staff_client, here=f"/admin/contact/edit/{asa.pk}/"))[0] == "Bo Ek"  # the other one is open already


def test_what_others_opened_is_theirs(staff_client, asa):
    Recent.objects.create(user=UserFactory(), kind="contact", number=asa.pk)
    assert "Åsa Öberg" not in titles(ask(staff_client))


def test_only_records_are_remembered_and_only_so_many(staff_client, asa):
    for path in ("/admin/", "/admin/contact/edit/999999/", "/nowhere/", ""):
        open_page(staff_client, path)
    assert not Recent.objects.exists()
    for contact in ContactFactory.create_batch(KEPT + 3):
        open_page(staff_client, f"/admin/contact/edit/{contact.pk}/")
    assert Recent.objects.count() == KEPT


def test_what_is_gone_is_not_offered(staff_client, staff, asa):
    Recent.objects.create(user=staff, kind="contact", number=asa.pk + 1)
    Recent.objects.create(user=staff, kind="nonsense", number=1)
    assert staff_client.get("/admin/palette/results/").status_code == 200


# The page


def test_palette_stands_on_every_page_and_works_without_script(staff_client, asa):
    page = staff_client.get("/admin/").content.decode()
    assert 'data-palette="/admin/palette/results/"' in page
    assert "data-palette-open" in page
    assert "Åsa Öberg" in staff_client.get("/admin/palette/", {"q": "åsa"}).content.decode()


def test_form_opened_over_a_narrowed_list_comes_back_to_it_as_it_was(staff_client, db):
    page = ask(staff_client, "new task", here="/admin/contact/?role=3&subregion=Fyrbodal")
    assert "next=%2Fadmin%2Fcontact%2F%3Frole%3D3%26subregion%3DFyrbodal" in links(page)["New task"]


def test_person_whose_page_is_open_is_called_moved_and_merged_from_here(staff_client, asa):
    offered = links(ask(staff_client, here=f"/admin/contact/inspect/{asa.pk}/?list=q%3Dasa"))
    assert offered["Log: call"].startswith(f"/admin/activity/new/?kind=call&contact={asa.pk}&next=")
    assert offered["Change of job"] == f"/admin/contact/{asa.pk}/job-change/"
    assert offered["Merge with…"] == f"/admin/contact/merge/{asa.pk}/"
    assert offered["Edit"] == f"/admin/contact/edit/{asa.pk}/"


def test_onlooker_is_offered_nothing_to_change(onlooker_client, asa):
    offered = links(ask(onlooker_client, here=f"/admin/contact/inspect/{asa.pk}/"))
    assert not {"Log: call", "Change of job", "Merge with…", "Edit", "New task about this"} & set(offered)


def test_own_calendar_is_found(staff_client):
    assert links(ask(staff_client, "calendar"))["My calendar and reminders"] == reverse("my_calendar:index")


def test_item_of_the_activity_plan_is_found_and_leads_to_its_place_in_the_plan(staff_client, db):
    item = PlanItemFactory(what="Kalla alla till årskonferens")
    assert links(ask(staff_client, "årskonf"))["Kalla alla till årskonferens"] == f"/admin/planitem/plan/2017/#item-{item.pk}"
