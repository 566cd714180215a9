"""Undoing what is too large for a request, in the background."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from crm.models import ChangeSet, Contact
from crm.services import undo as undo_service
from crm.services.large_undos import PATIENCE, carry_out_undo, resume_interrupted
from tests.crm.changes import LIST, doing, save, text, undo_by_form, undo_page
from tests.factories.crm import EmailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture(autouse=True)
def _large(monkeypatch, settings):
    monkeypatch.setattr(undo_service, "AT_ONCE", 3)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def entered():
    return doing(lambda: [EmailFactory(contact__first_name=f"Person {number}", contact__last_name="") for number in range(4)])


def work():
    """Do what is in the queue, as the worker does it, without its own connection."""
    options = {"queue_names": ["*"], "interval": 0, "batch": True, "backend_name": "default", "startup_delay": False}
    worker = Worker(**options, max_tasks=None, worker_id="test", excluded_queue_names=[])
    for result in DBTaskResult.objects.ready():
        result.claim("test")
        worker.run_task(result)


def check(client, one):
    return text(client.post(f"{LIST}{one.pk}/undo/", {"check": "1"}, follow=True))


def test_counts_are_there_at_once_and_the_plan_is_made_in_the_background(staff_client, entered):
    read = undo_page(staff_client, entered)
    assert "8 changes" in read
    assert "Contacts 4 created" in read
    assert "Being checked" in check(staff_client, entered)
    assert "Being checked" in staff_client.get(f"{LIST}{entered.pk}/undo/progress/").content.decode()

    work()

    assert "8 records that were created are deleted" in undo_page(staff_client, entered)
    assert Contact.objects.count() == 4


def test_conflicts_are_chosen_before_and_all_is_undone_in_the_background(staff_client, staff, entered):
    first, second = Contact.objects.order_by("pk")[:2]
    save(first, note="ny")
    save(second, note="ny")
    check(staff_client, entered)
    work()
    assert "2 things to choose" in undo_page(staff_client, entered)

    response = undo_by_form(staff_client, entered, **{f"choice:crm.contact:{first.pk}": "then", f"choice:crm.contact:{second.pk}": "now"})
    assert "Being undone" in text(response)
    work()

    assert Contact.objects.get() == second
    read = undo_page(staff_client, entered)
    assert "Undone. What somebody has changed since" in read
    done = entered.undone_by.get()
    assert done.actor == staff
    assert reverse("change_set:undo", args=[done.pk]) in staff_client.get(f"{LIST}{entered.pk}/undo/").content.decode()


def test_undo_whose_worker_is_gone_is_taken_up_by_the_clock(staff_client, entered, monkeypatch):
    check(staff_client, entered)
    work()
    undo_by_form(staff_client, entered)
    carry_out, calls = undo_service._carry_out, []

    def killed(verdicts):
        calls.append(verdicts)
        if len(calls) == 2:
            raise KeyboardInterrupt
        carry_out(verdicts)

    monkeypatch.setattr(undo_service, "_carry_out", killed)
    begun = DBTaskResult.objects.ready().get()
    begun.claim("killed")
    with pytest.raises(KeyboardInterrupt):
        carry_out_undo.func(*begun.args_kwargs["args"])
    monkeypatch.setattr(undo_service, "_carry_out", carry_out)
    resume_interrupted()
    assert not DBTaskResult.objects.ready().exists()  # its worker may still be alive

    DBTaskResult.objects.filter(pk=begun.pk).update(started_at=timezone.now() - PATIENCE - datetime.timedelta(seconds=1))
    resume_interrupted()
    resume_interrupted()
    work()

    assert Contact.objects.count() == 0
    assert entered.undone_by.count() == 1
    assert "Undone" in undo_page(staff_client, entered)


def test_check_whose_worker_is_gone_is_begun_anew_by_the_clock(staff_client, entered):
    check(staff_client, entered)
    begun = DBTaskResult.objects.ready().get()
    begun.claim("killed")
    resume_interrupted()
    assert not DBTaskResult.objects.ready().exists()

    DBTaskResult.objects.filter(pk=begun.pk).update(started_at=timezone.now() - PATIENCE - datetime.timedelta(seconds=1))
    resume_interrupted()
    resume_interrupted()
    assert DBTaskResult.objects.ready().count() == 1
    work()

    assert "8 records that were created are deleted" in undo_page(staff_client, entered)


def test_nothing_is_undone_unseen(staff_client, entered):
    undo_by_form(staff_client, entered)
    work()
    assert Contact.objects.count() == 4


def test_undo_is_undone_and_undone_again(staff_client, entered):
    for one in (entered, None, entered):
        one = one or ChangeSet.objects.filter(cause="undo").first()
        check(staff_client, one)
        work()
        undo_by_form(staff_client, one)
        work()
    assert Contact.objects.count() == 0


def test_fault_is_said(staff_client, entered, monkeypatch, logged_errors):
    check(staff_client, entered)
    monkeypatch.setattr("crm.services.large_undos.plan_in_words", lambda one: 1 / 0)
    work()
    assert "stopped by a fault" in undo_page(staff_client, entered)


def test_onlooker_starts_nothing(onlooker_client, entered):
    assert onlooker_client.post(f"{LIST}{entered.pk}/undo/", {"check": "1"}).status_code == 302
    work()
    assert onlooker_client.get(f"{LIST}{entered.pk}/undo/progress/").status_code == 302


def test_second_run_of_a_finished_undo_is_no_fault(staff_client, staff, entered, logged_errors):
    check(staff_client, entered)
    work()
    undo_by_form(staff_client, entered)
    carry_out_undo.enqueue(entered.pk, staff.pk, [])
    work()

    assert not logged_errors
    assert entered.undone_by.count() == 1
    assert "stopped by a fault" not in undo_page(staff_client, entered)
