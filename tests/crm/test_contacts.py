import datetime

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from crm.models import Contact, ContactPoint
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def names(response):
    return [str(contact) for contact in response.context["object_list"]]


def form_data(contact, points, affiliations=()):
    return nested_form_data(
        {
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "language": "sv",
            "note": "",
            "source": "",
            "contact_points": inline_formset(points, initial=contact.contact_points.count() if contact.pk else 0),
            "affiliations": inline_formset(affiliations, initial=contact.affiliations.count() if contact.pk else 0),
        }
    )


def point(value, kind="email", **more):
    return {"kind": kind, "value": value, "status": "works", **more}


def test_new_contact_gets_normalised_addresses_and_is_found_by_them(staff_client):
    organisation = OrganisationFactory(name="Lärcentrum Tjörn")
    role = {"organisation": organisation.pk, "role": "", "title": "Rektor", "since": "2018-01-08", "until": "", "end_reason": ""}
    data = form_data(
        Contact(first_name="Åsa", last_name="Öberg"),
        [point("Asa.Oberg@Tjorn.EXAMPLE"), point("070-174 06 05", "mobile")],
        [role],
    )
    response = staff_client.post("/admin/contact/new/", data)
    assert response.status_code == 302
    contact = Contact.objects.get()
    assert [one.normalised for one in contact.contact_points.order_by("kind")] == ["asa.oberg@tjorn.example", "+46701740605"]
    for query in ("öberg åsa", "asa ob", "0701740605", "+46 70 174", "tjorn rektor", "asa.oberg@"):
        assert names(staff_client.get("/admin/contact/", {"q": query})) == ["Åsa Öberg"], query
    assert names(staff_client.get("/admin/contact/", {"q": "öberg anna"})) == []


def test_changed_phone_replaces_the_old_one_in_the_search(staff_client):
    contact = EmailFactory(kind=ContactPoint.Kind.MOBILE, value="070-174 06 05").contact
    old = contact.contact_points.get()
    data = form_data(contact, [point("070-174 06 99", "mobile", id=old.pk)])
    assert staff_client.post(f"/admin/contact/edit/{contact.pk}/", data).status_code == 302
    assert names(staff_client.get("/admin/contact/", {"q": "070 174 06 99"})) == [contact.name]
    assert names(staff_client.get("/admin/contact/", {"q": "070 174 06 05"})) == []


def test_wrong_number_is_refused_at_its_field_and_nothing_is_lost(staff_client):
    contact = ContactFactory()
    response = staff_client.post(f"/admin/contact/edit/{contact.pk}/", form_data(contact, [point("ring växeln", "phone")]))
    assert response.status_code == 200
    assert "ring växeln" in response.content.decode()
    assert "inget telefonnummer" in response.content.decode()
    assert not contact.contact_points.exists()


def test_same_address_twice_is_refused_with_a_sentence(staff_client):
    contact = ContactFactory()
    data = form_data(contact, [point("anna@kommun.example"), point("ANNA@kommun.example")])
    response = staff_client.post(f"/admin/contact/edit/{contact.pk}/", data)
    assert "Det här står två gånger" in response.content.decode()
    assert not contact.contact_points.exists()


def test_two_addresses_of_one_kind_are_fine(staff_client):
    contact = ContactFactory()
    data = form_data(contact, [point("a@kommun.example", is_primary="on"), point("b@kommun.example")])
    assert staff_client.post(f"/admin/contact/edit/{contact.pk}/", data).status_code == 302
    assert contact.contact_points.count() == 2


def test_two_addresses_cannot_both_be_the_first(staff_client):
    contact = ContactFactory()
    data = form_data(contact, [point("a@kommun.example", is_primary="on"), point("b@kommun.example", is_primary="on")])
    assert "användas i första hand" in staff_client.post(f"/admin/contact/edit/{contact.pk}/", data).content.decode()


def test_role_cannot_end_before_it_begins(staff_client):
    contact = ContactFactory()
    role = {
        "organisation": OrganisationFactory().pk,
        "since": "2018-02-01",
        "until": "2018-01-01",
        "role": "",
        "title": "",
        "end_reason": "",
    }
    response = staff_client.post(f"/admin/contact/edit/{contact.pk}/", form_data(contact, [], [role]))
    assert "ligger före första dagen" in response.content.decode()


