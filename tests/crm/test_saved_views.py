"""Lists under a name: whose they are, who sees them, and which one comes first."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission

from crm.models import DefaultView, SavedView
from tests.factories.crm import AffiliationFactory, ContactFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/contact/views/add/"


@pytest.fixture
def shared(db):
    return SavedView.objects.create(kind="contact", name="Rektorer", query="q=rektor", is_shared=True, owner=UserFactory(first_name="Eva"))


@pytest.fixture
def private(db):
    return SavedView.objects.create(kind="contact", name="Hemlig", query="q=hemlig", owner=UserFactory())


def params(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def offered(response):
    return [view.name for view, *_more in response.context["list_options"]["views"]]


def save(client, name="Lärcentrum", query="kind=learning_centre&columns=roles,email", **more):
    return client.post(ADD, {"name": name, "query": query, **more})


def test_list_is_saved_as_it_is_shown(staff_client, staff):
    page = staff_client.get("/admin/contact/?kind=learning_centre&columns=roles,email&p=2&q=")
    address = page.context["list_options"]
    form = staff_client.get(f"{address['add_url']}?query={address['query'].replace('&', '%26').replace('%2C', ',')}")
    query = form.context["form"]["query"].value()
    assert params(f"?{query}") == {"kind": "learning_centre", "columns": "roles,email"}
    assert "Typ av organisation: Lärcentrum" in form.content.decode()

    response = save(staff_client, query=query)
    view = SavedView.objects.get()
    assert (view.owner, view.kind, view.is_shared) == (staff, "contact", False)
    assert params(response["Location"]) == {"kind": "learning_centre", "columns": "roles,email", "view": str(view.pk)}
    assert offered(staff_client.get(response["Location"])) == ["Lärcentrum"]


def test_name_is_taken_once_per_list(staff_client):
    save(staff_client)
    assert "Du har redan en vy med det namnet" in save(staff_client, query="").content.decode()
    assert save(staff_client, name="").status_code == 200
    staff_client.post("/admin/organisation/views/add/", {"name": "Lärcentrum", "query": ""})
    assert sorted(SavedView.objects.values_list("kind", flat=True)) == ["contact", "organisation"]


def test_others_see_what_is_shared_and_nothing_else(staff_client, shared, private):
    response = staff_client.get("/admin/contact/")
    assert offered(response) == ["Rektorer"]
    assert "Hemlig" not in response.content.decode()
    assert "/admin/contact/?q=rektor" in staff_client.get("/admin/").content.decode()


def test_view_of_a_list_that_one_may_not_see_is_not_offered(client, shared):
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_network"]))
    client.force_login(user)
    assert "Rektorer" not in client.get("/admin/").content.decode()
    assert client.get(ADD).status_code == 302


def test_onlooker_may_save_views_too(onlooker_client):
    save(onlooker_client)
    assert offered(onlooker_client.get("/admin/contact/?view=all")) == ["Lärcentrum"]


def test_view_takes_in_what_the_list_shows_now(staff_client, staff):
    view = SavedView.objects.create(kind="contact", name="Min", query="q=an", owner=staff)
    unchanged = staff_client.get(f"/admin/contact/?q=an&view={view.pk}").context["list_options"]
    changed = staff_client.get(f"/admin/contact/?q=bo&view={view.pk}").context["list_options"]
    assert (unchanged["is_changed"], changed["is_changed"]) == (False, True)
    staff_client.post(changed["urls"]["update"], {"query": changed["query"]})
    view.refresh_from_db()
    assert view.query == "q=bo"


def test_view_is_renamed_shared_and_deleted(staff_client, staff):
    view = SavedView.objects.create(kind="contact", name="Min", query="q=an", owner=staff)
    staff_client.post(f"/admin/contact/views/{view.pk}/", {"name": "Vår", "is_shared": "on", "query": "q=ignored"})
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.query) == ("Vår", True, "q=an")
    assert staff_client.post(f"/admin/contact/views/{view.pk}/delete/")["Location"] == "/admin/contact/?view=all"
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("action", ["", "update/", "delete/"])
def test_what_others_share_is_theirs(action, staff_client, shared):
    assert staff_client.post(f"/admin/contact/views/{shared.pk}/{action}", {"name": "Kapad", "query": ""}).status_code == 404
    shared.refresh_from_db()
    assert (shared.name, shared.query) == ("Rektorer", "q=rektor")


def test_what_others_share_can_be_copied(staff_client, staff, shared, private):
    form = staff_client.get(f"{ADD}?copy={shared.pk}").context["form"]
    save(staff_client, name=form["name"].value(), query=form["query"].value())
    assert SavedView.objects.get(owner=staff).query == "q=rektor"
    assert staff_client.get(f"{ADD}?copy={private.pk}").status_code == 404


def test_default_view_is_shown_first_with_a_way_to_all(staff_client, shared):
    staff_client.post(f"/admin/contact/views/{shared.pk}/default/")
    response = staff_client.get("/admin/contact/")
    assert params(response["Location"]) == {"q": "rektor", "view": str(shared.pk)}
    page = staff_client.get(response["Location"])
    assert page.context["list_options"]["all_url"] == "/admin/contact/?view=all"
    assert staff_client.get("/admin/contact/?view=all").status_code == 200
    assert staff_client.get("/admin/organisation/").status_code == 200

    staff_client.post(f"/admin/contact/views/{shared.pk}/default/")
    assert staff_client.get("/admin/contact/").status_code == 200


def test_default_that_is_no_longer_shared_is_not_shown(staff_client, staff, private):
    DefaultView.objects.create(user=staff, kind="contact", view=private)
    assert staff_client.get("/admin/contact/").status_code == 200
    assert staff_client.post(f"/admin/contact/views/{private.pk}/default/").status_code == 404


def test_default_is_everybodys_own(staff_client, onlooker, shared):
    DefaultView.objects.create(user=onlooker, kind="contact", view=shared)
    assert staff_client.get("/admin/contact/").status_code == 200


def test_view_of_something_deleted_says_so(staff_client, staff):
    save(staff_client, query="role=99999")
    page = staff_client.get(f"/admin/contact/?role=99999&view={SavedView.objects.get().pk}")
    assert page.context["filter_errors"]
    assert not page.context["object_list"]


@pytest.mark.parametrize("number", ["", "x", "9" * 30])
def test_odd_numbers_in_the_address_are_no_views(number, staff_client):
    ContactFactory()
    assert staff_client.get(f"/admin/contact/?view={number}").status_code == 200
    assert staff_client.get(f"{ADD}?copy={number}").status_code in (200, 404)


def test_menu_asks_once_however_many_views_there_are(staff_client, staff, django_assert_max_num_queries):
    AffiliationFactory()
    OrganisationFactory()
    SavedView.objects.create(kind="contact", name="En", owner=staff)
    staff_client.get("/admin/contact/")
    with django_assert_max_num_queries(30) as few:
        staff_client.get("/admin/contact/")
    for number in range(20):
        SavedView.objects.create(kind="contact", name=f"Vy {number}", owner=staff)
        SavedView.objects.create(kind="organisation", name=f"Vy {number}", owner=UserFactory(), is_shared=True)
    with django_assert_max_num_queries(30) as many:
        staff_client.get("/admin/contact/")
    assert len(many) == len(few)
