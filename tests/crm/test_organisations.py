import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.models import Organisation
from crm.validators import normalise_organisation_number
from tests.factories.crm import AffiliationFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["212000-1926", "2120001926", "16212000-1926", " 212000-1926 "])
def test_organisation_number_is_written_one_way(typed):
    assert normalise_organisation_number(typed) == "212000-1926"


@pytest.mark.parametrize("typed", ["212000-1927", "212000", "abc", "212000-19260"])
def test_wrong_check_digit_is_refused(typed):
    with pytest.raises(ValidationError, match="212000-1926"):
        normalise_organisation_number(typed)


def test_two_organisations_cannot_have_one_number():
    OrganisationFactory(organisation_number="212000-1926")
    with pytest.raises(ValidationError):
        Organisation(name="Annan", kind=Organisation.Kind.COMPANY, organisation_number="2120001926").full_clean()


def test_organisation_cannot_belong_to_its_own_unit():
    municipality = OrganisationFactory(kind=Organisation.Kind.MUNICIPALITY)
    centre = OrganisationFactory(parent=municipality)
    municipality.parent = centre
    with pytest.raises(ValidationError, match=r"itself|sig själv"):
        municipality.full_clean()


def test_members_are_counted_on_a_day():
    former = MembershipFactory(until=datetime.date(2017, 6, 30)).organisation
    current = MembershipFactory(since=datetime.date(2017, 7, 1)).organisation
    assert list(Organisation.objects.members(datetime.date(2017, 6, 30))) == [former]
    assert list(Organisation.objects.members(datetime.date(2017, 7, 1))) == [current]


def test_organisation_is_found_by_number_and_town():
    organisation = OrganisationFactory(name="Kunskapsförbundet", organisation_number="212000-1926", city="Öckerö")
    OrganisationFactory(name="Annan")
    for query in ("212000-1926", "2120001926", "ockero", "forbundet kunskaps"):
        assert list(Organisation.objects.search(query)) == [organisation], query


def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries):
    MembershipFactory.create_batch(3)
    AffiliationFactory.create_batch(3)
    staff_client.get("/admin/organisation/")
    with django_assert_max_num_queries(27) as few:
        staff_client.get("/admin/organisation/")
    OrganisationFactory.create_batch(30, parent=OrganisationFactory())
    with django_assert_max_num_queries(27) as many:
        staff_client.get("/admin/organisation/")
    assert len(many) == len(few)


def test_chooser_finds_any_word_without_accents(staff_client):
    OrganisationFactory(name="Lärcentrum Öckerö")
    OrganisationFactory(name="Komvux Ale")
    page = staff_client.get("/admin/organisation_chooser/results/", {"q": "ockero lar"}).content.decode()
    assert "Lärcentrum Öckerö" in page
    assert "Komvux Ale" not in page


def test_chooser_shows_a_page_of_thousands(staff_client, django_assert_max_num_queries):
    OrganisationFactory.create_batch(40)
    with django_assert_max_num_queries(12):
        page = staff_client.get("/admin/organisation_chooser/").content.decode()
    assert page.count("data-chooser-modal-choice") == 15


def test_chooser_is_closed_to_those_who_may_not_see_the_register(client, staff):
    staff.user_permissions.remove(*staff.user_permissions.filter(content_type__app_label="crm"))
    client.force_login(staff)
    assert client.get("/admin/organisation_chooser/").status_code == 302
