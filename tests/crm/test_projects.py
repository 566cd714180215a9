"""Projects: who may what with them, what is said of them, and what hangs together with them."""

import datetime
import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import Activity, Document, Project, Task
from tests.crm.exports import export, table
from tests.factories.crm import (
    ActivityFactory,
    DocumentFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectRoleFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)


def test_project_is_called_by_its_short_name_and_found_by_all_of_it():
    project = ProjectFactory(
        name="Kompetens över gränsen",
        short_name="KOBRA",
        project_number="2016-117",
        programme="Interreg",
        funder=OrganisationFactory(name="Ådfonden"),
    )
    assert str(project) == "KOBRA"
    assert str(ProjectFactory(name="Utan kort namn")) == "Utan kort namn"
    for query in ("kobra", "gransen", "2016-117", "interreg adfonden"):
        assert list(Project.objects.search(query)) == [project], query


def test_only_what_is_granted_goes_on():
    granted = ProjectFactory(since=DAY, until=DAY)
    closed = ProjectFactory(since=DAY, state=Project.State.CLOSED)
    ProjectFactory(since=DAY, state=Project.State.APPLIED)
    ProjectFactory(until=DAY - datetime.timedelta(days=1))
    assert set(Project.objects.going_on(DAY)) == {granted, closed}


def test_short_names_are_used_once_and_may_be_missing():
    ProjectFactory(short_name="")
    ProjectFactory(short_name="")
    ProjectFactory(short_name="Bron")
    with pytest.raises(ValidationError, match=r"kortnamn"):
        Project(name="En annan bro", short_name="Bron").full_clean()


def test_document_belongs_to_one_record():
    document = DocumentFactory(contact=None, project=ProjectFactory())
    assert Document.objects.get() == document
    with pytest.raises(ValidationError):
        Document(title="x", project=document.project, organisation=OrganisationFactory()).full_clean(exclude=["file", "filename", "size"])


# The list


def listed(client, query=""):
    return [str(project) for project in client.get(f"/admin/project/?{query}").context["object_list"]]


def test_list_is_narrowed_down_by_when_state_funder_partner_and_year(staff_client):
    funder, centre = OrganisationFactory.create_batch(2)
    now = ProjectFactory(name="Nu", funder=funder, since=datetime.date(2016, 9, 1))
    ProjectFactory(name="Snart", since=datetime.date(2999, 1, 1), state=Project.State.APPLIED, lead=centre)
    ProjectFactory(name="Förr", since=datetime.date(2015, 7, 1), until=datetime.date(2017, 6, 30), state=Project.State.CLOSED)
    PartnerFactory(project=now, organisation=centre)
    assert listed(staff_client) == ["Förr", "Nu", "Snart"]
    for query, names in [
        ("when=now", ["Nu"]),
        ("when=coming", ["Snart"]),
        ("when=ended", ["Förr"]),
        ("when=now&on=2016-01-01", ["Förr"]),
        ("state=applied&state=closed", ["Förr", "Snart"]),
        (f"funder={funder.pk}", ["Nu"]),
        (f"partner={centre.pk}", ["Nu", "Snart"]),
        ("year=2016/2017", ["Förr", "Nu"]),
        ("year=2017/2018", ["Nu"]),
        ("q=förr", ["Förr"]),
    ]:
        assert listed(staff_client, query) == names, query


def test_list_shows_partners_people_and_activities(staff_client):
    project = ProjectFactory(budget=3_500_000, short_name="Bron")
    PartnerFactory.create_batch(2, project=project)
    ProjectRoleFactory(project=project)
    ActivityFactory.create_batch(3, project=project)
    ActivityFactory(project=project, day=datetime.date(2999, 1, 1))
    page = staff_client.get("/admin/project/?columns=name,partners,people,activities,budget,last_activity")
    (row,) = page.context["object_list"]
    assert (row.partner_count, row.people, row.activity_count, row.last_activity) == (2, 1, 3, DAY)
    footer = {column.name: total for column, total in page.context["table"].footer}
    assert (footer["activities"], footer["budget"].replace("\xa0", " ")) == ("3", "3 500 000")


def test_export_says_who_is_in_it(staff_client):
    project = ProjectFactory(name="Bron")
    PartnerFactory(project=project, organisation__name="Komvux Åmål")
    PartnerFactory(project=project, organisation__name="Gamla", until=datetime.date(2001, 1, 1))
    ProjectRoleFactory(project=project, contact__first_name="Åsa", contact__last_name="Öberg", title="Samordnare")
    (row,) = table(export(staff_client, "project", fields=["name", "partner_count", "partners", "people"]))
    assert list(row.values()) == ["Bron", "1", "Komvux Åmål", "Åsa Öberg, Samordnare"]


