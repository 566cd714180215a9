"""A worker process for tests: python -m tests.newsletter.worker MAILING SMTP_PORT BATCH, with the test's database as JSON on stdin."""

import json
import os
import sys


def main(mailing_id, port, batch):
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(json.load(sys.stdin))
    settings.NEWSLETTER_BACKEND = "newsletter.backends.smtp.SMTPBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    django.setup()
    from newsletter.services import deliveries
    from newsletter.services.courier import Courier

    deliveries.BATCH = batch
    Courier(mailing_id).run()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
