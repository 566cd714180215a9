"""Who is in a segment, wherever it is asked: by the page, the list, the export and a newsletter's audience."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.filters.contacts import contacts_matching
from crm.services.segments import contacts_in, movements, put_in, take_out, why
from tests.crm.exports import export, table
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    MunicipalityFactory,
    OrganisationFactory,
    RoleFactory,
    SegmentExceptionFactory,
    SegmentFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def fyrbodal(db):
    return OrganisationFactory(name="Lärcentrum Åmål", municipality=MunicipalityFactory(subregion="Fyrbodal"))


@pytest.fixture
def segment(db):
    return SegmentFactory(name="I Fyrbodal", query="subregion=Fyrbodal")


@pytest.fixture
def inside(fyrbodal):
    return AffiliationFactory(organisation=fyrbodal).contact


@pytest.fixture
def outside(db):
    return AffiliationFactory().contact


def test_exceptions_go_before_the_filter(segment, inside, outside):
    assert list(contacts_in(segment)) == [inside]
    SegmentExceptionFactory(segment=segment, contact=inside, is_in=False)
    SegmentExceptionFactory(segment=segment, contact=outside, is_in=True)
    assert list(contacts_in(segment)) == [outside]


def test_nobody_archived_is_in_it_even_by_hand(inside, outside):
    segment = SegmentFactory(query="subregion=Fyrbodal&archived=all")
    SegmentExceptionFactory(segment=segment, contact=outside)
    for contact in (inside, outside):
        contact.archived_at = timezone.now()
        contact.save()
    assert list(contacts_in(segment)) == []


def test_exception_of_one_segment_does_not_touch_another(segment, inside):
    SegmentExceptionFactory(segment=SegmentFactory(query="q=x"), contact=inside, is_in=False)
    assert list(contacts_in(segment)) == [inside]


def test_list_and_export_go_by_the_same(staff_client, segment, inside, outside):
    take_out(segment, inside, acting_user=None)
    put_in(segment, outside, acting_user=None)
    page = staff_client.get(f"/admin/contact/?segment={segment.pk}")
    assert list(page.context["object_list"]) == [outside]
    assert "Urval" in page.content.decode()
    (row,) = table(export(staff_client, "contact", f"?segment={segment.pk}"))
    assert outside.last_name in row.values()


def test_segment_is_a_condition_among_others(segment, inside, fyrbodal):
    head = RoleFactory(name="Rektor")
    both = AffiliationFactory(organisation=fyrbodal, role=head).contact
    assert list(contacts_matching(f"segment={segment.pk}&role={head.pk}")) == [both]


def test_segment_of_a_segment_keeps_its_exceptions(segment, inside):
    built_on = SegmentFactory(query=f"segment={segment.pk}")
    assert list(contacts_in(built_on)) == [inside]
    take_out(segment, inside, acting_user=None)
    assert list(contacts_in(built_on)) == []


def test_segment_that_leads_back_to_itself_lets_nobody_in(inside):
    one = SegmentFactory(query="q=x")
    other = SegmentFactory(query=f"segment={one.pk}")
    one.query = f"segment={other.pk}"
    one.save()
    with pytest.raises(ValidationError, match=r"del av sig självt"):
        contacts_in(one)


def test_segment_with_a_dead_filter_is_an_error_of_the_list_too(staff_client, inside):
    dead = SegmentFactory(query="network=99999")
    page = staff_client.get(f"/admin/contact/?segment={dead.pk}")
    assert list(page.context["object_list"]) == []
    assert page.context["filter_errors"]


def test_segment_as_of_a_day_is_the_segment_of_that_day(segment, fyrbodal):
    then = AffiliationFactory(organisation=fyrbodal, until="2018-06-30").contact
    assert list(contacts_matching(f"segment={segment.pk}&on=2018-03-01")) == [then]
    assert list(contacts_matching(f"segment={segment.pk}&on=2018-08-01")) == []


class TestWhy:
    def test_in_names_the_conditions(self, segment, inside):
        assert why(segment, inside) == "Med, eftersom: Delregion: Fyrbodal"

    def test_out_names_what_does_not_hold(self, inside):
        tag = TagFactory(name="Styrelse")
        segment = SegmentFactory(query=f"subregion=Fyrbodal&tag={tag.pk}")
        assert why(segment, inside) == "Inte med, eftersom detta inte stämmer: Etikett: Styrelse"

    def test_two_conditions_on_a_role_fail_together(self, fyrbodal, inside):
        head = RoleFactory(name="Rektor")
        AffiliationFactory(contact=inside, role=head)
        segment = SegmentFactory(query=f"role={head.pk}&subregion=Fyrbodal")
        assert list(contacts_in(segment)) == []
        assert "Roll: Rektor; Delregion: Fyrbodal (allt i ett och samma uppdrag)" in why(segment, inside)

    def test_by_hand_names_who_and_why(self, segment, inside, staff):
        staff.first_name, staff.last_name = "Karin", "Ek"
        staff.save()
        take_out(segment, inside, reason="vill inte", acting_user=staff)
        assert why(segment, inside).startswith("Inte med: borttagen av Karin Ek")
        assert why(segment, inside).endswith(": vill inte")

    def test_archived_is_out(self, segment):
        assert "arkiverad" in why(segment, ContactFactory(archived_at=timezone.now()))

    def test_day_of_a_fixed_segment_counts_in_the_answer(self, fyrbodal):
        then = AffiliationFactory(organisation=fyrbodal, until="2018-06-30").contact
        fixed = SegmentFactory(query="subregion=Fyrbodal&on=2018-03-01")
        assert why(fixed, then).startswith("Med, eftersom: Per datum: 2018-03-01; Delregion: Fyrbodal")
        assert why(SegmentFactory(query="on=2018-08-01"), then).startswith("Inte med, eftersom detta inte stämmer: Per datum: 2018-08-01")

    @pytest.mark.parametrize("query", ["member=no", "q=x&email=none", "archived=all&subregion=Fyrbodal", "in_role=yes&on=2018-03-01"])
    def test_it_says_what_the_list_says(self, query, inside, outside):
        segment = SegmentFactory(query=query)
        members = set(contacts_in(segment))
        for contact in (inside, outside):
            assert why(segment, contact).startswith("Med" if contact in members else "Inte med")


def test_who_joins_and_leaves_by_a_day(segment, fyrbodal, inside):
    tomorrow, long_ahead = timezone.localdate() + datetime.timedelta(days=1), timezone.localdate() + datetime.timedelta(days=90)
    leaver = AffiliationFactory(organisation=fyrbodal, until=tomorrow).contact
    joiner = AffiliationFactory(organisation=fyrbodal, since=tomorrow).contact
    joining, leaving = movements(segment, long_ahead)
    assert (list(joining), list(leaving)) == ([joiner], [leaver])


def test_who_has_joined_and_left_since_a_day(segment, fyrbodal, inside):
    yesterday, long_ago = timezone.localdate() - datetime.timedelta(days=1), timezone.localdate() - datetime.timedelta(days=90)
    left = AffiliationFactory(organisation=fyrbodal, until=yesterday).contact
    joined = AffiliationFactory(organisation=fyrbodal, since=yesterday).contact
    joining, leaving = movements(segment, long_ago)
    assert (list(joining), list(leaving)) == ([joined], [left])


def test_nobody_leaves_a_segment_of_tags_for_want_of_a_role():
    tagging = TagFactory()
    contact = ContactFactory()
    contact.taggings.create(tag=tagging)
    joining, leaving = movements(SegmentFactory(query=f"tag={tagging.pk}"), timezone.localdate() + datetime.timedelta(days=30))
    assert (list(joining), list(leaving)) == ([], [])
