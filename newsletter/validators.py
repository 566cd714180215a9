"""Checks of the values that the newsletter takes. Migrations name these functions: never move them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_single_line(value):
    """Refuse what could break out of a mail header."""
    if any(character in value for character in "\r\n\0"):
        raise ValidationError(_("Write it on one line."), code="several_lines")
