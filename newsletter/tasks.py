"""What runs in the background. A task is a wake-up call with a key: what there is to do stands in the database.

The queue knows no retry, and a task whose worker is killed stays "running" for ever; deliveries therefore have leases
of their own, and `resume_interrupted()` calls again.
"""

from django_tasks import task

# Before what the queue holds of upkeep (search index, picture sizes): somebody is waiting for these.
PRIORITY = 50


@task(priority=PRIORITY)
def send_confirmation(subscription_id):
    from newsletter.services.confirmations import mail_confirmation  # services enqueue tasks, tasks call services

    mail_confirmation(subscription_id)


@task(priority=PRIORITY)
def deliver_mailing(mailing_id):
    from newsletter.services.courier import Courier  # services enqueue tasks, tasks call services

    Courier(mailing_id).run()
