"""What is deleted or archived: found by staff, and brought back by them."""

import re

import pytest
from django.utils.html import strip_tags

from crm.models import Affiliation, ChangeSet, Contact, Holding, Membership, Role
from crm.services.archiving import archive
from crm.services.ledger import change_set
from newsletter.models import Subscription
from tests.dumps import dump
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    FeeFactory,
    HoldingFactory,
    MunicipalityFactory,
    OrganisationFactory,
    RoleFactory,
    SegmentFactory,
    UserFactory,
)
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/register/removed/"


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def karin():
    return UserFactory(first_name="Karin", last_name="Ek")


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Åberg")
    EmailFactory(contact=contact, value="anna@kommun.example")
    AffiliationFactory(contact=contact, organisation__name="Lärcentrum Lidköping", role__name="Rektor")
    return contact


def delete(*records, by=None, cause="command", note=""):
    with change_set(actor=by, cause=cause, note=note) as opened:
        for record in records:
            type(record).objects.get(pk=record.pk).delete()
    return opened


def names(client, **params):
    return [row.name for row in client.get(LIST, params).context["rows"]]


def bring_back(client, record):
    return client.post(f"{LIST}{record._meta.label_lower}/{record.pk}/bring-back/", follow=True)


def test_says_what_when_who_and_why(staff_client, anna, karin):
    archive(anna, acting_user=karin)
    delete(RoleFactory(name="Lektor"), by=karin, note="städning")

    content = staff_client.get(LIST).content.decode()
    read = re.sub(r"\s+", " ", strip_tags(content[content.index("<main") : content.index("</main")]))

    for expected in ("Anna Åberg Contact Archived", "Lektor Role Deleted", "Karin Ek, archiving", "Karin Ek, command line: städning"):
        assert expected in read


def test_deleted_person_comes_back_with_all_that_went_along_and_nothing_else(staff_client, anna):
    subscription = SubscriptionFactory(newsletter=NewsletterFactory(), contact=anna)
    role = RoleFactory()
    before = dump("crm.role")
    delete(anna, role)
    assert Subscription.objects.get().contact is None

    response = bring_back(staff_client, anna)

    assert dump("crm.role") == before
    assert not Role.objects.filter(pk=role.pk).exists()
    assert Subscription.objects.get() == subscription
    assert "“Anna Åberg” is back" in response.content.decode()
    assert Contact.objects.search("aberg lidkoping").get() == anna


@pytest.mark.parametrize("make", [RoleFactory, MunicipalityFactory, SegmentFactory])
def test_simple_records_come_back(make, staff_client):
    record = make()
    before = dump()
    delete(record)
    assert names(staff_client) == [str(record)]

    bring_back(staff_client, record)

    assert dump() == before
    assert names(staff_client) == []


def test_membership_is_called_after_its_organisation_and_comes_back_with_fees(staff_client):
    membership = FeeFactory(membership__organisation__name="Tjörns kommun").membership
    delete(membership)
    assert names(staff_client, q="tjorn") == ["Tjörns kommun"]
    bring_back(staff_client, membership)
    assert Membership.objects.get().fees.count() == 1


@pytest.mark.parametrize("text", ["", "enkat", "aberg", "lidkoping aberg"])
def test_holding_is_called_after_licence_and_holder_and_comes_back(text, staff_client, anna):
    organisation = OrganisationFactory(name="Lärcentrum Lidköping")
    holding = HoldingFactory(licence__name="Enkätverktyget", contact=anna, organisation=organisation)
    delete(holding)
    assert names(staff_client, q=text) == ["Enkätverktyget: Anna Åberg, Lärcentrum Lidköping"]
    assert names(staff_client, q=f"{text} nobody") == []
    bring_back(staff_client, holding)
    assert Holding.objects.get() == holding


def test_archived_record_returns_to_the_lists(staff_client, anna, karin):
    archive(anna, acting_user=karin)
    bring_back(staff_client, anna)
    assert Contact.objects.active().get() == anna
    assert names(staff_client) == []


def test_bringing_back_can_be_undone(staff_client):
    role = RoleFactory()
    delete(role)
    response = bring_back(staff_client, role)
    done = ChangeSet.objects.first()
    assert f"/admin/register/changes/{done.pk}/undo/" in response.content.decode()
    staff_client.post(f"/admin/register/changes/{done.pk}/undo/")
    assert names(staff_client) == [str(role)]


def test_deleted_twice_stands_once(staff_client):
    role = RoleFactory(name="Rektor")
    delete(role)
    bring_back(staff_client, role)
    delete(role)
    assert names(staff_client) == ["Rektor"]


