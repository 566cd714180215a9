"""kill -9 in the middle of an import: a part is there whole or not at all, and the import goes on from there."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from crm.importing.jobs import check, match, undo_import, upload
from crm.importing.wishes import Wishes
from crm.importing.work import carry_on
from crm.models import Change, ChangeSet, Contact, ImportJob
from tests.crm.spreadsheets import swedish_csv
from tests.dumps import dump
from tests.factories.crm import OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [f"Person;Nr{number};person{number}@skara.example;070-174 06 {number:02};Lärcentrum Skara;;;" for number in range(12)]
PART = 3


@pytest.fixture
def job():
    OrganisationFactory(name="Lärcentrum Skara")
    job = check(match(upload("contacts", content=swedish_csv(*ROWS), filename="kontakter.csv", acting_user=None), wishes=Wishes()))
    job.change_set = ChangeSet.objects.create(cause=ChangeSet.Cause.IMPORT)
    job.state, job.row_done, job.created_count = ImportJob.State.IMPORTING, 0, 0
    job.save()
    return job


def kill_after(job, parts):
    """Run a worker and kill it while its next part after so many is written but not committed."""
    command = [sys.executable, "-m", "tests.crm.import_worker", str(job.pk), str(PART)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        database = {key: str(connection.settings_dict[key]) for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        worker.stdin.write(json.dumps({"database": database, "private_root": str(settings.PRIVATE_ROOT)}) + "\n")
        worker.stdin.flush()
        for _part in range(parts):
            assert worker.stdout.readline()
            worker.stdin.write("\n")
            worker.stdin.flush()
        assert worker.stdout.readline()
        worker.kill()


@pytest.mark.parametrize("parts", [0, 2])
def test_killed_worker_leaves_nothing_half_done_and_the_job_goes_on(job, parts):
    before = dump()

    kill_after(job, parts)

    job.refresh_from_db()
    assert (job.state, job.row_done, Contact.objects.count()) == ("importing", parts * PART, parts * PART)
    assert Change.objects.filter(change_set=job.change_set, model="crm.contact").count() == parts * PART

    carry_on(job)

    job.refresh_from_db()
    assert (job.state, job.created_count, job.row_count, Contact.objects.count()) == ("done", 12, 12, 12)
    undo_import(job, acting_user=None)
    assert dump() == before
