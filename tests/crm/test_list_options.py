"""Lists as people set them up: columns, order, groups, sums, chips and what stands beside the list; all of it in the address."""

import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from crm.models import Contact, Organisation
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    FeeFactory,
    HoldingFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectRoleFactory,
    RoleFactory,
    SeatFactory,
    TaggingFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db

ALL_CONTACT_COLUMNS = (
    "roles,email,phone,organisation,municipality,member,networks,licences,tags,last_activity,created,changed,source,language,quick_facts"
)
ALL_ORGANISATION_COLUMNS = (
    "kind,municipality,parent,email,phone,member_since,fee,people,website,number,networks,licences,tags,last_activity,changed,quick_facts"
    "roles,email,phone,organisation,municipality,member,networks,projects,tags,last_activity,created,changed,source,language,quick_facts"
)
ALL_ORGANISATION_COLUMNS = (
    "kind,municipality,parent,email,phone,member_since,fee,people,website,number,networks,projects,tags,last_activity,changed,quick_facts"
)


def column_names(response):
    return list(response.context["table"].columns)


def names(response):
    return [str(one) for one in response.context["object_list"]]


def groups(response):
    return [(group.heading, group.count, len(rows)) for group, rows in response.context["table"].groups]


def footer(response):
    return {column.name: total for column, total in response.context["table"].footer}


# Columns


def test_columns_are_shown_in_the_order_of_the_address(staff_client):
    AffiliationFactory(contact__quick_facts="ring före 10")
    response = staff_client.get("/admin/contact/?columns=quick_facts,email,nonsense")
    assert column_names(response) == ["bulk", "title", "quick_facts", "email", "peek"]
    assert "ring före 10" in response.content.decode()


def test_columns_are_moved_without_script(staff_client):
    response = staff_client.get("/admin/contact/?columns=roles&columns=email&up=email&panel=columns&q=an")
    assert parse_qs(urlsplit(response["Location"]).query) == {"columns": ["email,roles"], "panel": ["columns"], "q": ["an"]}
    assert "data-panel open" in staff_client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("address", ["?columns=roles&columns=email&down=email", "?columns=roles,email&up=roles"])
def test_column_at_the_end_stays_there(staff_client, address):
    assert "columns=roles,email" in staff_client.get(f"/admin/contact/{address}")["Location"]


def make_rows(number):
    network, project = NetworkFactory(), ProjectFactory()
    for _number in range(number):
        membership = MembershipFactory(organisation__municipality=MunicipalityFactory(), organisation__website="https://a.example")
        FeeFactory(membership=membership)
        contact = AffiliationFactory(organisation=membership.organisation).contact
        EmailFactory(contact=contact)
        SeatFactory(network=network, organisation=membership.organisation, contact=contact)
        HoldingFactory(licence__seats=1, licence__supplier=membership.organisation, contact=contact, organisation=membership.organisation)
        PartnerFactory(project=project, organisation=membership.organisation)
        ProjectRoleFactory(project=project, contact=contact)
        TaggingFactory(contact=contact)
        TaggingFactory(contact=None, organisation=membership.organisation)
        ParticipationFactory(contact=contact, organisation=membership.organisation)


@pytest.mark.parametrize(("name", "columns"), [("contact", ALL_CONTACT_COLUMNS), ("organisation", ALL_ORGANISATION_COLUMNS)])
def test_all_columns_keep_their_queries_when_rows_grow(name, columns, staff_client, django_assert_max_num_queries):
    address = f"/admin/{name}/?columns={columns}"
    make_rows(2)
    staff_client.get(address)
    with django_assert_max_num_queries(35) as few:
        staff_client.get(address)
    make_rows(10)
    with django_assert_max_num_queries(35) as many:
        staff_client.get(address)
    assert len(many) == len(few)


def test_hidden_columns_ask_nothing(staff_client, django_assert_max_num_queries):
    make_rows(2)
    staff_client.get("/admin/contact/")
    with django_assert_max_num_queries(30) as all_columns:
        staff_client.get(f"/admin/contact/?columns={ALL_CONTACT_COLUMNS}")
    with django_assert_max_num_queries(30) as one_column:
        staff_client.get("/admin/contact/?columns=source")
    assert len(one_column) < len(all_columns)


def test_last_activity_is_the_latest_that_has_been_and_was_attended(staff_client):
    contact = ContactFactory()
    for day, how in [("2018-01-10", "attended"), ("2018-02-10", "stayed_away"), ("2999-01-01", "attended")]:
        ParticipationFactory(contact=contact, activity=ActivityFactory(day=datetime.date.fromisoformat(day)), how=how)
    assert "2018-01-10" in staff_client.get("/admin/contact/?columns=last_activity").content.decode()


