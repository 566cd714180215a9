"""What happened between us and others."""

import datetime

import pytest

from crm.models import Activity
from crm.services.activities import log_activity
from tests.factories.crm import ContactFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_logged_call_belongs_to_whom_it_was_with_and_is_found_by_name(staff):
    anna, centre = ContactFactory(first_name="Åsa", last_name="Berg"), OrganisationFactory()

    call = log_activity(
        kind=Activity.Kind.CALL,
        subject="Behöver svetsare",
        day=datetime.date(2018, 3, 1),
        participants=[(anna, centre)],
        acting_user=staff,
    )

    assert list(Activity.objects.about_contact(anna)) == [call]
    assert list(Activity.objects.search("asa svetsare")) == [call]
    assert call.created_by == staff
