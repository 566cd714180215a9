"""Ways for a finished message to leave the house. `NEWSLETTER_BACKEND` names the one in use."""

from django.conf import settings
from django.utils.module_loading import import_string

from crm.mail.problems import (
    ConnectionTrouble,
    DeliveryProblem,
    OutcomeUnknown,
    PermanentRefusal,
    PolicyRefused,
    SenderRefused,
    TemporaryRefusal,
)
from newsletter.backends.base import Backend

__all__ = [
    "Backend",
    "ConnectionTrouble",
    "DeliveryProblem",
    "OutcomeUnknown",
    "PermanentRefusal",
    "PolicyRefused",
    "SenderRefused",
    "TemporaryRefusal",
    "get_backend",
]


def get_backend():
    return import_string(settings.NEWSLETTER_BACKEND)()
