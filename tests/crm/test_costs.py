"""What projects use of their budgets: by any day, on their page, in the list, in files, and who may see it."""

import datetime
import importlib
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import ChangeSet, Cost
from crm.services.costs import budget_used, even_share, shown_percent, used_by
from crm.services.ledger import change_set
from tests.crm.exports import export, table
from tests.crm.test_import_other import bring_in
from tests.factories.crm import CostFactory, DocumentFactory, ProjectFactory

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2017, 9, 1), datetime.date(2019, 8, 31)
DAY = datetime.timedelta(days=1)
HEADINGS = "Projekt;Datum;Vad;Belopp (kr);Verifikation;Redovisad till finansiären"


def section(client, project, query=""):
    response = client.get(f"/admin/project/inspect/{project.pk}/{query}")
    return next((one for one in response.context["sections"] if one.key == "costs"), None)


def plain(text):
    return text.replace("\xa0", " ")


def form(project, **values):
    return {
        "project": project.pk,
        "day": "2018-03-01",
        "what": "Resor",
        "amount": "1200",
        "voucher": "",
        "reported_on": "",
        "document": "",
        **values,
    }


# Counted


def test_a_cost_counts_from_its_day_on():
    project = ProjectFactory(budget=3_500_000)
    CostFactory(project=project, day=datetime.date(2017, 12, 31), amount=175_000)
    CostFactory(project=project, day=datetime.date(2018, 1, 1), amount=-3_200)
    CostFactory(day=datetime.date(2017, 12, 31))
    assert budget_used(project, datetime.date(2017, 12, 30)) == 0
    assert budget_used(project, datetime.date(2017, 12, 31)) == Decimal("0.05")
    assert used_by(project, datetime.date(2018, 1, 1)) == 171_800


@pytest.mark.parametrize("budget", [None, 0])
def test_without_a_budget_there_is_no_share(budget):
    assert budget_used(CostFactory(project__budget=budget).project, LAST) is None


def test_even_pace_goes_from_the_first_day_to_the_last():
    project = ProjectFactory(since=FIRST, until=FIRST + 9 * DAY)
    days = (FIRST - DAY, FIRST, FIRST + 4 * DAY, FIRST + 9 * DAY, LAST)
    assert [even_share(project, day) * 10 for day in days] == [0, 1, 5, 10, 10]
    assert even_share(ProjectFactory(since=FIRST), LAST) is None


def test_what_rounds_to_nothing_or_to_all_is_not_said_to_be_that():
    shares = (Decimal(0), Decimal("0.004"), Decimal("0.05"), Decimal("0.996"), Decimal(1), Decimal("1.1"))
    assert [plain(shown_percent(share)) for share in shares] == ["0 %", "0,4 %", "5 %", "99,6 %", "100 %", "110 %"]


# On the page of the project


def test_page_tells_the_share_on_any_day(staff_client):
    project = ProjectFactory(budget=3_500_000, since=FIRST, until=LAST)
    CostFactory(project=project, day=datetime.date(2017, 12, 29), amount=175_000, reported_on=datetime.date(2018, 2, 28))
    CostFactory(project=project, day=datetime.date(2018, 5, 31), amount=325_000)
    values = section(staff_client, project, "?on=2017-12-31").values
    told = [plain(one) for one in values["sentences"]]
    assert told == [
        "5 % av budgeten är använd den 31 december 2017: 175 000 kr av 3 500 000 kr. 3 325 000 kr återstår.",
        "I jämn takt skulle det vara 17 %, eller 584 932 kr.",
    ]
    assert [cost.amount for cost in values["latest"]] == [175_000]
    today = [plain(one) for one in section(staff_client, project).values["sentences"]]
    assert today[0].startswith("14 % av budgeten")
    assert today[1] == "325 000 kr av det är inte redovisat till finansiären än."  # an even pace says nothing when the project is over


def test_page_says_when_more_is_used_than_there_is(staff_client):
    project = CostFactory(project__budget=1000, amount=1500).project
    told = plain(section(staff_client, project).values["sentences"][0])
    assert "1 500 kr av 1 000 kr, vilket är 500 kr för mycket" in told


def test_plot_has_its_curves_and_says_them_in_words(staff_client):
    project = ProjectFactory(budget=1000, since=FIRST, until=LAST)
    CostFactory(project=project, amount=400)
    response = staff_client.get(f"/admin/project/inspect/{project.pk}/?on=2018-04-01")
    plot = next(one for one in response.context["sections"] if one.key == "costs").values["plot"]
    assert plot.curves[0].points == [
        (FIRST, 0),
        (datetime.date(2018, 3, 1), 0),
        (datetime.date(2018, 3, 1), 400),
        (datetime.date(2018, 4, 1), 400),
    ]
    assert (plot.first, plot.last, plot.top, plot.bottom) == (FIRST, LAST, 1000, 0)
    assert "Budget: 1 000 kr" in plain(plot.words)
    shown = response.content.decode()
    assert shown.count('class="plot__line plot__line--') == 6  # three, and three in the legend
    assert 'points="0.0,0.0 240.0,0.0"' in shown  # the budget, along the upper edge


