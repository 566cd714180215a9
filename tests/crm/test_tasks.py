"""What the office has to do."""

import datetime

import pytest
from django.utils.translation import gettext

from crm.models import Change, ChangeSet, Task
from crm.services.tasks import add_task, complete_task, reopen_task
from crm.services.undo import undo
from tests.crm.exports import export, table
from tests.crm.test_list_options import groups
from tests.factories.crm import ContactFactory, NetworkFactory, OrganisationFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_task_is_added_done_and_reopened_in_the_ledger(staff):
    task = add_task(what="Skicka avtalet", due=datetime.date(2018, 5, 2), contact=ContactFactory(), acting_user=staff)

    complete_task(task, acting_user=staff)
    assert list(Task.objects.open()) == []
    reopen_task(task, acting_user=staff)

    assert list(Task.objects.open()) == [task]
    changes = Change.objects.of_record(task)
    assert [(change.action, change.contact_id, change.change_set.actor) for change in changes] == [
        (action, task.contact_id, staff) for action in "+~~"
    ]


def test_overdue_is_what_is_open_and_was_to_be_done_before_the_day():
    late = TaskFactory(due=datetime.date(2018, 5, 1))
    TaskFactory(due=datetime.date(2018, 5, 2))
    TaskFactory()
    TaskFactory(due=datetime.date(2018, 5, 1), done_at=datetime.datetime(2018, 5, 1, 9, tzinfo=datetime.UTC))

    assert list(Task.objects.overdue(datetime.date(2018, 5, 2))) == [late]


def test_soonest_come_first_and_done_ones_last():
    done = TaskFactory(done_at=datetime.datetime(2018, 5, 1, 9, tzinfo=datetime.UTC))
    some_day = TaskFactory()
    soon = TaskFactory(due=datetime.date(2018, 5, 1))

    assert list(Task.objects.soonest_first()) == [soon, some_day, done]


# The list

DONE = datetime.datetime(2018, 5, 1, 9, tzinfo=datetime.UTC)
LONG_AGO, FAR_AHEAD = datetime.date(2018, 5, 1), datetime.date(2099, 5, 1)


def whats(client, query=""):
    return [task.what for task in client.get(f"/admin/task/{query}").context["object_list"]]


@pytest.fixture
def tasks(staff):
    return {
        "late": TaskFactory(what="försenad", due=LONG_AGO, contact=ContactFactory(first_name="Åsa", last_name="Öberg")),
        "mine": TaskFactory(what="min", due=FAR_AHEAD, assignee=staff, organisation=OrganisationFactory(), network=NetworkFactory()),
        "some_day": TaskFactory(what="någon gång", note="Ångbåten"),
        "done": TaskFactory(what="klar", done_at=DONE, assignee=staff),
    }


def test_plain_list_holds_what_is_open_for_everybody_soonest_first(staff_client, tasks):
    assert whats(staff_client) == ["försenad", "min", "någon gång"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mine=yes", ["min"]),
        ("mine=yes&state=all", ["min", "klar"]),
        ("state=done", ["klar"]),
        ("state=overdue", ["försenad"]),
        ("assignee={mine.assignee_id}", ["min"]),
        ("contact={late.contact_id}", ["försenad"]),
        ("organisation={mine.organisation_id}", ["min"]),
        ("network={mine.network_id}", ["min"]),
        ("q=asa oberg", ["försenad"]),
        ("q=ångbåten", ["någon gång"]),
        ("state=nonsense", []),
    ],
)
def test_list_is_narrowed_down(query, found, staff_client, tasks):
    assert whats(staff_client, "?" + query.format(**tasks)) == found


def test_tabs_count_and_say_where_one_is(staff_client, tasks):
    tabs = staff_client.get("/admin/task/?mine=yes").context["tabs"]
    assert [(url.removeprefix("/admin/task/"), number, is_current) for url, _label, number, is_current in tabs] == [
        ("?", 3, False),
        ("?mine=yes", 1, True),
        ("?mine=yes&state=overdue", 0, False),
        ("?state=overdue", 1, False),
        ("?state=done", 1, False),
    ]


def test_overdue_is_said_in_words_and_about_whom_is_a_link(staff_client, tasks):
    page = staff_client.get("/admin/task/?state=overdue").content.decode()
    assert f"{gettext('overdue')}</strong>" in page
    assert f'<a href="/admin/contact/inspect/{tasks["late"].contact_id}/">Åsa Öberg</a>' in page


def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    def make():
        TaskFactory(assignee=UserFactory(), contact=ContactFactory(), organisation=OrganisationFactory(), network=NetworkFactory())

    make()
    staff_client.get("/admin/task/")
    with django_assert_max_num_queries(35) as few:
        staff_client.get("/admin/task/")
    for _number in range(20):
        make()
    with django_assert_max_num_queries(35) as many:
        assert staff_client.get("/admin/task/").status_code == 200
    assert len(many) == len(few)