def test_onlooker_looks_and_changes_nothing(onlooker_client):
    project = ProjectFactory(name="Bron")
    assert listed(onlooker_client) == ["Bron"]
    assert onlooker_client.get("/admin/project/new/").status_code == 302
    assert onlooker_client.post(f"/admin/project/edit/{project.pk}/", {"name": "Ön"}).status_code == 302
    assert onlooker_client.post(f"/admin/project/delete/{project.pk}/").status_code == 302
    project.refresh_from_db()
    assert (project.name, project.is_archived) == ("Bron", False)


def test_staff_adds_a_project_with_partners_and_people(staff_client):
    centre, role = OrganisationFactory(), ProjectRoleFactory()
    data = {
        "name": "Kompetens över gränsen", "short_name": "Bron", "state": "granted", "since": "2016-09-01", "budget": "3500000",
        "programme": "", "project_number": "", "funder": "", "lead": centre.pk, "until": "", "description": "",
        "partners-TOTAL_FORMS": 1, "partners-INITIAL_FORMS": 0, "partners-0-organisation": centre.pk, "partners-0-kind": "sending",
        "partners-0-since": "", "partners-0-until": "", "partners-0-places": "", "partners-0-note": "", "partners-0-id": "",
        "indicators-TOTAL_FORMS": 0, "indicators-INITIAL_FORMS": 0,
        "roles-TOTAL_FORMS": 1, "roles-INITIAL_FORMS": 0, "roles-0-contact": role.contact_id, "roles-0-organisation": "",
        "roles-0-title": "Samordnare", "roles-0-since": "", "roles-0-until": "", "roles-0-id": "",
    }  # fmt: skip
    response = staff_client.post("/admin/project/new/", data)
    project = Project.objects.get(short_name="Bron")
    assert response.status_code == 302
    assert (project.partners.get().organisation, project.roles.get().contact) == (centre, role.contact)
    assert list(Project.objects.search("gransen")) == [project]


# What is about it


def test_activities_and_tasks_are_narrowed_down_by_project(staff_client):
    project = ProjectFactory(short_name="Bron")
    mine = ActivityFactory(project=project)
    ActivityFactory()
    task = Task.objects.create(what="Redovisa", project=project)
    assert list(staff_client.get(f"/admin/activity/?project={project.pk}").context["object_list"]) == [mine]
    assert list(staff_client.get(f"/admin/task/?project={project.pk}").context["object_list"]) == [task]
    assert list(staff_client.get("/admin/task/?q=bron").context["object_list"]) == [task]
    for kind in ("activity", "task"):
        form = staff_client.get(f"/admin/{kind}/new/?project={project.pk}").context["form"]
        assert form["project"].value() == project.pk
    (row,) = table(export(staff_client, "activity", f"?project={project.pk}", fields=["subject", "project"]))
    assert row["Projekt"] == project.name
    assert Activity.objects.filter(project=None).count() == 1


def test_project_is_found_by_the_palette(staff_client):
    ProjectFactory(name="Kompetens över gränsen", short_name="Bron")
    page = staff_client.get("/admin/palette/results/?q=gransen").content.decode()
    assert "Bron" in page
    assert "Kompetens över gränsen · Beviljat" in page


def test_groups_that_work_with_networks_may_work_with_projects():
    office, board, others = [Group.objects.create(name=name) for name in ("kontoret", "styrelsen", "andra")]
    office.permissions.set(Permission.objects.filter(codename__in=["view_network", "change_network"]))
    board.permissions.set(Permission.objects.filter(codename="view_network"))
    Permission.objects.filter(codename="view_projectrole").delete()
    importlib.import_module("crm.migrations.0012_projects").let_groups_work_with_projects(apps, None)

    def new(group):
        return set(group.permissions.exclude(codename__endswith="network").values_list("codename", flat=True))

    names = ("project", "partner", "projectrole", "indicator", "mobility")
    assert new(office) == {f"{action}_{name}" for action in ("view", "change") for name in names}
    assert new(board) == {f"view_{name}" for name in names}
    assert not new(others)
    assert Permission.objects.get(codename="view_projectrole").name == "Can view role in a project"


# Its page, and what the pages of others tell of it


def page(client, record, query=""):
    return client.get(f"/admin/{record._meta.model_name}/inspect/{record.pk}/{query}")