# Order


def test_what_is_missing_sorts_last_both_ways(staff_client):
    early, late = [MembershipFactory(since=f"{year}-01-01").organisation for year in (1999, 2015)]
    never = OrganisationFactory()
    for order, first in [("member_since", early), ("-member_since", late)]:
        found = list(staff_client.get(f"/admin/organisation/?columns=member_since&ordering={order}").context["object_list"])
        assert (found[0], found[-1]) == (first, never)


def test_list_may_be_sorted_by_a_column_that_is_hidden(staff_client):
    organisation = AffiliationFactory(organisation__name="Ö", contact__last_name="Al").organisation
    AffiliationFactory(organisation__name="A", contact__last_name="Berg")
    response = staff_client.get("/admin/contact/?columns=email&ordering=-organisation")
    assert response.context["object_list"][0].affiliations.get().organisation == organisation


def test_networks_are_sorted_by_name(staff_client):
    for name in ("Öst", "Zon", "Ask"):
        SeatFactory.create_batch(2, network=NetworkFactory(name=name))
    assert names(staff_client.get("/admin/network/")) == ["Ask", "Zon", "Öst"]


# Groups and sums


def test_rows_stand_under_headings_with_the_counts_of_the_whole_list(staff_client):
    role = RoleFactory(name="Rektor")
    AffiliationFactory.create_batch(52, role=role)
    ContactFactory()
    first, second = [staff_client.get(f"/admin/contact/?group=role&p={page}") for page in (1, 2)]
    assert groups(first) == [("Rektor", 52, 50)]
    assert [(count, rows) for _heading, count, rows in groups(second)] == [(52, 2), (1, 1)]
    assert len({one.pk for page in (first, second) for one in page.context["object_list"]}) == 53


def test_empty_and_missing_values_are_one_group(staff_client):
    OrganisationFactory(municipality=MunicipalityFactory(subregion=""))
    OrganisationFactory(municipality=MunicipalityFactory(subregion="Skaraborg"))
    OrganisationFactory(municipality=None)
    found = groups(staff_client.get("/admin/organisation/?group=subregion"))
    assert [(count, rows) for _heading, count, rows in found] == [(1, 1), (2, 2)]


def test_person_with_two_roles_stands_once(staff_client):
    contact = AffiliationFactory(since="2017-01-01").contact
    AffiliationFactory(contact=contact, since="2018-01-01")
    assert sum(rows for _heading, _count, rows in groups(staff_client.get("/admin/contact/?group=role"))) == 1


def test_person_found_by_a_role_stands_under_that_one(staff_client):
    head, teacher = RoleFactory(name="Rektor"), RoleFactory(name="Lärare")
    contact = AffiliationFactory(role=teacher, since="2017-01-01").contact
    AffiliationFactory(contact=contact, role=head, since="2018-01-01")
    assert groups(staff_client.get("/admin/contact/?group=role")) == [("Rektor", 1, 1)]
    assert groups(staff_client.get(f"/admin/contact/?group=role&role={teacher.pk}")) == [("Lärare", 1, 1)]


@pytest.mark.parametrize("name", ["contact", "organisation", "network", "membership", "project", "licence", "holding"])
def test_every_group_of_a_list_works(name, staff_client):
    make_rows(2)
    for key, _label, url, _is_current in staff_client.get(f"/admin/{name}/").context["list_options"]["groups"]:
        response = staff_client.get(url)
        assert response.status_code == 200
        assert not key or groups(response), key


def test_sums_are_of_the_filtered_list_not_of_the_page(staff_client):
    for organisation in OrganisationFactory.create_batch(60, kind=Organisation.Kind.COMPANY):
        AffiliationFactory(organisation=organisation)
    AffiliationFactory.create_batch(2, organisation=OrganisationFactory(kind=Organisation.Kind.FUNDER))
    assert footer(staff_client.get("/admin/organisation/?columns=people"))["people"] == "62"
    assert footer(staff_client.get("/admin/organisation/?columns=people&kind=company"))["people"] == "60"
    assert footer(staff_client.get("/admin/organisation/?columns=people&kind=authority"))["people"] == "0"


def test_latest_fees_are_summed_up(staff_client):
    membership = FeeFactory(amount=100).membership
    FeeFactory(membership=membership, year="2016/2017", amount=90)
    FeeFactory(amount="50.50")
    assert footer(staff_client.get("/admin/membership/?columns=amount"))["amount"] == "150,50"


# Chips and counts