def test_list_sorts_in_swedish_order(staff_client):
    for last_name in ("Öberg", "Zetterlund", "Åberg", "Adamsson"):
        ContactFactory(first_name="Kim", last_name=last_name)
    assert names(staff_client.get("/admin/contact/")) == ["Kim Adamsson", "Kim Zetterlund", "Kim Åberg", "Kim Öberg"]
    assert names(staff_client.get("/admin/contact/", {"ordering": "-sort_key"}))[0] == "Kim Öberg"


def test_every_row_stands_on_exactly_one_page(staff_client):
    ContactFactory.create_batch(120, first_name="Anna", last_name="Andersson")
    pages = [staff_client.get("/admin/contact/", {"p": number}).context["object_list"] for number in (1, 2, 3)]
    assert len({contact.pk for page in pages for contact in page}) == 120


def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    for contact in ContactFactory.create_batch(3):
        AffiliationFactory(contact=contact)
        EmailFactory(contact=contact)
    staff_client.get("/admin/contact/")
    with django_assert_max_num_queries(30) as few:
        staff_client.get("/admin/contact/")
    for contact in ContactFactory.create_batch(30):
        AffiliationFactory.create_batch(2, contact=contact)
        EmailFactory(contact=contact)
    with django_assert_max_num_queries(30) as many:
        staff_client.get("/admin/contact/")
    assert len(many) == len(few)


def test_archived_contact_leaves_the_list_and_comes_back(staff_client):
    contact = ContactFactory(first_name="Eva", last_name="Ek")
    staff_client.post(f"/admin/contact/delete/{contact.pk}/")
    assert names(staff_client.get("/admin/contact/")) == []
    assert names(staff_client.get("/admin/contact/", {"archived": "archived"})) == ["Eva Ek"]
    assert "Hämta tillbaka" in staff_client.get(f"/admin/contact/edit/{contact.pk}/").content.decode()
    staff_client.post(f"/admin/contact/restore/{contact.pk}/")
    assert names(staff_client.get("/admin/contact/")) == ["Eva Ek"]
    assert [entry.action for entry in ModelLogEntry.objects.for_instance(contact).order_by("timestamp")] == ["crm.archive", "crm.restore"]


def test_person_who_left_is_no_contact_person_any_more():
    day = datetime.date(2018, 6, 30)
    gone = AffiliationFactory(until=datetime.date(2018, 6, 29)).contact
    there = AffiliationFactory(since=day, until=day).contact
    unknown_dates = AffiliationFactory().contact
    assert set(Contact.objects.in_role(day)) == {there, unknown_dates}
    assert gone in Contact.objects.active()


def test_somebody_who_may_only_look_can_change_nothing(onlooker_client):
    contact = EmailFactory().contact
    assert onlooker_client.get("/admin/contact/").status_code == 200
    for address in ("new", f"edit/{contact.pk}", f"delete/{contact.pk}", f"restore/{contact.pk}"):
        assert onlooker_client.post(f"/admin/contact/{address}/", form_data(contact, [])).status_code == 302, address
    contact.refresh_from_db()
    assert not contact.is_archived
    assert contact.contact_points.count() == 1


def test_stranger_sees_nothing(client):
    assert client.get("/admin/contact/").url.startswith("/admin/login/")


def affiliation_line(affiliation=None, **values):
    line = {"organisation": OrganisationFactory().pk, "role": "", "title": "", "since": "", "until": "", "end_reason": "", **values}
    return {**line, "id": affiliation.pk, "organisation": affiliation.organisation_id} if affiliation else line


def test_contact_with_two_roles_is_saved(staff_client):
    contact = ContactFactory()
    roles = AffiliationFactory.create_batch(2, contact=contact)
    data = form_data(contact, [], [affiliation_line(role, title=f"Titel {role.pk}") for role in roles])
    assert staff_client.post(f"/admin/contact/edit/{contact.pk}/", data).status_code == 302
    assert set(contact.affiliations.values_list("title", flat=True)) == {f"Titel {role.pk}" for role in roles}