# Done and not done


def test_button_marks_as_done_goes_back_to_the_list_and_offers_to_undo(staff_client, tasks):
    response = staff_client.post(f"/admin/task/complete/{tasks['mine'].pk}/", {"next": "/admin/task/?mine=yes"}, follow=True)

    assert response.redirect_chain == [("/admin/task/?mine=yes", 302)]
    made = ChangeSet.objects.latest("pk")
    assert f"/admin/register/changes/{made.pk}/undo/" in response.content.decode()
    assert [task.what for task in response.context["object_list"]] == []
    undo(made, acting_user=None)
    assert Task.objects.get(pk=tasks["mine"].pk).done_at is None


def test_second_press_leaves_the_first_moment(staff_client, tasks):
    staff_client.post(f"/admin/task/complete/{tasks['done'].pk}/")
    assert Task.objects.get(pk=tasks["done"].pk).done_at == DONE


def test_done_task_is_opened_again(staff_client, tasks):
    assert f"/admin/task/reopen/{tasks['done'].pk}/" in staff_client.get("/admin/task/?state=done").content.decode()
    staff_client.post(f"/admin/task/reopen/{tasks['done'].pk}/")
    assert not Task.objects.get(pk=tasks["done"].pk).is_done


def test_button_leads_to_no_other_site(staff_client, tasks):
    response = staff_client.post(f"/admin/task/complete/{tasks['mine'].pk}/", {"next": "https://ond.example/"})
    assert response.url == "/admin/task/"


def test_looking_marks_nothing(staff_client, tasks):
    assert staff_client.get(f"/admin/task/complete/{tasks['mine'].pk}/").status_code == 405
    assert staff_client.post("/admin/task/complete/9223372036854775808/").status_code == 404


# The form


def test_new_task_is_for_whoever_adds_it_and_about_whom_the_address_says(staff_client, staff):
    anna = ContactFactory()
    form = staff_client.get(f"/admin/task/new/?contact={anna.pk}&what=Ring&due=2018-05-02").context["form"]
    assert form["assignee"].value() == staff.pk
    assert (form["contact"].value(), form["what"].value(), form["due"].value()) == (anna.pk, "Ring", datetime.date(2018, 5, 2))

    data = {"what": "Ring", "due": "2018-05-02", "assignee": staff.pk, "contact": anna.pk, "organisation": "", "network": "", "note": ""}
    staff_client.post("/admin/task/new/", data)
    task = Task.objects.get()
    assert (task.contact, task.assignee, task.created_by) == (anna, staff, staff)


def test_only_whoever_may_see_tasks_can_be_given_one(staff_client, staff, onlooker, client):
    outsider, left = UserFactory(), UserFactory(is_active=False, is_superuser=True)
    task = TaskFactory(assignee=left)

    def offered(url):
        return set(staff_client.get(url).context["form"].fields["assignee"].queryset)

    assert offered("/admin/task/new/") == {staff, onlooker}
    assert offered(f"/admin/task/edit/{task.pk}/") == {staff, onlooker, left}
    response = staff_client.post("/admin/task/new/", {"what": "Ring", "assignee": outsider.pk})
    assert response.context["form"].errors["assignee"]


def test_deleted_task_is_found_under_removed(staff_client, tasks):
    staff_client.post(f"/admin/task/delete/{tasks['late'].pk}/")
    assert "försenad" in staff_client.get("/admin/register/removed/").content.decode()


def test_export_follows_the_list(staff_client, staff, tasks):
    (row,) = table(export(staff_client, "task", "?mine=yes"))
    assert list(row.values())[:3] == ["min", "2099-05-01", staff.username]


# Who may


def test_onlooker_sees_the_list_and_marks_nothing(onlooker_client, tasks):
    page = onlooker_client.get("/admin/task/").content.decode()
    assert "försenad" in page
    assert "/admin/task/complete/" not in page
    assert "/admin/contact/edit/" not in page
    url = f"/admin/task/complete/{tasks['mine'].pk}/"
    assert onlooker_client.post(url).status_code in (302, 403)
    assert not Task.objects.get(pk=tasks["mine"].pk).is_done


def test_stranger_sees_nothing(client, tasks):
    assert client.get("/admin/task/").status_code == 302
    client.post(f"/admin/task/complete/{tasks['mine'].pk}/")
    assert not Task.objects.get(pk=tasks["mine"].pk).is_done


def test_list_is_grouped_by_who_is_to_do_it(staff_client, staff):
    staff.first_name = "Birgit"
    staff.save()
    TaskFactory(what="Ring", assignee=staff)
    TaskFactory(what="Skriv", assignee=None)
    response = staff_client.get("/admin/task/?group=assignee&columns=due,note,created_by")
    assert groups(response) == [(staff.name, 1, 1), ("Uppgift saknas", 1, 1)]
