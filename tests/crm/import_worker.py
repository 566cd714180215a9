"""A worker process for tests: python -m tests.crm.import_worker JOB PART, with the test's database and folders as JSON on stdin.

It says after each part how many rows are done, and then waits for a line, so that it can be killed at that point.
"""

import json
import os
import sys


def main(job_id, part):
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django
    from django.conf import settings

    given = json.loads(sys.stdin.readline())
    settings.DATABASES["default"].update(given["database"])
    settings.PRIVATE_ROOT = given["private_root"]
    django.setup()
    from crm.importing import contacts, runs
    from crm.importing.work import carry_on
    from crm.models import ImportJob

    contacts.ContactImporter.largest_part = part
    note = runs.Run._note

    def note_and_wait(run, outcomes):
        note(run, outcomes)  # in the transaction of the part, which is not committed yet
        print(run.job.row_done, flush=True)
        sys.stdin.readline()

    runs.Run._note = note_and_wait
    carry_on(ImportJob.objects.get(pk=job_id))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
