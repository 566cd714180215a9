"""Next and previous in the list that one came from."""

from urllib.parse import quote, urlencode

import pytest

from tests.crm.test_record_page import url
from tests.factories.crm import AffiliationFactory, ContactFactory, MunicipalityFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def around(client, record, query=""):
    context = client.get(url(record, f"?{urlencode({'list': query})}")).context
    found = context["neighbours"]
    return found and (found.previous, found.number, found.total, found.next)


@pytest.fixture
def four():
    return [ContactFactory(first_name="Kim", last_name=name) for name in ("Adamsson", "Berg", "Berg", "Öberg")]


def test_neighbours_are_those_of_the_list(staff_client, four):
    adam, berg, other, oberg = (contact.pk for contact in four)
    assert [around(staff_client, contact) for contact in four] == [
        (None, 1, 4, berg),
        (adam, 2, 4, other),
        (berg, 3, 4, oberg),
        (other, 4, 4, None),
    ]


def test_neighbours_follow_the_sorting(staff_client, four):
    assert around(staff_client, four[0], "ordering=-sort_key") == (four[2].pk, 4, 4, None)
    # Of the same name, the one with the lower number comes first whichever way the names are sorted.
    assert around(staff_client, four[2], "ordering=-sort_key") == (four[1].pk, 3, 4, four[0].pk)


def test_neighbours_follow_search_and_filter(staff_client, four):
    AffiliationFactory(contact=four[0])
    AffiliationFactory(contact=four[3])
    assert around(staff_client, four[0], "in_role=yes") == (None, 1, 2, four[3].pk)
    assert around(staff_client, four[1], "q=berg") == (None, 1, 3, four[2].pk)
    assert around(staff_client, four[1], "in_role=yes") is None


def test_links_keep_the_list(staff_client, four):
    page = staff_client.get(url(four[1], f"?list={quote('q=berg')}")).content.decode()
    assert f'href="{url(four[2])}?list=q%3Dberg"' in page
    assert 'href="/admin/contact/?q=berg"' in page


def test_who_comes_from_elsewhere_has_no_neighbours(staff_client, four):
    assert staff_client.get(url(four[1])).context["neighbours"] is None


def test_list_sorted_by_a_relation_has_neighbours_too(staff_client):
    ale, orust = (MunicipalityFactory(name=name) for name in ("Ale", "Orust"))
    nowhere = OrganisationFactory(municipality=None)
    last, first = OrganisationFactory(municipality=orust), OrganisationFactory(municipality=ale)
    found = around(staff_client, first, "ordering=municipality__sort_key")
    assert found[3] == last.pk
    assert around(staff_client, nowhere, "ordering=municipality__sort_key")[2] == 3