def sections(response):
    return {section.key: section for section in response.context["sections"]}


def told(response):
    return [item.title for _month, items in response.context["timeline"].months for item in items]


def test_page_shows_who_is_in_it_and_who_was(staff_client):
    project = ProjectFactory(name="Kompetens över gränsen", short_name="Bron", funder=OrganisationFactory(name="Utbildningsfonden"))
    now = PartnerFactory(project=project, kind="sending", note="från början")
    before = PartnerFactory(project=project, until=DAY)
    role = ProjectRoleFactory(project=project, organisation=now.organisation)
    ActivityFactory(project=project, subject="Uppstart")
    Task.objects.create(what="Redovisa", project=project)
    DocumentFactory(contact=None, project=project, title="Beslut")
    response = page(staff_client, project)
    found = sections(response)
    assert list(found) == ["partners", "people", "activities", "tasks", "documents", "history"]
    assert (found["partners"].values["now"], found["partners"].values["before"]) == ([now], [before])
    assert found["people"].values["now"] == [role]
    shown = response.content.decode()
    for words in ("Kompetens över gränsen", "Utbildningsfonden", "Sändande partner", "från början", "Uppstart", "Redovisa", "Beslut"):
        assert words in shown, words
    assert f"/admin/organisation/inspect/{now.organisation_id}/" in shown
    assert "qr_code" not in shown


def test_who_was_in_it_to_the_last_still_stands_there(staff_client):
    project = ProjectFactory(until=DAY)
    partner, early = PartnerFactory(project=project), PartnerFactory(project=project, until=DAY - datetime.timedelta(days=1))
    values = sections(page(staff_client, project))["partners"].values
    assert (values["now"], values["before"]) == ([partner], [early])
    (listed_project,) = staff_client.get("/admin/project/").context["object_list"]
    assert listed_project.partner_count == 1
    found = staff_client.get(f"/admin/organisation/?project={project.pk}").context["object_list"]
    assert list(found) == [partner.organisation]


def test_timeline_tells_what_happened_in_it(staff_client):
    project = ProjectFactory(name="Bron", since=datetime.date(2016, 9, 1), until=DAY)
    centre = PartnerFactory(project=project, organisation__name="Komvux", since=datetime.date(2016, 10, 1), until=datetime.date(2017, 1, 1))
    contact = ProjectRoleFactory(project=project, contact__first_name="Åsa", contact__last_name="Öberg", since=DAY, until=DAY).contact
    ActivityFactory(project=project, kind="visit", subject="Besök", day=datetime.date(2017, 2, 1))
    titles = [title for title in told(page(staff_client, project)) if "personal" not in title]
    for title in (
        "Projektet började",
        "Projektet avslutades",
        "Komvux gick med",
        "Komvux lämnade",
        "Åsa Öberg började som Projektledare",
        "Åsa Öberg slutade som Projektledare",
        "Besök: Besök",
    ):
        assert title in titles, title
    of_contact, of_centre = (told(page(staff_client, record)) for record in (contact, centre.organisation))
    assert "Började som Projektledare i projektet Bron" in of_contact
    assert {"Gick med i projektet Bron", "Lämnade projektet Bron"} <= set(of_centre)


def test_contact_and_organisation_tell_in_which_projects_they_are(staff_client):
    centre = OrganisationFactory()
    mine = ProjectFactory(name="Mitt", lead=centre)
    role = ProjectRoleFactory(project=ProjectFactory(name="Bron"), organisation=centre)
    PartnerFactory(project=role.project, organisation=centre, until=DAY)
    PartnerFactory(project__archived_at=timezone.now(), organisation=centre)

    def names(record, when):
        return [str(one.project) for one in sections(page(staff_client, record))["projects"].values[when]]

    assert (names(role.contact, "now"), names(role.contact, "before")) == (["Bron"], [])
    assert (names(centre, "now"), names(centre, "before")) == ([str(mine)], ["Bron"])
    assert "projects" not in sections(page(staff_client, OrganisationFactory()))


def test_visit_and_task_are_logged_on_the_page(staff_client, staff):
    project = ProjectFactory()
    partner = PartnerFactory(project=project).organisation
    data = {"do": "log", "subject": "Lägesrapport", "text": "", "day": "2018-03-01", "due": ""}
    staff_client.post(f"/admin/project/inspect/{project.pk}/", {**data, "what": "visit", "other": partner.pk})
    activity = Activity.objects.get()
    assert (activity.project, activity.participations.get().organisation) == (project, partner)
    staff_client.post(f"/admin/project/inspect/{project.pk}/", {**data, "what": "task", "other": ""})
    task = Task.objects.get()
    assert (task.project, task.organisation, task.assignee) == (project, None, staff)
    staff_client.post(f"/admin/project/inspect/{project.pk}/", {"do": "done", "task": task.pk})
    task.refresh_from_db()
    assert task.is_done