def test_each_condition_has_a_link_that_takes_it_away(staff_client):
    ContactFactory()
    response = staff_client.get("/admin/contact/?kind=company&kind=funder&q=lind&columns=email&p=2")
    chips = [(chip.value, parse_qs(urlsplit(chip.href).query)) for chip in response.context["view"].active_filters]
    assert [without.get("kind", []) for _value, without in chips] == [["funder"], ["company"], ["company", "funder"]]
    assert [without.get("q") for _value, without in chips] == [["lind"], ["lind"], None]
    assert all(without["columns"] == ["email"] and "p" not in without for _value, without in chips)


def test_searching_keeps_columns_order_and_groups(staff_client):
    page = staff_client.get("/admin/contact/?columns=email,tags&group=role&ordering=-sort_key").content.decode()
    form = page[page.index('role="search"') :]
    form = form[: form.index("</form>")]
    for name, value in [("columns", "email,tags"), ("group", "role"), ("ordering", "-sort_key")]:
        assert f'<input type="hidden" name="{name}" value="{value}">' in form


def test_counts_say_what_each_choice_would_give(staff_client):
    OrganisationFactory.create_batch(2, kind=Organisation.Kind.COMPANY)
    MembershipFactory(organisation__kind=Organisation.Kind.MUNICIPALITY)
    counts = staff_client.get("/admin/organisation/facets/").json()
    assert (counts["kind"]["company"], counts["kind"]["municipality"], counts["kind"]["funder"]) == (2, 1, 0)
    assert counts["member"] == {"yes": 1, "no": 2}
    narrowed = staff_client.get("/admin/organisation/facets/?member=yes&kind=company").json()
    assert narrowed["kind"]["municipality"] == 1
    assert narrowed["member"] == {"yes": 0, "no": 2}


def test_counts_ask_no_more_when_rows_grow(staff_client, django_assert_max_num_queries):
    AffiliationFactory.create_batch(2)
    staff_client.get("/admin/contact/facets/")
    with django_assert_max_num_queries(30) as few:
        staff_client.get("/admin/contact/facets/")
    AffiliationFactory.create_batch(8)
    with django_assert_max_num_queries(30) as many:
        staff_client.get("/admin/contact/facets/")
    assert len(many) == len(few)


# The record beside the list


def test_record_is_seen_beside_the_list(staff_client):
    contact = AffiliationFactory(contact__quick_facts="ring före 10", organisation__name="Komvux Åmål").contact
    TaskFactory(contact=contact, what="Skicka avtalet")
    ParticipationFactory(contact=contact, activity=ActivityFactory(subject="Höstens behov"))
    page = staff_client.get(f"/admin/contact/peek/{contact.pk}/?fragment").content.decode()
    for text in ("ring före 10", "Komvux Åmål", "Skicka avtalet", "Höstens behov", f"/admin/contact/inspect/{contact.pk}/"):
        assert text in page
    assert "<html" not in page
    assert "<html" in staff_client.get(f"/admin/contact/peek/{contact.pk}/").content.decode()


@pytest.mark.parametrize(("make", "query"), [(ContactFactory, "?q=skara"), (OrganisationFactory, "")])
def test_glance_leads_to_the_record_as_the_list_does(make, query, staff_client):
    record = make(**({"last_name": "Skara"} if make is ContactFactory else {"name": "Skara"}))
    names = f"/admin/{record._meta.model_name}/peek/{record.pk}/", f"/admin/{record._meta.model_name}/inspect/{record.pk}/"
    page = staff_client.get(f"/admin/{record._meta.model_name}/{query}").content.decode()
    listed = page.split(f'href="{names[1]}?')[1].split('"')[0]
    assert f'href="{names[0]}?{listed}"' in page
    assert f'href="{names[1]}?{listed}"' in staff_client.get(f"{names[0]}?{listed}&fragment").content.decode()


@pytest.mark.parametrize("make", [OrganisationFactory, NetworkFactory, MembershipFactory, ProjectFactory, HoldingFactory])
def test_other_records_are_seen_too(make, staff_client):
    record = make()
    assert str(record) in staff_client.get(f"/admin/{record._meta.model_name}/peek/{record.pk}/?fragment").content.decode()


def test_onlooker_sees_the_record_without_a_way_to_its_form(onlooker_client):
    contact = ContactFactory()
    page = onlooker_client.get(f"/admin/contact/peek/{contact.pk}/?fragment").content.decode()
    assert contact.name in page
    assert "/edit/" not in page


def test_strangers_see_nothing(client, django_user_model):
    contact = ContactFactory()
    for address in (f"peek/{contact.pk}/", "facets/", "views/add/"):
        assert client.get(f"/admin/contact/{address}").status_code == 302
    assert Contact.objects.count() == 1
