"""Normal forms: what is recognised at a glance comes out as the libraries would have it."""

import phonenumbers
from django.core.exceptions import ValidationError
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from crm.validators import format_phone, normalise_email, normalise_phone, phone_digits
from tests.examples import many

LOCAL = st.text("abzAZ019._+-å ", max_size=12)
DOMAIN = st.text("abzA09.-å", max_size=14)
TOP = st.sampled_from(["se", "example", "local", "invalid", "test", "onion", "arpa", "localhost", "c", "museum", "xn--p1ai", "1a"])


def by_library(value):
    try:
        return validate_email(value.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return None


@many(200)
@given(LOCAL, DOMAIN, TOP)
@example("a" * 65, "kommun", "se")
@example("a", "a" * 64, "se")
def test_address_is_what_the_library_makes_of_it(local_part, domain, top):
    value = f"{local_part}@{domain}.{top}"
    try:
        normalised = normalise_email(value)
    except ValidationError:
        normalised = None

    assert normalised == by_library(value)


@many(200)
@given(st.sampled_from(["0", "+46", "0046", "46", "", "070", "+4673", "072"]), st.text("0123456789 -/()", max_size=13))
def test_number_is_what_the_library_makes_of_it(prefix, digits):
    value = prefix + digits
    try:
        number = phonenumbers.parse(value.strip(), "SE")
        possible = phonenumbers.is_possible_number(number) and not number.extension
    except phonenumbers.NumberParseException:
        possible = False
    expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None
    try:
        normalised = normalise_phone(value)
    except ValidationError:
        normalised = None

    assert normalised == expected
    if normalised and normalised.startswith("+46"):
        assert format_phone(normalised) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    if normalised and phonenumbers.is_valid_number(number):
        assert phone_digits(normalised) == "".join(c for c in format_phone(normalised) if c.isdigit())
