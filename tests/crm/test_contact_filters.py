import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.filters.contacts import contacts_matching
from crm.models import Organisation
from crm.years import OperatingYear
from tests.factories.crm import (
    AffiliationFactory,
    FeeFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    RoleFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


def at_centre_of(membership):
    return AffiliationFactory(organisation=OrganisationFactory(parent=membership.organisation)).contact


def test_person_at_a_centre_counts_to_the_municipality_that_pays():
    paid = FeeFactory(year=OperatingYear(2017), paid_on=datetime.date(2017, 9, 1)).membership
    unpaid = FeeFactory(year=OperatingYear(2017)).membership
    person, other = at_centre_of(paid), at_centre_of(unpaid)
    assert list(contacts_matching("fee_paid=2017/2018")) == [person]
    assert set(contacts_matching("member=yes")) == {person, other}


def test_not_at_a_member_is_the_rest():
    at_centre_of(MembershipFactory())
    outside = AffiliationFactory().contact
    assert list(contacts_matching("member=no")) == [outside]


def test_person_with_two_roles_comes_once():
    municipality = MunicipalityFactory(subregion="Fyrbodal")
    organisation = OrganisationFactory(municipality=municipality)
    contact = AffiliationFactory(organisation=organisation).contact
    AffiliationFactory(organisation=organisation, contact=contact)
    assert list(contacts_matching("subregion=Fyrbodal")) == [contact]


def test_filters_narrow_each_other_down():
    head = RoleFactory(name="Rektor")
    company = OrganisationFactory(kind=Organisation.Kind.COMPANY)
    both = AffiliationFactory(role=head, organisation=company).contact
    AffiliationFactory(role=head)
    AffiliationFactory(organisation=company)
    assert list(contacts_matching(f"role={head.pk}&kind=company")) == [both]


def test_ended_role_and_ended_seat_do_not_count():
    yesterday = datetime.date(2001, 1, 1)
    organisation = OrganisationFactory()
    AffiliationFactory(organisation=organisation, until=yesterday)
    seat = SeatFactory(contact=AffiliationFactory().contact, until=yesterday)
    assert list(contacts_matching(f"organisation={organisation.pk}")) == []
    assert list(contacts_matching(f"network={seat.network.pk}")) == []


def test_filter_on_something_deleted_lets_nobody_in():
    AffiliationFactory()
    network = NetworkFactory()
    query = f"network={network.pk}"
    network.delete()
    with pytest.raises(ValidationError):
        contacts_matching(query)
