"""Projects: who may what with them, what is said of them, and what hangs together with them."""

import datetime
import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError

from crm.models import Document, Project
from tests.factories.crm import DocumentFactory, OrganisationFactory, ProjectFactory

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


def test_groups_that_work_with_networks_may_work_with_projects():
    office, board, others = [Group.objects.create(name=name) for name in ("kontoret", "styrelsen", "andra")]
    office.permissions.set(Permission.objects.filter(codename__in=["view_network", "change_network"]))
    board.permissions.set(Permission.objects.filter(codename="view_network"))
    Permission.objects.filter(codename="view_projectrole").delete()
    importlib.import_module("crm.migrations.0011_projects").let_groups_work_with_projects(apps, None)

    def new(group):
        return set(group.permissions.exclude(codename__endswith="network").values_list("codename", flat=True))

    names = ("project", "partner", "projectrole")
    assert new(office) == {f"{action}_{name}" for action in ("view", "change") for name in names}
    assert new(board) == {f"view_{name}" for name in names}
    assert not new(others)
    assert Permission.objects.get(codename="view_projectrole").name == "Can view role in a project"