@pytest.mark.parametrize("values", [{}, {"since": FIRST}, {"until": LAST}, {"budget": 1000}, {"budget": 0, "since": FIRST, "until": FIRST}])
@pytest.mark.parametrize("has_cost", [True, False])
def test_page_copes_with_what_is_missing(staff_client, values, has_cost):
    project = ProjectFactory(**values)
    if has_cost:
        CostFactory(project=project, amount=-50)
    for query in ("", "?on=2001-01-01", "?on=nonsense", "?on=2099-12-31"):
        assert staff_client.get(f"/admin/project/inspect/{project.pk}/{query}").status_code == 200


def test_costs_after_the_last_day_count_too(staff_client):
    project = ProjectFactory(budget=1000, since=FIRST, until=FIRST + DAY)
    CostFactory(project=project, amount=600)
    values = section(staff_client, project).values
    assert plain(values["sentences"][0]).startswith("60 % ")
    assert values["plot"].last == datetime.date(2018, 3, 1)


# Entered


def test_staff_enters_a_cost_with_a_file_that_proves_it(staff_client, staff):
    project = ProjectFactory()
    page = staff_client.get(f"/admin/cost/new/?project={project.pk}&next=/admin/project/inspect/{project.pk}/")
    assert page.context["form"]["project"].value() == project.pk
    assert 'enctype="multipart/form-data"' in page.content.decode()
    file = SimpleUploadedFile("faktura.pdf", b"faktura")
    response = staff_client.post("/admin/cost/new/?next=/admin/project/inspect/1/", form(project, file=file))
    assert response["Location"] == "/admin/project/inspect/1/"
    cost = Cost.objects.get()
    assert (cost.amount, cost.document.title, cost.document.project, cost.document.added_by) == (1200, "faktura", project, staff)
    shown = staff_client.get(f"/admin/project/inspect/{project.pk}/").content.decode()
    assert f"/admin/project/document/{project.pk}/{cost.document_id}/" in shown


def test_only_documents_of_the_project_are_evidence(staff_client):
    project = ProjectFactory()
    mine, other = (DocumentFactory(contact=None, project=one) for one in (project, ProjectFactory()))
    for document, is_saved in ((other, False), (mine, True)):
        staff_client.post("/admin/cost/new/", form(project, document=document.pk))
        assert Cost.objects.exists() == is_saved
    empty = staff_client.post("/admin/cost/new/", form(project, file=SimpleUploadedFile("tom.pdf", b"")))
    assert "file" in empty.context["form"].errors


def test_cost_stays_when_its_document_is_removed_and_is_deleted_by_itself(staff_client):
    project = ProjectFactory()
    cost = CostFactory(project=project, document=DocumentFactory(contact=None, project=project))
    staff_client.post(f"/admin/project/inspect/{project.pk}/", {"do": "remove_document", "document": cost.document_id})
    cost.refresh_from_db()
    assert cost.document is None
    assert staff_client.post(f"/admin/cost/delete/{cost.pk}/").status_code == 302
    assert not Cost.objects.exists()
    assert cost.what in staff_client.get(f"/admin/register/removed/?q={cost.what}").content.decode()


# The list and files


def test_list_is_narrowed_down_and_summed(staff_client):
    project = ProjectFactory(name="Bron")
    one = CostFactory(project=project, what="Löner", day=datetime.date(2018, 7, 1), voucher="B-17", amount=700)
    two = CostFactory(project=project, what="Ålands resor", reported_on=timezone.localdate(), amount=300)
    CostFactory(document=DocumentFactory(contact=None, project=ProjectFactory()), day=datetime.date(2018, 5, 1))

    def listed(query):
        return list(staff_client.get(f"/admin/cost/?{query}").context["object_list"])

    assert listed(f"project={project.pk}") == [one, two]
    for query, found in [
        ("year=2018/2019", [one]),
        ("reported=yes", [two]),
        (f"reported=no&project={project.pk}", [one]),
        (f"evidence=no&project={project.pk}", [one, two]),
        ("q=åland", [two]),
        ("q=b-17", [one]),
        ("q=bron+lön", [one]),
        ("day_from=2018-06-01", [one]),
    ]:
        assert listed(query) == found, query
    page = staff_client.get(f"/admin/cost/?project={project.pk}&columns=amount,used_so_far&group=project")
    assert {cost.what: cost.used_so_far for cost in page.context["object_list"]} == {"Löner": 1000, "Ålands resor": 300}
    assert plain(dict((column.name, total) for column, total in page.context["table"].footer)["amount"]) == "1 000"
    assert page.context["add_url"].endswith(f"&project={project.pk}")