def test_what_was_erased_at_somebodys_wish_is_not_found(staff_client, anna):
    delete(anna, cause="erasure")
    assert names(staff_client) == []


def test_name_taken_since_is_said_and_nothing_happens(staff_client):
    role = RoleFactory(name="Rektor")
    delete(role)
    RoleFactory(name="Rektor")
    response = bring_back(staff_client, role)
    assert Role.objects.count() == 1
    assert "something else has its name" in response.content.decode() or "nothing to undo" in response.content.decode()


def test_organisation_that_is_gone_has_to_come_first(staff_client, anna):
    organisation = Affiliation.objects.get().organisation
    delete(anna)
    delete(organisation)
    response = bring_back(staff_client, anna)
    content = response.content.decode()
    assert Contact.objects.exists() or "Bring that back first" in content
    bring_back(staff_client, organisation)
    assert organisation.name in str(list(type(organisation).objects.all()))


@pytest.mark.parametrize("query", ["aberg", "ÅBERG", "anna åb", "berg anna"])
@pytest.mark.parametrize("how", ["deleted", "archived"])
def test_search_is_folded(query, how, staff_client, anna, karin):
    other = ContactFactory(first_name="Bo", last_name="Ek")
    for one in (anna, other):
        delete(one) if how == "deleted" else archive(one, acting_user=karin)
    assert names(staff_client, q=query) == ["Anna Åberg"]


def test_narrowed_by_kind_and_state(staff_client, anna, karin):
    archive(anna, acting_user=karin)
    delete(RoleFactory(name="Lektor"))
    assert names(staff_client, kind="crm.role") == ["Lektor"]
    assert names(staff_client, state="archived") == ["Anna Åberg"]
    assert names(staff_client, state="deleted") == ["Lektor"]
    assert names(staff_client, kind="crm.role", state="archived") == []
    assert sorted(names(staff_client, kind="?", state="?", p="?")) == ["Anna Åberg", "Lektor"]


def test_odd_searches_are_harmless(staff_client, anna):
    delete(anna)
    for query in ("[", "a.*", "\\", "x\x00", "%", "(", "å" * 300):
        assert names(staff_client, q=query) == [], query


def test_onlooker_looks_and_brings_nothing_back(onlooker_client, anna, karin):
    role = RoleFactory(name="Lektor")
    delete(role)
    archive(anna, acting_user=karin)

    response = onlooker_client.get(LIST)
    assert sorted(row.name for row in response.context["rows"]) == ["Anna Åberg", "Lektor"]
    assert "bring-back" not in response.content.decode()
    for record in (role, anna):
        bring_back(onlooker_client, record)
    assert not Role.objects.filter(name="Lektor").exists()
    assert not Contact.objects.active().exists()


def test_staff_finds_buttons_and_the_menu_item(staff_client, anna):
    delete(RoleFactory())
    assert "bring-back" in staff_client.get(LIST).content.decode()
    assert LIST in staff_client.get("/admin/").content.decode()


def test_outsider_is_refused(client):
    client.force_login(UserFactory())
    assert client.get(LIST).status_code == 302


def test_history_of_the_deleted_leads_back(staff_client):
    role = RoleFactory(name="Lektor")
    delete(role)
    assert "bring-back" in staff_client.get(f"/admin/role/history/{role.pk}/").content.decode()


def test_nothing_removed_is_said(staff_client):
    assert "Nothing has been deleted or archived" in staff_client.get(LIST).content.decode()
    assert "fits this search" in staff_client.get(LIST, {"q": "x"}).content.decode()


def test_what_never_was_is_not_found(staff_client, anna):
    for path in ("crm.role/4711", "crm.fee/1", "x/1", f"crm.role/{'9' * 30}"):
        assert staff_client.post(f"{LIST}{path}/bring-back/").status_code == 404


def test_list_keeps_its_queries_when_rows_grow(staff_client, karin, django_assert_max_num_queries):
    def make():
        delete(ContactFactory(), RoleFactory(), FeeFactory().membership, OrganisationFactory(), by=karin)
        archive(ContactFactory(), acting_user=karin)
        archive(FeeFactory().membership, acting_user=karin)

    make()
    staff_client.get(LIST)
    with django_assert_max_num_queries(35) as few:
        staff_client.get(LIST)
    for _number in range(6):
        make()
    with django_assert_max_num_queries(35) as many:
        assert len(staff_client.get(LIST).context["rows"]) == 42
    assert len(many) == len(few)
