"""Countries by ISO 3166-1 code, named in the reader's language by the Unicode CLDR."""

from functools import cache

from babel import Locale
from django.utils.translation import get_language

from crm.text import fold, swedish_sort_key


@cache
def _countries(language):
    names = Locale.parse(language, sep="-").territories
    countries = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in {"ZZ", "EU", "UN", "EZ"}]
    return sorted(countries, key=lambda country: swedish_sort_key(country[1]))


def country_choices():
    """Return (code, name) of every country, in the reader's language and order."""
    return _countries(get_language() or "sv")


def country_code(text):
    """Return the code of a country given by code or by Swedish or English name, or None."""
    wanted = fold(text)
    for language in ("sv", "en"):
        for code, name in _countries(language):
            if wanted in (code.lower(), fold(name)):
                return code
    return None