def test_values_are_edited_where_they_stand(staff_client):
    project = ProjectFactory(since=DAY)
    url = f"/admin/project/inspect/{project.pk}/"
    assert 'name="until"' in staff_client.get(f"{url}?edit=when").content.decode()
    staff_client.post(url, {"do": "edit", "spot": "when", "since": "2018-03-01", "until": "31 augusti 2019"})
    staff_client.post(url, {"do": "edit", "spot": "budget", "budget": "3500000"})
    project.refresh_from_db()
    assert (project.until, project.budget) == (datetime.date(2019, 8, 31), 3_500_000)
    assert "3\xa0500\xa0000 kr" in staff_client.get(url).content.decode()
    response = staff_client.post(url, {"do": "edit", "spot": "when", "since": "2018-03-01", "until": "2017-01-01"})
    assert "före första dagen" in response.content.decode()
    for odd in ("picture", "point-new", "point-3", "quick_facts", "nonsense"):
        assert staff_client.get(f"{url}?edit={odd}").status_code == 200
        assert staff_client.post(url, {"do": "edit", "spot": odd}).status_code == 302


def test_documents_are_added_fetched_and_removed(staff_client):
    project = ProjectFactory()
    url = f"/admin/project/inspect/{project.pk}/"
    staff_client.post(url, {"do": "add_documents", "files": [SimpleUploadedFile("beslut.pdf", b"beslut")]})
    document = project.documents.get()
    assert b"".join(staff_client.get(f"/admin/project/document/{project.pk}/{document.pk}/").streaming_content) == b"beslut"
    staff_client.post(url, {"do": "remove_document", "document": document.pk})
    assert not project.documents.exists()


def test_onlooker_sees_the_page_and_logs_nothing(onlooker_client):
    project = ProjectFactory(name="Bron")
    response = page(onlooker_client, project)
    assert response.status_code == 200
    assert response.context["quick_form"] is None
    assert "?edit=" not in response.content.decode()
    assert onlooker_client.post(f"/admin/project/inspect/{project.pk}/", {"do": "edit", "spot": "budget"}).status_code == 302
    assert onlooker_client.post(f"/admin/project/inspect/{project.pk}/", {"do": "log", "subject": "x"}).status_code == 302


def test_people_of_a_project_are_for_those_who_may_see_contacts(client, onlooker):
    project = ProjectRoleFactory(contact__last_name="Öberg", since=DAY).project
    onlooker.user_permissions.remove(*Permission.objects.filter(codename__endswith="_contact"))
    client.force_login(onlooker)
    response = page(client, project)
    assert "people" not in sections(response)
    assert "Öberg" not in response.content.decode()
    onlooker.user_permissions.remove(*Permission.objects.filter(codename="view_project"))
    assert page(client, project).status_code == 302


def test_page_keeps_its_queries_when_it_grows(staff_client, django_assert_max_num_queries):
    project = ProjectFactory(funder=OrganisationFactory(), lead=OrganisationFactory())

    def grow():
        partner = PartnerFactory(project=project, since=DAY)
        ProjectRoleFactory(project=project, organisation=partner.organisation, since=DAY)
        ParticipationFactory(activity=ActivityFactory(project=project), organisation=partner.organisation)
        Task.objects.create(what="Redovisa", project=project)
        DocumentFactory(contact=None, project=project)

    grow()
    page(staff_client, project)
    with django_assert_max_num_queries(60) as few:
        page(staff_client, project)
    for _number in range(6):
        grow()
    with django_assert_max_num_queries(60) as many:
        page(staff_client, project)
    assert len(many) == len(few)


def test_history_tells_of_partners_and_people(staff_client):
    project = ProjectRoleFactory(contact__first_name="Åsa", contact__last_name="Öberg").project
    PartnerFactory(project=project, organisation__name="Komvux Åmål")
    shown = staff_client.get(f"/admin/project/history/{project.pk}/").content.decode()
    assert "Komvux Åmål" in shown
    assert "Åsa Öberg" in shown
    response = staff_client.get(f"/admin/project/history/{project.pk}/as-of/", {"day": str(timezone.localdate())})
    assert "Komvux Åmål" in response.content.decode()
