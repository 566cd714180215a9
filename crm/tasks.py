"""What runs in the background. A task is a wake-up call with a key: what there is to do stands in the database."""

from django_tasks import task

# Before what the queue holds of upkeep: somebody is waiting for these.
PRIORITY = 50


@task(priority=PRIORITY)
def carry_on_import(job_id):
    from crm.importing.work import carry_on
    from crm.models import ImportJob

    carry_on(ImportJob.objects.get(pk=job_id))
