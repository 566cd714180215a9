"""A visit written down in one go: what the page takes, what becomes of it, and what is refused."""

import datetime
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import Activity, Affiliation, Change, ChangeSet, Contact, Organisation, Task
from crm.services.ledger import change_set
from crm.services.undo import undo
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ParticipationFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db

NUMBER = "556016-0680"
JSON = {"accept": "application/json"}


def post(client, **values):
    data = {"key": str(uuid.uuid4()), "day": "2018-03-01", **values}
    return client.post("/admin/visit/", data, headers=JSON)


@pytest.fixture
def works():
    return OrganisationFactory(name="Kinnekulle Precision AB", kind="company", municipality=MunicipalityFactory(name="Götene"))


def errors(response):
    assert response.status_code == 422, response.content
    return response.json()["errors"]


def test_everything_at_once_is_one_change_set_that_can_be_undone(staff_client, staff, works):
    project = ProjectFactory(name="Bron")
    response = post(
        staff_client,
        organisation=works.pk,
        company=works.name,
        first_name="Åsa",
        last_name="Öberg",
        phone="070-174 06 05",
        email="asa@precision.example",
        need="Två CNC-operatörer\ntill hösten",
        area="industry",
        level="4",
        people="2",
        next_step="Skicka kurslistan",
        next_step_due="2018-03-08",
        project=project.pk,
        head_count="3",
    )
    assert response.status_code == 201
    visit = Activity.objects.get()
    assert (visit.kind, visit.subject, visit.day, visit.created_by) == ("visit", works.name, datetime.date(2018, 3, 1), staff)
    assert (visit.text, visit.project, visit.head_count) == ("Två CNC-operatörer\ntill hösten", project, 3)
    met = visit.participations.get()
    assert (str(met.contact), met.organisation, met.how) == ("Åsa Öberg", works, "attended")
    assert sorted(str(point) for point in met.contact.contact_points.all()) == ["070-174 06 05", "asa@precision.example"]
    assert met.contact.affiliations.get().organisation == works
    task = Task.objects.get()
    assert (task.what, task.due, task.assignee, task.activity) == ("Skicka kurslistan", datetime.date(2018, 3, 8), staff, visit)

    need = visit.needs.get()
    assert (need.organisation, need.contact, need.source, need.received_on) == (works, met.contact, "visit", visit.day)
    assert (need.text, need.area, need.level, need.people) == (visit.text, "industry", 4, 2)

    opened = ChangeSet.objects.latest("pk")
    assert opened.changes.filter(action=Change.Action.CREATED).count() == opened.changes.count() == 8
    assert response.json()["undo_url"] == f"/admin/register/changes/{opened.pk}/undo/"
    assert staff_client.get(response.json()["url"]).status_code == 200
    undo(opened, acting_user=staff)
    assert not Activity.objects.exists()
    assert not Contact.objects.exists()
    assert Organisation.objects.get() == works


def test_visit_that_is_sent_twice_is_written_once(staff_client, works):
    key = str(uuid.uuid4())
    first = post(staff_client, key=key, organisation=works.pk)
    again = post(staff_client, key=key, organisation=works.pk, first_name="Åsa", last_name="Öberg")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["url"] == first.json()["url"]
    assert Activity.objects.count() == 1
    assert not Contact.objects.exists()


def test_visit_that_was_taken_back_is_not_written_again(staff_client, staff, works):
    values = {"key": str(uuid.uuid4()), "organisation": works.pk}
    post(staff_client, **values)
    with change_set(actor=staff, cause="edit"):
        Activity.objects.get().delete()
    again = post(staff_client, **values)
    assert (again.status_code, again.json()["url"]) == (200, "")
    assert not Activity.objects.exists()
    assert post(staff_client, organisation=works.pk).status_code == 201


# Which company


@pytest.mark.parametrize("company", ["kinnekulle precision ab", NUMBER, "5560160680"])
def test_company_is_known_by_its_name_or_its_number(company, staff_client, works):
    Organisation.objects.filter(pk=works.pk).update(organisation_number=NUMBER)
    assert post(staff_client, company=company).status_code == 201
    assert Activity.objects.get().participations.get().organisation == works


