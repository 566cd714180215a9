"""Filters that reach through relations, and relative dates: one test for each."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from crm.filters.contacts import contacts_matching, describe
from crm.filters.organisations import OrganisationFilterSet
from crm.models import Activity, ChangeSet, ContactPoint, Organisation, Participation
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    MembershipFactory,
    MunicipalityFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    RoleFactory,
    SeatFactory,
    SegmentFactory,
    TagFactory,
    TaggingFactory,
    TaskFactory,
)
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.localdate() - datetime.timedelta(days=days)


def met(days, kind=Activity.Kind.VISIT, **values):
    return ParticipationFactory(activity=ActivityFactory(day=ago(days), kind=kind), **values)


def organisations(query):
    filters = OrganisationFilterSet(QueryDict(query), queryset=Organisation.objects.all())
    assert filters.is_valid(), filters.errors
    return set(filters.qs)


class TestOneAndTheSameRole:
    def test_conditions_of_two_roles_do_not_add_up(self):
        head = RoleFactory()
        fyrbodal = OrganisationFactory(municipality=MunicipalityFactory(subregion="Fyrbodal"))
        scattered = AffiliationFactory(role=head).contact
        AffiliationFactory(contact=scattered, organisation=fyrbodal)
        there = AffiliationFactory(role=head, organisation=fyrbodal).contact
        assert list(contacts_matching(f"role={head.pk}&subregion=Fyrbodal")) == [there]

    def test_head_at_a_member_in_a_subregion(self):
        head = RoleFactory()
        member = MembershipFactory(organisation__municipality=MunicipalityFactory(subregion="Fyrbodal")).organisation
        centre = OrganisationFactory(parent=member, municipality=member.municipality)
        found = AffiliationFactory(role=head, organisation=centre).contact
        elsewhere = AffiliationFactory(role=head).contact
        AffiliationFactory(contact=elsewhere, organisation=centre)
        assert list(contacts_matching(f"role={head.pk}&member=yes&subregion=Fyrbodal")) == [found]

    def test_at_no_member_is_said_of_the_person(self):
        head, centre = RoleFactory(), MembershipFactory().organisation
        AffiliationFactory(contact=AffiliationFactory(role=head).contact, organisation=centre)
        outside = AffiliationFactory(role=head).contact
        assert list(contacts_matching(f"role={head.pk}&member=no")) == [outside]

    def test_role_that_has_ended_helps_no_other(self):
        head, organisation = RoleFactory(), OrganisationFactory()
        contact = AffiliationFactory(role=head, organisation=organisation, until="2001-01-01").contact
        AffiliationFactory(contact=contact, organisation=organisation)
        assert list(contacts_matching(f"role={head.pk}&organisation={organisation.pk}")) == []


class TestMet:
    def test_met_and_not_met_within_a_period(self):
        lately, long_ago, never = met(10).contact, met(400).contact, ContactFactory()
        assert list(contacts_matching("met=last_90_days")) == [lately]
        assert set(contacts_matching("not_met=last_365_days")) == {long_ago, never}

    def test_notes_invitations_and_archived_activities_are_no_meetings(self):
        met(5, kind=Activity.Kind.NOTE)
        met(5, how=Participation.How.INVITED)
        met(5, how=Participation.How.STAYED_AWAY)
        archived = met(5)
        archived.activity.archived_at = timezone.now()
        archived.activity.save()
        assert list(contacts_matching("met=last_90_days")) == []

    def test_what_is_planned_has_not_happened(self):
        met(-5)
        assert list(contacts_matching(f"met={ago(10)}..{ago(-10)}")) == []

    def test_relative_period_is_seen_from_the_day_of_the_list(self):
        contact = ParticipationFactory(activity=ActivityFactory(day="2018-03-01")).contact
        assert list(contacts_matching("met=last_30_days&on=2018-03-15&in_role=no")) == [contact]
        assert list(contacts_matching("met=last_30_days&on=2018-05-15&in_role=no")) == []
        assert list(contacts_matching("met=2017/2018")) == [contact]

    def test_person_met_twice_comes_once(self):
        contact = met(5).contact
        met(6, contact=contact)
        assert contacts_matching("met=last_90_days").count() == 1

    def test_organisation_is_met_itself_or_through_its_people(self):
        itself, through, before = OrganisationFactory.create_batch(3)
        met(5, organisation=itself, contact=None)
        met(5, contact=AffiliationFactory(organisation=through).contact)
        met(5, contact=AffiliationFactory(organisation=before, until=ago(100)).contact)
        assert organisations("met=last_90_days") == {itself, through}
        assert organisations("not_met=last_90_days") == {before}

    def test_person_who_came_for_another_organisation_counts_for_that(self):
        own, other = OrganisationFactory.create_batch(2)
        met(5, contact=AffiliationFactory(organisation=own).contact, organisation=other)
        assert organisations("met=last_90_days") == {other}


def test_open_overdue_and_no_tasks():
    still, late, done, none = ContactFactory.create_batch(4)
    TaskFactory(contact=still)
    TaskFactory(contact=late, due=ago(1))
    TaskFactory(contact=done, done_at=timezone.now())
    assert set(contacts_matching("task=open")) == {still, late}
    assert list(contacts_matching("task=overdue")) == [late]
    assert set(contacts_matching("task=none")) == {done, none}


def test_any_of_several_tags():
    one, two, other = TaggingFactory.create_batch(3)
    TaggingFactory(contact=one.contact, tag=two.tag)
    assert set(contacts_matching(f"tag={one.tag.pk}&tag={two.tag.pk}")) == {one.contact, two.contact}
    centre = OrganisationFactory()
    TaggingFactory(contact=None, organisation=centre, tag=other.tag)
    assert organisations(f"tag={other.tag.pk}") == {centre}


def test_address_that_works_bounces_or_is_missing():
    works, bounces, old = [EmailFactory(status=status).contact for status in ContactPoint.Status.values]
    none = ContactFactory()
    assert list(contacts_matching("email=works")) == [works]
    assert list(contacts_matching("email=bounced")) == [bounces]
    assert set(contacts_matching("email=none")) == {old, none}


def test_language():
    english = ContactFactory(language="en")
    ContactFactory()
    assert list(contacts_matching("language=en")) == [english]


def test_added_and_changed_within_a_period():
    old, new = ContactFactory(), ContactFactory()
    type(old).objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=400))
    assert list(contacts_matching("created=last_30_days")) == [new]
    assert list(contacts_matching(f"created=..{ago(399)}")) == [old]
    assert set(contacts_matching("changed=last_30_days")) == {old, new}
    ChangeSet.objects.update(at=timezone.now() - datetime.timedelta(days=400))
    assert list(contacts_matching("changed=last_30_days")) == []
    assert set(contacts_matching(f"changed=..{ago(399)}")) == {old, new}


class TestSubscribed:
    @pytest.fixture
    def subscribed(self):
        by_link = SubscriptionFactory(contact=ContactFactory()).contact
        by_address = EmailFactory(value="Eva@a.example").contact
        SubscriptionFactory(email="eva@a.example")
        return {by_link, by_address}

    def test_active_subscription_by_link_or_address(self, subscribed):
        left = SubscriptionFactory(contact=ContactFactory(), state="unsubscribed").contact
        assert set(contacts_matching("subscribed=yes")) == subscribed
        assert list(contacts_matching("subscribed=no")) == [left]

    def test_one_newsletter_of_several(self, subscribed):
        other = NewsletterFactory(slug="annat", name="Annat", is_default=False)
        contact = SubscriptionFactory(newsletter=other, contact=ContactFactory()).contact
        assert list(contacts_matching(f"subscribed={other.pk}")) == [contact]
        assert describe(f"subscribed={other.pk}") == ["Nyhetsbrev: Prenumererar på Annat"]

    def test_it_is_neither_offered_to_nor_honoured_for_whoever_may_not_see_it(self, staff_client, subscribed):
        assert 'name="subscribed"' not in staff_client.get("/admin/contact/").content.decode()
        page = staff_client.get("/admin/contact/?subscribed=yes")
        assert list(page.context["object_list"]) == []
        assert "Du får inte filtrera på detta" in page.content.decode()
        segment = SegmentFactory(query="subscribed=yes")
        for path in (f"contact/?segment={segment.pk}", f"segment/{segment.pk}/", f"segment/edit/{segment.pk}/"):
            page = staff_client.get(f"/admin/{path}").content.decode()
            assert "Eva" not in page
            assert "kontakter i dag" not in page
        assert staff_client.post("/admin/segment/new/", {"name": "Ny", "query": "subscribed=yes"}).status_code == 200

    def test_it_is_there_for_whoever_may_see_subscriptions(self, staff_client, staff, subscribed):
        staff.user_permissions.add(Permission.objects.get(codename="view_subscription"))
        page = staff_client.get("/admin/contact/?subscribed=yes")
        assert set(page.context["object_list"]) == subscribed
        assert 'name="subscribed"' in page.content.decode()
        staff_client.post("/admin/segment/new/", {"name": "Ny", "query": "subscribed=yes"})
        segment = SegmentFactory._meta.model.objects.get()
        assert "<strong>2</strong> kontakter i dag" in staff_client.get(f"/admin/segment/{segment.pk}/").content.decode()


def test_organisations_in_a_network_with_people_and_vacancies():
    head = RoleFactory()
    network = NetworkFactory()
    seated = SeatFactory(network=network).organisation
    member = OrganisationFactory()
    centre = OrganisationFactory(parent=member)
    AffiliationFactory(organisation=centre, role=head)
    assert organisations(f"network={network.pk}") == {seated}
    assert organisations("people=yes") == {centre}
    assert organisations("people=no") == {seated, member}
    assert organisations(f"vacant={head.pk}") == {seated}


NONSENSE = [
    "met=i+fjol",
    "not_met=last_0_days",
    "created=2018-03-31..2018-01-01",
    "met=this_month&met=last_month",
    "task=x",
    "tag=x",
    "tag=99999999999999999999",
    "email=x",
    "language=xx",
    "segment=99999",
    "segment=x",
    "subscribed=maybe",
    "changed=%00",
]


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_lets_nobody_in(query):
    ContactFactory()
    with pytest.raises(ValidationError):
        contacts_matching(query)


@pytest.mark.parametrize("query", ["met=i+fjol", "vacant=x", "people=x", "network=99999", "tag=x"])
def test_nonsense_shows_no_organisation_and_says_why(staff_client, query):
    OrganisationFactory()
    page = staff_client.get(f"/admin/organisation/?{query}")
    assert list(page.context["object_list"]) == []
    assert page.context["filter_errors"]


def test_conditions_in_words():
    tag, segment = TagFactory(name="Styrelse"), SegmentFactory(name="Rektorer")
    query = (
        f"met=last_90_days&not_met=operating_year_-1&tag={tag.pk}&segment={segment.pk}&created=2018-01-01..2018-03-31&email=none&task=open"
    )
    assert set(describe(query)) == {
        "Träffad: De senaste 90 dagarna",
        "Inte träffad: Förra verksamhetsåret",
        "Etikett: Styrelse",
        "Urval: Rektorer",
        "Tillagd i registret: 2018-01-01 – 2018-03-31",
        "E-post: Utan e-post",
        "Att göra: Med något att göra",
    }


def test_list_with_every_filter_keeps_its_queries(staff_client, django_assert_max_num_queries):
    tag, segment = TagFactory(), SegmentFactory(query="task=open")
    query = f"met=last_90_days&tag={tag.pk}&segment={segment.pk}&created=last_30_days&changed=last_30_days&email=works&language=sv"

    def grow():
        contact = met(5).contact
        EmailFactory(contact=contact)
        TaskFactory(contact=contact)
        TaggingFactory(contact=contact, tag=tag)

    grow()
    staff_client.get(f"/admin/contact/?{query}")
    with django_assert_max_num_queries(80) as few:
        assert len(staff_client.get(f"/admin/contact/?{query}").context["object_list"]) == 1
    for _number in range(5):
        grow()
    with django_assert_max_num_queries(80) as many:
        assert len(staff_client.get(f"/admin/contact/?{query}").context["object_list"]) == 6
    assert len(many) == len(few)


def test_filter_drawer_keeps_the_period_that_is_chosen(staff_client):
    page = staff_client.get("/admin/contact/?met=last_90_days&not_met=2018-01-01..2018-03-31").content.decode()
    assert '<option value="last_90_days" selected>' in page
    assert 'value="2018-01-01..2018-03-31"' in page