@pytest.mark.parametrize("typed", ["2017-09-01", "20170901", "1/9 2017", "1/9/2017", "01.09.2017"])
def test_date_is_read_with_the_day_before_the_month(staff_client, typed):
    contact = ContactFactory()
    staff_client.post(f"/admin/contact/edit/{contact.pk}/", form_data(contact, [], [affiliation_line(since=typed)]))
    assert contact.affiliations.get().since == datetime.date(2017, 9, 1)


def test_address_cannot_be_tied_to_somebody_elses_role(staff_client):
    contact, other = ContactFactory(), AffiliationFactory()
    data = form_data(contact, [point("anna@kommun.example", affiliation=other.pk)])
    assert staff_client.post(f"/admin/contact/edit/{contact.pk}/", data).status_code == 200
    assert not contact.contact_points.exists()


def test_two_addresses_that_exchange_their_values_are_refused_with_advice(staff_client):
    contact = ContactFactory()
    first, second = (EmailFactory(contact=contact, value=f"{name}@kommun.example", is_primary=False) for name in "ab")
    data = form_data(contact, [point("b@kommun.example", id=first.pk), point("a@kommun.example", id=second.pk)])
    response = staff_client.post(f"/admin/contact/edit/{contact.pk}/", data)
    assert "spara den ena först" in response.content.decode()
    assert contact.contact_points.count() == 2


def test_form_keeps_its_queries_when_the_register_grows(staff_client, django_assert_max_num_queries):
    contact = EmailFactory().contact
    AffiliationFactory(contact=contact)
    staff_client.get(f"/admin/contact/edit/{contact.pk}/")
    with django_assert_max_num_queries(30) as few:
        staff_client.get(f"/admin/contact/edit/{contact.pk}/")
    AffiliationFactory.create_batch(20)
    with django_assert_max_num_queries(30) as many:
        staff_client.get(f"/admin/contact/edit/{contact.pk}/")
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "address", ["?role=99999999999999999999999", "?organisation=x", "?fee_paid=0/1", "?p=99999", "?q=%00", "?ordering=x"]
)
def test_odd_address_is_no_error(staff_client, address):
    ContactFactory()
    assert staff_client.get(f"/admin/contact/{address}").status_code in (200, 404)


def test_search_takes_commas_and_hyphens_as_people_write_them(staff_client):
    ContactFactory(first_name="Åsa", last_name="Öberg Svensson")
    for query in ("Öberg, Åsa", "öberg-svensson", "svensson,asa"):
        assert names(staff_client.get("/admin/contact/", {"q": query})) == ["Åsa Öberg Svensson"], query


def test_search_in_vain_tells_of_archived_matches_and_offers_to_add_the_name(staff_client):
    ContactFactory(first_name="Ann-Sofie", last_name="Ek", archived_at=timezone.now())
    response = staff_client.get("/admin/contact/?q=ann-sofie+ek")
    page = response.content.decode()
    assert (names(response), response.context["archived_count"]) == ([], 1)
    assert 'href="/admin/contact/?q=ann-sofie+ek&amp;archived=archived"' in page
    assert 'href="/admin/contact/new/?q=ann-sofie+ek"' in page
    form = staff_client.get("/admin/contact/new/?q=ann-sofie+ek").context["form"]
    assert (form["first_name"].value(), form["last_name"].value()) == ("Ann-Sofie", "Ek")


@pytest.mark.parametrize("query", ["q=ek", "q=ek&archived=archived", "q=ingen", "on=nonsense&q=ek"])
def test_archived_matches_are_told_of_only_where_nothing_else_is_found(staff_client, query):
    ContactFactory(last_name="Ek")
    ContactFactory(last_name="Ek", archived_at=timezone.now())
    assert not staff_client.get(f"/admin/contact/?{query}").context.get("archived_count")


@pytest.mark.parametrize("query", ["070-174", "bo@ek.example"])
def test_what_is_no_name_is_not_filled_in(staff_client, query):
    assert not staff_client.get("/admin/contact/new/", {"q": query}).context["form"]["first_name"].value()


def test_form_that_is_refused_says_that_nothing_is_saved(staff_client):
    contact = ContactFactory()
    data = form_data(contact, [point("ingen adress")])
    page = staff_client.post(f"/admin/contact/edit/{contact.pk}/", data).content.decode()
    assert "Nothing is saved yet." in page or "Ingenting är sparat" in page