def test_new_company_is_made_with_number_and_municipality(staff_client):
    place = MunicipalityFactory(name="Skara")
    assert "municipality" in errors(post(staff_client, company="Skara Såg AB"))
    assert (
        "kontrollsiffra" in errors(post(staff_client, company="Skara Såg AB", organisation_number="556016-0681"))["organisation_number"][0]
    )
    assert "company" in errors(post(staff_client, company=NUMBER, municipality=place.pk))
    assert not Organisation.objects.exists()

    assert post(staff_client, company="Skara  Såg AB", organisation_number="5560160680", municipality=place.pk).status_code == 201
    made = Organisation.objects.get()
    assert (made.name, made.kind, made.organisation_number, made.municipality) == ("Skara Såg AB", "company", NUMBER, place)
    assert list(Organisation.objects.search("skara sag")) == [made]


def test_company_that_may_be_meant_is_asked_for_first(staff_client, works):
    place = MunicipalityFactory(name="Skara")
    response = post(staff_client, company="Kinnekulle Precision", municipality=place.pk)
    assert "company" in errors(response)
    assert response.json()["suggestions"] == [{"pk": works.pk, "name": works.name, "number": "", "place": "Götene"}]
    assert post(staff_client, company="Kinnekulle Precision", municipality=place.pk, is_another="on").status_code == 201
    assert Organisation.objects.count() == 2


def test_number_of_another_company_is_asked_about(staff_client, works):
    Organisation.objects.filter(pk=works.pk).update(organisation_number=NUMBER)
    response = post(staff_client, company="Skara Såg AB", organisation_number=NUMBER)
    assert works.name in errors(response)["company"][0]
    assert [one["pk"] for one in response.json()["suggestions"]] == [works.pk]


def test_several_companies_of_one_name_are_told_apart_by_who_chooses(staff_client, works):
    OrganisationFactory(name=works.name)
    response = post(staff_client, company=works.name)
    assert "company" in errors(response)
    assert len(response.json()["suggestions"]) == 2
    assert post(staff_client, company=works.name, organisation=works.pk).status_code == 201


def test_archived_company_is_not_visited(staff_client, works):
    Organisation.objects.filter(pk=works.pk).update(organisation_number=NUMBER, archived_at=timezone.now())
    assert "arkiverad" in errors(post(staff_client, company=NUMBER))["company"][0]
    assert "organisation" in errors(post(staff_client, organisation=works.pk))


# Who was met


def test_somebody_who_works_there_is_not_made_anew(staff_client, works):
    anna = AffiliationFactory(organisation=works, contact__first_name="Anna", contact__last_name="Berg").contact
    ContactFactory(first_name="Anna", last_name="Berg")  # works elsewhere
    post(staff_client, organisation=works.pk, first_name="anna", last_name="berg")
    assert Activity.objects.get().participations.get().contact == anna
    assert Contact.objects.count() == 2


