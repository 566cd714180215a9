import pytest
from django.core.exceptions import ValidationError

from crm.models import ContactPoint
from crm.validators import format_phone, normalise_email, normalise_phone


@pytest.mark.parametrize(
    "typed", ["070-174 06 05", "0701740605", "+46701740605", "+46 (0)70-174 06 05", "0046 70 174 06 05", "070 / 174 06 05"]
)
def test_swedish_number_becomes_e164_however_it_is_typed(typed):
    assert normalise_phone(typed) == "+46701740605"


def test_foreign_number_keeps_its_country():
    assert normalise_phone("+47 22 12 34 56") == "+4722123456"
    assert format_phone("+4722123456").startswith("+47 ")


def test_swedish_number_is_shown_without_country_code():
    assert format_phone("+46701740605") == "070-174 06 05"


@pytest.mark.parametrize("typed", ["", "ring växeln", "12", "070-174 06 05 99 88 77", "anna@kommun.example"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValidationError, match=r"phone number|telefonnummer"):
        normalise_phone(typed)


def test_address_is_compared_in_lower_case():
    assert normalise_email(" Anna.Berg@Kommun.EXAMPLE ") == "anna.berg@kommun.example"


def test_swedish_letters_in_an_address_are_allowed():
    assert normalise_email("åsa@öckerö.example") == "åsa@öckerö.example"


@pytest.mark.parametrize("typed", ["", "anna", "anna@", "anna@kommun", "a b@kommun.example", "anna@kommun.example\nBcc: x@y.example"])
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ValidationError, match=r"e-mail|e-post"):
        normalise_email(typed)


def test_error_stands_at_the_field_that_was_typed():
    with pytest.raises(ValidationError) as refusal:
        ContactPoint(kind=ContactPoint.Kind.MOBILE, value="ring växeln").clean()
    assert list(refusal.value.error_dict) == ["value"]
