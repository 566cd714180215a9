import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.models import Organisation
from crm.services.figures import Period, count_figures
from crm.years import OperatingYear
from tests.factories.crm import AffiliationFactory, FeeFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

YEAR = OperatingYear(2017)
LAST_DAY = datetime.date(2018, 6, 30)


def figure(key, as_of=None):
    return count_figures(Period(YEAR, as_of))[key]


def test_person_with_two_roles_is_counted_once():
    contact = AffiliationFactory().contact
    AffiliationFactory(contact=contact)
    assert (figure("contacts"), figure("contact_organisations")) == (1, 2)


@pytest.mark.parametrize(
    ("since", "until", "counted"),
    [(LAST_DAY, None, 1), (datetime.date(2018, 7, 1), None, 0), (None, LAST_DAY, 1), (None, datetime.date(2018, 6, 29), 0)],
)
def test_roles_are_counted_on_the_last_day_of_the_year(since, until, counted):
    AffiliationFactory(since=since, until=until)
    assert figure("contacts") == counted


def test_as_of_an_earlier_day():
    AffiliationFactory(since=datetime.date(2018, 1, 1))
    assert figure("contacts", as_of=datetime.date(2017, 12, 31)) == 0
    assert figure("contacts", as_of=datetime.date(2018, 1, 1)) == 1


def test_archived_since_the_year_ended_still_counts_for_it():
    before, after = AffiliationFactory().contact, AffiliationFactory().organisation
    for record, year in ((before, 2018), (after, 2019)):
        record.archived_at = timezone.make_aware(datetime.datetime(year, 6, 15))
        record.save()
    assert (figure("contacts"), figure("contact_organisations")) == (1, 1)


def test_only_municipalities_that_paid_for_this_year_count():
    FeeFactory(year=YEAR, paid_on=datetime.date(2017, 9, 1))
    FeeFactory(year=YEAR)
    FeeFactory(year=OperatingYear(2016), paid_on=datetime.date(2017, 9, 1))
    federation = MembershipFactory(organisation=OrganisationFactory(kind=Organisation.Kind.FEDERATION))
    FeeFactory(membership=federation, year=YEAR, paid_on=datetime.date(2017, 9, 1))
    assert figure("paying_member_municipalities") == 1
    assert figure("paying_member_municipalities", as_of=datetime.date(2017, 8, 31)) == 0


def test_command_prints_json_with_nothing_but_figures():
    AffiliationFactory()
    output = StringIO()
    call_command("figures", "2017/2018", format="json", stdout=output)
    assert json.loads(output.getvalue()) == {
        "contacts": 1,
        "contact_organisations": 1,
        "paying_member_municipalities": 0,
        "licence_users": 0,
    }


def test_command_says_how_to_write_a_year():
    with pytest.raises(CommandError, match="2017/2018"):
        call_command("figures", "2017")
