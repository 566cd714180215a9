"""Who the association itself is, on what the register writes to others. The site keeps it and tells it from above."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Association:
    name: str
    address: str = ""  # one line below the other
    email: str = ""
    phone: str = ""
    organisation_number: str = ""


_tellers = []


def tells_association(function):
    """Let a function of an app above return the Association; usable as a decorator."""
    _tellers.append(function)
    return function


def association():
    return _tellers[-1]() if _tellers else Association(settings.WAGTAIL_SITE_NAME)
