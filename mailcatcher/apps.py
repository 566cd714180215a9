from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class MailcatcherConfig(AppConfig):
    """Catches the mail sent on a developer's machine. Anybody on that machine can read it, so it has no place elsewhere."""

    name = "mailcatcher"

    def ready(self):
        if not getattr(settings, "MAILBOX_DIR", None):
            raise ImproperlyConfigured("mailcatcher is for development: only settings with MAILBOX_DIR may install it.")
