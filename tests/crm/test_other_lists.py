"""The lists without a story of their own: they open, search, keep their queries and protect what is in use."""

import re

import pytest
from django.contrib.auth.models import Permission

from crm.models import Role
from tests.factories.crm import (
    AffiliationFactory,
    FeeFactory,
    FeeRuleFactory,
    HoldingFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    PartnerFactory,
    ProjectFactory,
    RoleFactory,
    SeatFactory,
    SegmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LISTS = {
    "network": lambda: SeatFactory(),
    "licence": lambda: HoldingFactory(licence__supplier=OrganisationFactory(), licence__seats=3),
    "holding": lambda: HoldingFactory(organisation=OrganisationFactory()),
    "project": lambda: PartnerFactory(project=ProjectFactory(funder=OrganisationFactory())),
    "feeround": lambda: FeeFactory(fee_round=FeeRuleFactory().fee_round),
    "role": RoleFactory,
    "municipality": MunicipalityFactory,
    "segment": lambda: SegmentFactory(query=f"member=yes&role={RoleFactory().pk}&network={NetworkFactory().pk}"),
}


@pytest.mark.parametrize("name", LISTS)
def test_list_keeps_its_queries_when_rows_grow(name, staff_client, django_assert_max_num_queries):
    make = LISTS[name]
    make()
    staff_client.get(f"/admin/{name}/")
    with django_assert_max_num_queries(25) as few:
        staff_client.get(f"/admin/{name}/")
    for _number in range(20):
        make()
    with django_assert_max_num_queries(25) as many:
        assert staff_client.get(f"/admin/{name}/").status_code == 200
    assert len(many) == len(few)


def test_network_list_counts_the_seats_of_today(staff_client):
    network = NetworkFactory()
    SeatFactory.create_batch(2, network=network)
    SeatFactory(network=network, until="2001-01-01")
    assert [one.current_seats for one in staff_client.get("/admin/network/").context["object_list"]] == [2]


def test_role_in_use_is_not_deleted_and_the_reason_is_said(staff_client):
    role = AffiliationFactory().role
    response = staff_client.post(f"/admin/role/delete/{role.pk}/", follow=True)
    assert "används fortfarande av: Uppdrag" in response.content.decode()
    assert Role.objects.filter(pk=role.pk).exists()


def test_unused_role_is_deleted(staff_client):
    role = RoleFactory()
    staff_client.post(f"/admin/role/delete/{role.pk}/")
    assert not Role.objects.filter(pk=role.pk).exists()


def test_cells_name_their_column_for_where_the_list_has_no_headings(staff_client):
    RoleFactory(expected_at_members=True)
    RoleFactory(expected_at_members=False)
    page = staff_client.get("/admin/role/").content.decode()
    assert re.findall(r'data-label="Bör finnas hos varje medlem">(.+?)</td>', page) == ["ja", "–"]


# Search on the first page and in the sidebar


def test_first_page_searches_the_register_for_whoever_has_no_pages(staff_client):
    page = staff_client.get("/admin/").content.decode()
    assert '<form class="w-mb-12" action="/admin/contact/"' in page


def test_first_page_searches_the_pages_for_whoever_has_some(admin_client):
    assert re.search(r'<form class="w-mb-12" action="/admin/pages/\d+/"', admin_client.get("/admin/").content.decode())


def test_first_page_has_no_search_for_whoever_may_see_neither(client):
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    assert 'role="search"' not in client.get("/admin/").content.decode()


def test_sidebar_searches_the_contacts(staff_client):
    page = staff_client.get("/admin/").content.decode()
    assert re.search(r'"wagtail.sidebar.SearchModule", "_args": \["/admin/contact/"\]', page)


def test_address_that_leads_nowhere_is_said_in_the_products_own_words(staff_client):
    response = staff_client.get("/admin/nonsense/")
    assert response.status_code == 404
    assert "knutpunkt-mark" in response.content.decode()
