"""How old what is known of somebody is: told on their page, beside the list, and in a column of it."""

import datetime
import re
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from crm.ages import months_before
from crm.models import ContactPoint
from tests.crm.changes import text
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
TIDYING = "/admin/register/tidying/"


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def months_ago(number):
    return months_before(timezone.localdate(), number)


def page(client, record, kind="inspect"):
    return client.get(f"/admin/{record._meta.model_name}/{kind}/{record.pk}/").content.decode()


def words(html):
    """What is read by whoever sees the page."""
    return re.sub(r"\s+", " ", strip_tags(re.sub(r'<span class="w-sr-only">.*?</span>', "", html)))


def where_to_confirm(thing, back_to):
    return f"{TIDYING}?{urlencode({'thing': thing, 'next': back_to})}".replace("&", "&amp;")


@pytest.fixture
def anna():
    contact = EmailFactory(contact__first_name="Anna", contact__last_name="Berg", source="Mässan", verified_at=months_ago(30)).contact
    AffiliationFactory(contact=contact, source="matrikel.xlsx", confirmed_at=months_ago(13), organisation__name="Komvux Åmål")
    return contact


class TestPage:
    def test_address_and_role_tell_source_and_age_in_words(self, staff_client, anna):
        read = words(page(staff_client, anna))

        assert "over two years ago · from Mässan" in read
        assert "over a year ago · from matrikel.xlsx" in read

    def test_people_of_an_organisation_too(self, staff_client, anna):
        assert "over a year ago · from matrikel.xlsx" in words(page(staff_client, anna.affiliations.get().organisation))

    def test_what_is_fresh_says_the_day_alone(self, staff_client):
        contact = EmailFactory(verified_at=timezone.localdate()).contact

        read = page(staff_client, contact)

        assert "age--fresh" in read
        assert "ago" not in read
        assert TIDYING + "?thing" not in read

    def test_what_is_past_has_no_age(self, staff_client):
        contact = EmailFactory(status=ContactPoint.Status.HISTORICAL, source="Mässan").contact
        AffiliationFactory(contact=contact, until=datetime.date(2017, 6, 30), source="matrikel.xlsx")

        read = page(staff_client, contact)

        assert "never confirmed" not in read
        assert "from Mässan" in words(read)
        assert "from matrikel.xlsx" in words(read)

    def test_old_address_is_confirmed_and_one_is_back(self, staff_client, anna):
        here, key = f"/admin/contact/inspect/{anna.pk}/", f"point-{anna.contact_points.get().pk}"
        link = where_to_confirm(key, here)
        assert f'href="{link}"' in page(staff_client, anna)
        assert f'name="next" value="{here}"' in staff_client.get(link.replace("&amp;", "&")).content.decode()

        response = staff_client.post(TIDYING, {"thing": key, "action": "right", "next": here})

        assert response.url == here
        assert "over two years ago" not in page(staff_client, anna)

    def test_address_elsewhere_is_not_gone_back_to(self, staff_client, anna):
        key = f"point-{anna.contact_points.get().pk}"

        response = staff_client.post(TIDYING, {"thing": key, "action": "later", "next": "https://evil.example/"})

        assert response.url == TIDYING

    def test_onlooker_sees_the_age_without_a_way_to_confirm(self, onlooker_client, anna):
        read = page(onlooker_client, anna)

        assert "over two years ago" in read
        assert TIDYING not in read


@pytest.mark.parametrize("record", ["contact", "organisation"])
def test_page_asks_no_more_for_more_ages(record, staff_client, django_assert_max_num_queries, anna):
    shown = anna if record == "contact" else anna.affiliations.get().organisation

    def add(number):
        for _one in range(number):
            AffiliationFactory(**{record: shown})
            EmailFactory(**{"contact": None, record: shown, "is_primary": False})

    add(1)
    page(staff_client, shown)
    with django_assert_max_num_queries(90) as few:
        page(staff_client, shown)
    add(8)
    with django_assert_max_num_queries(90) as many:
        page(staff_client, shown)
    assert len(many) <= len(few)


def test_record_beside_the_list_tells_it_too(staff_client, anna):
    read = words(page(staff_client, anna, "peek"))

    assert "over two years ago · from Mässan" in read
    assert "over a year ago · from matrikel.xlsx" in read


class TestColumn:
    def listed(self, client, ordering="data_age"):
        return client.get(f"/admin/contact/?columns=data_age&ordering={ordering}")

    def names(self, response):
        return [contact.last_name for contact in response.context["object_list"]]

    @pytest.fixture
    def people(self):
        def contact(name):
            return ContactFactory(last_name=name)

        never = EmailFactory(contact=contact("Aldrig"), verified_at=None).contact
        AffiliationFactory(contact=never, confirmed_at=timezone.localdate())
        old = EmailFactory(contact=contact("Gammal"), verified_at=months_ago(30)).contact
        AffiliationFactory(contact=old, confirmed_at=timezone.localdate())
        fresh = EmailFactory(contact=contact("Färsk"), verified_at=timezone.localdate()).contact
        AffiliationFactory(contact=fresh, confirmed_at=months_ago(13))
        EmailFactory(contact=fresh, status=ContactPoint.Status.HISTORICAL)
        AffiliationFactory(contact=fresh, until=datetime.date(2017, 6, 30))
        AffiliationFactory(contact=fresh, organisation=OrganisationFactory(archived_at=timezone.now()))
        contact("Tom")

    @pytest.mark.usefixtures("people")
    def test_oldest_of_what_somebody_has_counts_and_nothing_comes_last(self, staff_client):
        rising = self.listed(staff_client)

        assert self.names(rising) == ["Aldrig", "Gammal", "Färsk", "Tom"]
        assert self.names(self.listed(staff_client, "-data_age")) == ["Färsk", "Gammal", "Aldrig", "Tom"]
        read = text(rising)
        assert read.index("never confirmed") < read.index("over two years ago") < read.index("over a year ago")

    @pytest.mark.usefixtures("people")
    def test_column_asks_no_more_for_more_rows(self, staff_client, django_assert_max_num_queries):
        self.listed(staff_client)
        with django_assert_max_num_queries(40) as few:
            self.listed(staff_client)
        EmailFactory.create_batch(8)
        with django_assert_max_num_queries(40) as many:
            self.listed(staff_client)
        assert len(many) <= len(few)
