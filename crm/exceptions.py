from django.core.exceptions import ValidationError


class RegisterError(Exception):
    """Something the register refuses; its text is for the person at the screen."""


class SpreadsheetError(RegisterError):
    """A file that cannot be read as a spreadsheet, with what to do about it."""


class FilterError(ValidationError):
    """A saved filter that asks for something that doesn't exist any more."""
