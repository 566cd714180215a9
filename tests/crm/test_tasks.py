"""What the office has to do."""

import datetime

import pytest

from crm.models import Change, Task
from crm.services.tasks import add_task, complete_task, reopen_task
from tests.factories.crm import ContactFactory, TaskFactory

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
