"""Checks and normal forms of the values that the register takes. Migrations name these functions: never move them."""

import re
import uuid
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError as NumberError
from stdnum.se import orgnr

PHONE_REGION = "SE"

# What the libraries below take as it is, told at a glance: nine in ten values of a spreadsheet are of these forms.
_PLAIN_EMAIL = re.compile(r"([a-z0-9]+(?:[._+-][a-z0-9]+)*)@((?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+([a-z]{2,20}))", re.ASCII)
_PLAIN_PHONE = re.compile(r"(?:0|\+46)([1-9][0-9]{7,8})", re.ASCII)
_SWEDISH_MOBILE = re.compile(r"\+46(7[02369])([0-9]{3})([0-9]{2})([0-9]{2})", re.ASCII)
_SPECIAL_TOP_DOMAINS = {name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES}
_WORD_BEHIND = re.compile(r"\s*\([^\W\d_]+\)$")  # "070-174 06 05 (hem)"
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN_DIGITS = str.maketrans("", "", " -")


def normalise_email(value):
    """Return an address in lower case, its domain in Unicode; refuse what no mail server would take (RFC 5321, 6531)."""
    text = str(value).strip().lower()
    if (plain := _PLAIN_EMAIL.fullmatch(text)) and _is_ordinary(*plain.groups()):
        return text
    try:
        parsed = validate_email(str(value).strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValidationError(
            _("“%(value)s” is not an e-mail address. It should look like anna.berg@kommun.se."),
            code="invalid_email",
            params={"value": value},
        ) from error
    return parsed.normalized.lower()


def _is_ordinary(local_part, domain, top_domain):
    """Whether nothing is left that validate_email() could mind: lengths, domains set aside, encoded labels."""
    return len(local_part) <= 64 and len(domain) <= 60 and top_domain not in _SPECIAL_TOP_DOMAINS and "xn--" not in domain


@lru_cache(maxsize=10_000)
def normalise_phone(value):
    """Return a number as E.164 ("+46701740605"), read as Swedish unless it begins with + or 00."""
    text = _WORD_BEHIND.sub("", str(value).strip())
    if plain := _PLAIN_PHONE.fullmatch(text.translate(_BETWEEN_DIGITS)):
        return f"+46{plain[1]}"
    try:
        # The library would dial letters: "070-17A…" is a slip of the finger here, not a number to remember.
        number = None if _LETTER.search(text) else phonenumbers.parse(text, PHONE_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number) or number.extension:
        raise ValidationError(
            _("“%(value)s” is not a phone number. Write it with its area code, for example 070-123 45 67, or with + and country code."),
            code="invalid_phone",
            params={"value": value},
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(e164):
    """Return a number as it is written in Sweden: "070-174 06 05", and with the country code when it is foreign."""
    if mobile := _SWEDISH_MOBILE.fullmatch(e164):
        return "0{}-{} {} {}".format(*mobile.groups())
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    domestic = number.country_code == phonenumbers.country_code_for_region(PHONE_REGION)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if domestic else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def phone_digits(e164):
    """Return the digits of a number as it is dialled from here: "0701740605"."""
    if e164.startswith("+46"):
        return "0" + e164[3:]
    return "".join(c for c in format_phone(e164) if c.isdigit())


def normalise_organisation_number(value):
    """Return "NNNNNN-NNNN" after checking the last digit (Luhn, as the Swedish Companies Registration Office does)."""
    digits = str(value).strip().replace("-", "").replace(" ", "")
    if len(digits) == 12 and digits.startswith("16"):
        digits = digits[2:]
    try:
        return orgnr.format(orgnr.validate(digits))
    except NumberError as error:
        raise ValidationError(
            _("“%(value)s” is not an organisation number: ten digits of which the last is a check digit, for example 212000-1926."),
            code="invalid_organisation_number",
            params={"value": value},
        ) from error


def validate_organisation_number(value):
    normalise_organisation_number(value)


def new_key():
    """Return a key for a record that somebody else may know it by, too."""
    return str(uuid.uuid4())