def test_somebody_is_known_by_name_and_address(staff_client, works):
    bo = EmailFactory(contact=ContactFactory(first_name="Bo", last_name="Ek"), value="bo@annat.example").contact
    post(staff_client, organisation=works.pk, first_name="Bo", last_name="Ek", email="BO@annat.example")
    assert Activity.objects.get().participations.get().contact == bo


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_name": "Åsa"}, "last_name"),
        ({"phone": "070-174 06 05"}, "first_name"),
        ({"first_name": "Åsa", "last_name": "Öberg", "phone": "tolv"}, "phone"),
        ({"first_name": "Åsa", "last_name": "Öberg", "email": "asa"}, "email"),
        ({"day": "aldrig"}, "day"),
        ({"head_count": "0"}, "head_count"),
        ({"next_step_due": "2018-03-08"}, "next_step"),
        ({"people": "4"}, "area"),
        ({"area": "magic"}, "area"),
        ({"contact": "999999"}, "contact"),
        ({"key": "ett"}, "key"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands_and_nothing_is_written(values, field, staff_client, works):
    assert field in errors(post(staff_client, organisation=works.pk, **values))
    assert not Activity.objects.exists()
    assert not Contact.objects.exists()


# What the page asks for


def test_suggestions_put_companies_first_and_leave_out_the_archived(staff_client, works):
    centre = OrganisationFactory(name="Kinnekulle lärcentrum")
    OrganisationFactory(name="Kinnekulle gamla", archived_at=timezone.now())
    found = staff_client.get("/admin/visit/companies/?q=kinne").json()["companies"]
    assert [one["pk"] for one in found] == [works.pk, centre.pk]
    Organisation.objects.filter(pk=works.pk).update(organisation_number=NUMBER)
    assert [one["pk"] for one in staff_client.get(f"/admin/visit/companies/?q={NUMBER}").json()["companies"]] == [works.pk]
    assert staff_client.get("/admin/visit/companies/?q=").json() == {"companies": []}


def test_people_are_those_who_work_there_today(staff_client, works):
    anna = AffiliationFactory(organisation=works, contact__first_name="Anna", contact__last_name="Berg", title="Vd").contact
    AffiliationFactory(organisation=works, until=datetime.date(2017, 1, 1))
    assert staff_client.get(f"/admin/visit/people/{works.pk}/").json() == {"people": [{"pk": anna.pk, "name": "Anna Berg", "label": "Vd"}]}
    assert staff_client.get("/admin/visit/people/99999999999999999999/").json() == {"people": []}


def test_page_knows_the_companies_that_one_has_visited(staff_client, staff, works):
    ParticipationFactory(activity=ActivityFactory(kind="visit", created_by=staff), organisation=works)
    ParticipationFactory(activity=ActivityFactory(kind="visit"), organisation=OrganisationFactory())
    page = staff_client.get("/admin/visit/")
    assert [one["pk"] for one in page.context["recent"]] == [works.pk]
    assert "<script>" not in page.content.decode()


def test_address_fills_in_the_company(staff_client, works):
    form = staff_client.get(f"/admin/visit/?organisation={works.pk}").context["form"]
    assert (form["organisation"].value(), form["company"].value()) == (works.pk, works.name)


def test_worker_keeps_the_page_and_nothing_else(staff_client):
    worker = staff_client.get("/admin/visit/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert '"page": "/admin/visit/"' in worker.content.decode()
    session = staff_client.get("/admin/visit/session/", headers=JSON)
    assert "no-store" in session["Cache-Control"]
    assert session.json()["token"]


def test_without_a_script_the_form_works_too(staff_client, works):
    data = {"key": str(uuid.uuid4()), "day": "2018-03-01", "company": "Ny firma AB", "need": "Svetsare"}
    page = staff_client.post("/admin/visit/", data).content.decode()
    assert "Svetsare" in page
    assert "kommun" in page
    assert staff_client.post("/admin/visit/", {**data, "company": works.name}).status_code == 302
    assert Activity.objects.get().text == "Svetsare"


# Rights


def with_permissions(user, *codes):
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codes]))
    return user


def test_onlooker_writes_nothing_down(onlooker_client, works):
    assert onlooker_client.get("/admin/visit/").status_code == 302
    assert onlooker_client.get("/admin/visit/session/").status_code == 302
    assert post(onlooker_client, organisation=works.pk).status_code == 403
    assert onlooker_client.get("/admin/visit/companies/?q=kinne", headers=JSON).status_code == 403
    assert not Activity.objects.exists()


def test_whoever_may_only_log_visits_adds_neither_companies_nor_people(client, staff, works):
    client.force_login(with_permissions(staff, "add_activity", "view_organisation"))
    place = MunicipalityFactory()
    assert "lägga till" in errors(post(client, company="Ny firma AB", municipality=place.pk))["company"][0]
    assert "first_name" in errors(post(client, organisation=works.pk, first_name="Åsa", last_name="Öberg"))
    AffiliationFactory(organisation=works)
    assert client.get(f"/admin/visit/people/{works.pk}/").json() == {"people": []}
    page = client.get("/admin/visit/").content.decode()
    assert "visit-next_step" not in page
    assert "visit-first_name" not in page
    assert "visit-area" not in page
    assert post(client, organisation=works.pk, next_step="Ring").status_code == 201
    assert not Task.objects.exists()
    assert Affiliation.objects.count() == 1


def test_whoever_may_not_see_organisations_has_no_visits(client, staff, works):
    client.force_login(with_permissions(staff, "add_activity"))
    assert client.get("/admin/visit/companies/?q=kinne", headers=JSON).status_code == 403
    assert post(client, company="Kinnekulle Precision").json() == {"errors": {"": ["Du får inte anteckna besök."]}}


def test_who_is_logged_out_is_led_to_the_log_in_page(client, works):
    response = post(client, organisation=works.pk)
    assert (response.status_code, response["Location"].startswith("/admin/login/")) == (302, True)
