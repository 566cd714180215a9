"""A worker process for tests: python -m tests.newsletter.worker MAILING SMTP_PORT SIZE [strict],
with the test's database as JSON on stdin.
"""

import json
import os
import sys


def main(mailing_id, port, size, *strict):
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(json.load(sys.stdin))
    settings.NEWSLETTER_BACKEND = "newsletter.backends.smtp.SMTPBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    settings.NEWSLETTER_STRICT = bool(strict)
    django.setup()
    from newsletter.services import windows
    from newsletter.services.courier import Courier

    windows.SIZE = int(size)
    Courier(int(mailing_id)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
