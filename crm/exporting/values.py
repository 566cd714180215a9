"""Values as a reader wants them: choices in words, phone numbers as they are written here."""

from functools import lru_cache

from django.utils.translation import get_language

from crm.countries import country_choices
from crm.validators import format_phone

_SWEDISH = "+46"
_TELLING_DIGITS = 5  # of a Swedish number: they and its length decide where the blanks go


def word(choices, value):
    """Return the label of a field's choice in the reader's language."""
    return _words(choices, get_language()).get(value, value) if value else ""


@lru_cache(maxsize=100)
def _words(choices, language):
    return {value: str(label) for value, label in choices.choices}


def country(code):
    return _countries(get_language()).get(code, code)


@lru_cache(maxsize=10)
def _countries(language):
    return dict(country_choices())


def phone(e164):
    """Return a number as `format_phone` writes it. Numbers of one area look alike, so that only the first is worked out."""
    digits = e164[len(_SWEDISH) :]
    if not e164.startswith(_SWEDISH) or not digits.isdecimal():
        return format_phone(e164)
    return _pattern(digits[:_TELLING_DIGITS], len(digits)).format(*digits[_TELLING_DIGITS:])


@lru_cache(maxsize=20_000)
def _pattern(telling, length):
    """Return "070-174 {} {}{}" for the numbers that begin alike and are equally long."""
    left = length - _TELLING_DIGITS
    example = format_phone(_SWEDISH + telling + "0" * left)
    pattern = []
    for character in reversed(example):
        if character.isdigit() and left > 0:
            left -= 1
            pattern.append("}{")
        else:
            pattern.append(character)
    return "".join(reversed("".join(pattern)))
