"""Five minutes of tidying: the stalest first, one at a time."""

import datetime

import pytest
from django.utils import timezone

from crm.ages import age_of, months_before
from crm.models import Affiliation, ContactPoint
from crm.services import tidying
from tests.crm.changes import text
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
CARD = "/admin/register/tidying/"
DAY = datetime.date(2018, 3, 1)


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def card(client):
    return text(client.get(CARD))


def answer(client, action, thing, **values):
    return text(client.post(CARD, {"action": action, "thing": thing, **values}, follow=True))


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (datetime.date(2018, 3, 31), 1, datetime.date(2018, 2, 28)),
        (datetime.date(2018, 1, 15), 12, datetime.date(2017, 1, 15)),
        (datetime.date(2020, 2, 29), 12, datetime.date(2019, 2, 28)),
    ],
)
def test_months_before_is_the_same_day_or_the_last_of_the_month(day, number, expected):
    assert months_before(day, number) == expected


@pytest.mark.parametrize(
    ("confirmed", "age"),
    [
        (None, "never"),
        (datetime.date(2016, 3, 1), "stale"),
        (datetime.date(2016, 3, 2), "ageing"),
        (datetime.date(2017, 3, 1), "ageing"),
        (datetime.date(2017, 3, 2), "fresh"),
    ],
)
def test_age_turns_after_twelve_and_twentyfour_months(confirmed, age):
    assert age_of(confirmed, DAY) == age


def test_never_confirmed_come_first_then_the_longest_ago():
    old = AffiliationFactory(confirmed_at=datetime.date(2016, 1, 1))
    never = EmailFactory(contact=old.contact)
    new = EmailFactory(contact=None, organisation=OrganisationFactory(), verified_at=datetime.date(2017, 12, 1))
    AffiliationFactory(until=datetime.date(2017, 12, 31))
    EmailFactory(status=ContactPoint.Status.HISTORICAL)
    EmailFactory(contact=ContactFactory(archived_at=timezone.now()))

    found = tidying.things(tidying.stalest(DAY))

    assert [thing.record for thing in found] == [never, old, new]


class TestCard:
    @pytest.fixture
    def email(self):
        return EmailFactory(contact=ContactFactory(first_name="Anna", last_name="Berg"), value="anna@kommun.example")

    def test_right_is_remembered_with_today(self, staff_client, email):
        assert "Anna Berg" in card(staff_client)

        read = answer(staff_client, "right", f"point-{email.pk}")

        email.refresh_from_db()
        assert email.verified_at == timezone.localdate()
        assert "is right." in read
        assert "Undo" in read

    def test_what_somebody_has_just_confirmed_is_not_asked_again(self, staff_client, email):
        answer(staff_client, "right", f"point-{email.pk}")

        assert "nothing left to confirm" in card(staff_client)

    def test_role_says_who_has_confirmed_it(self, staff_client, staff):
        role = AffiliationFactory()

        answer(staff_client, "right", f"role-{role.pk}")

        role.refresh_from_db()
        assert (role.confirmed_at, role.confirmed_by) == (timezone.localdate(), staff.username)

    def test_gone_address_still_finds_the_person(self, staff_client, email):
        answer(staff_client, "gone", f"point-{email.pk}")

        email.refresh_from_db()
        assert (email.status, email.is_primary) == ("historical", False)
        assert email.contact in type(email.contact).objects.search("anna@kommun.example")

    def test_gone_role_ends_today(self, staff_client):
        role = AffiliationFactory()

        answer(staff_client, "gone", f"role-{role.pk}")

        assert Affiliation.objects.get().until == timezone.localdate()

    def test_changed_address_takes_the_place_of_the_old_one(self, staff_client, email):
        answer(staff_client, "changed", f"point-{email.pk}", value="anna.berg@kommun.example")

        new = ContactPoint.objects.get(normalised="anna.berg@kommun.example")
        assert (new.contact, new.is_primary, new.status) == (email.contact, True, "works")
        email.refresh_from_db()
        assert email.status == "historical"

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ("", "required"),
            ("anna", "not an e-mail address"),
            ("Anna@kommun.example", "same as before"),
            ("ab@kommun.example", "there already"),
        ],
    )
    def test_bad_value_is_told_and_kept(self, staff_client, email, value, said):
        EmailFactory(contact=email.contact, value="ab@kommun.example", is_primary=False, verified_at=timezone.localdate())

        response = staff_client.post(CARD, {"action": "changed", "thing": f"point-{email.pk}", "value": value})

        assert said in text(response)
        assert f'value="{value}"' in response.content.decode()
        email.refresh_from_db()
        assert email.status == "works"

    def test_later_gives_way_to_the_next_and_can_be_taken_up_again(self, staff_client, email):
        answer(staff_client, "later", f"point-{email.pk}")
        assert "nothing left to confirm" in card(staff_client)

        assert "Anna Berg" in answer(staff_client, "again", "")

    def test_what_is_gone_meanwhile_is_told(self, staff_client, email):
        key = f"point-{email.pk}"
        email.delete()

        assert "no longer in the register" in answer(staff_client, "right", key)
        for odd in ("point-", "point-99999999999999999999", "role-x", ""):
            assert "no longer in the register" in answer(staff_client, "right", odd)

    def test_onlooker_tidies_nothing(self, onlooker_client, email):
        assert onlooker_client.get(CARD).status_code == 302
        onlooker_client.post(CARD, {"action": "right", "thing": f"point-{email.pk}"})
        email.refresh_from_db()
        assert email.verified_at is None


def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_num_queries, django_assert_max_num_queries):
    EmailFactory()
    AffiliationFactory()
    with django_assert_max_num_queries(60) as few:
        staff_client.get(f"{CARD}list/")
    for _number in range(10):
        EmailFactory()
        AffiliationFactory()
    with django_assert_num_queries(len(few)):
        read = text(staff_client.get(f"{CARD}list/"))

    assert "22 roles, addresses, numbers and licences" in read
    assert "never confirmed" in read


class TestList:
    def rows(self, client, query=""):
        return [thing.record for thing, _url in client.get(f"{CARD}list/{query}").context["rows"]]

    def test_is_narrowed_down_to_ages(self, staff_client):
        today = timezone.localdate()
        never, fresh = EmailFactory(), EmailFactory(verified_at=today)
        stale, ageing = (AffiliationFactory(confirmed_at=months_before(today, number)) for number in (30, 13))

        assert self.rows(staff_client) == [never, stale, ageing, fresh]
        assert self.rows(staff_client, "?age=stale&age=never") == [never, stale]
        assert self.rows(staff_client, "?age=ageing") == [ageing]
        assert self.rows(staff_client, "?age=odd") == [never, stale, ageing, fresh]

    def test_leads_to_the_record_and_to_confirming_it(self, staff_client):
        email = EmailFactory()

        page = staff_client.get(f"{CARD}list/?p=1").content.decode()

        assert f"/admin/contact/inspect/{email.contact_id}/" in page
        assert f"{CARD}?thing=point-{email.pk}&amp;next=%2Fadmin%2Fregister%2Ftidying%2Flist%2F%3Fp%3D1" in page
