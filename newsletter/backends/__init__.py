"""Ways for a finished message to leave the house. `NEWSLETTER_BACKEND` names the one in use."""

from django.conf import settings
from django.utils.module_loading import import_string

from newsletter.backends.base import (
    Backend,
    ConnectionTrouble,
    OutcomeUnknown,
    PermanentRefusal,
    SenderRefused,
    TemporaryRefusal,
)

__all__ = [
    "Backend",
    "ConnectionTrouble",
    "OutcomeUnknown",
    "PermanentRefusal",
    "SenderRefused",
    "TemporaryRefusal",
    "get_backend",
]


def get_backend():
    return import_string(settings.NEWSLETTER_BACKEND)()