def test_file_is_known_by_its_voucher_or_by_day_and_words():
    project = ProjectFactory(name="Bron", short_name="B")
    first = "B;2018-03-01;Löner;1 200,50 kr;B-1;"
    second = "Bron;2018-03-01;Resor;-300;;2018-06-01"
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("project_costs", HEADINGS, first, second)] == [fate] * 2
    assert bring_in("project_costs", HEADINGS, "B;2018-03-02;Löner, mars;1300;B-1;") == [("changed", "")]
    assert bring_in("project_costs", HEADINGS, "B;2018-03-01;Resor;-350;;") == [("changed", "")]
    assert sorted(project.costs.values_list("amount", flat=True)) == [-350, 1300]
    for row, message in [
        ("Ön;2018-03-01;Resor;1;;", "Det finns inget projekt"),
        ("B;;Resor;1;;", "saknas"),
        ("B;2018-03-01;Resor;många;;", "inte ett tal"),
    ]:
        ((fate, messages),) = bring_in("project_costs", HEADINGS, row)
        assert fate == "refused"
        assert message in messages


def test_export_comes_back_without_a_difference(staff_client):
    cost = CostFactory(project__name="Bron", amount="-1200.50", voucher="B-1", reported_on=LAST)
    (row,) = table(export(staff_client, "cost", fields=["project", "day", "what", "amount", "voucher", "reported_on", "running_total"]))
    assert list(row.values())[-1] == "-1200,5"
    assert bring_in("project_costs", ";".join(list(row)[:-1]), ";".join(list(row.values())[:-1])) == [("unchanged", "")]
    assert cost.what == row["Vad"]


# Who may


def test_onlooker_reads_and_enters_nothing(onlooker_client):
    cost = CostFactory()
    shown = onlooker_client.get(f"/admin/project/inspect/{cost.project_id}/").content.decode()
    assert cost.what in shown
    assert "/admin/cost/new/" not in shown
    assert onlooker_client.get("/admin/cost/new/").status_code == 302
    assert onlooker_client.post("/admin/cost/new/", form(cost.project)).status_code == 302
    assert onlooker_client.post(f"/admin/cost/delete/{cost.pk}/").status_code == 302
    assert Cost.objects.count() == 1


def test_money_is_for_those_who_may_see_it(client, onlooker):
    cost = CostFactory(project__budget=1000)
    onlooker.user_permissions.remove(*Permission.objects.filter(codename__endswith="_cost"))
    client.force_login(onlooker)
    assert section(client, cost.project) is None
    assert client.get("/admin/cost/").status_code == 302
    assert cost.what not in client.get(f"/admin/project/history/{cost.project_id}/").content.decode()


def test_history_of_the_project_tells_of_its_costs(staff_client, staff):
    cost = CostFactory(what="Löner")
    with change_set(actor=staff, cause=ChangeSet.Cause.EDIT):
        cost.amount = 2000
        cost.save()
    shown = staff_client.get(f"/admin/project/history/{cost.project_id}/").content.decode()
    assert "Löner" in shown
    assert "2\xa0000" in shown


def test_list_and_page_keep_their_queries_when_costs_grow(staff_client, django_assert_max_num_queries):
    project = ProjectFactory(budget=1000, since=FIRST, until=LAST)
    pages = (f"/admin/project/inspect/{project.pk}/", "/admin/cost/?columns=day,project,amount,reported_on,document,voucher,used_so_far")

    def queries():
        counts = []
        for page in pages:
            with django_assert_max_num_queries(60) as counted:
                assert staff_client.get(page).status_code == 200
            counts.append(len(counted))
        return counts

    def grow():
        CostFactory(project=project, document=DocumentFactory(contact=None, project=project))

    grow()
    queries()
    few = queries()
    for _number in range(6):
        grow()
    assert queries() == few


def test_groups_that_work_with_projects_may_work_with_their_costs():
    office, board, others = [Group.objects.create(name=name) for name in ("kontoret", "styrelsen", "andra")]
    office.permissions.set(Permission.objects.filter(codename__in=["view_project", "add_project"]))
    board.permissions.set(Permission.objects.filter(codename="view_project"))
    importlib.import_module("crm.migrations.0020_project_costs").allow_whoever_keeps_projects(apps, None)

    def new(group):
        return set(group.permissions.filter(codename__endswith="_cost").values_list("codename", flat=True))

    assert (new(office), new(board), new(others)) == ({"view_cost", "add_cost"}, {"view_cost"}, set())
