import datetime

import pytest
from django.utils import timezone

from crm.models import Change, SavedView, Segment, SegmentException
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    MunicipalityFactory,
    OrganisationFactory,
    SegmentExceptionFactory,
    SegmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(db):
    return SegmentFactory(name="I Fyrbodal", query="subregion=Fyrbodal")


@pytest.fixture
def fyrbodal(db):
    return OrganisationFactory(municipality=MunicipalityFactory(subregion="Fyrbodal"))


@pytest.fixture
def inside(fyrbodal):
    return AffiliationFactory(organisation=fyrbodal).contact


def show(client, segment, **params):
    return client.get(f"/admin/segment/{segment.pk}/", params).content.decode()


def add(client, segment, contact, is_in="in", reason=""):
    values = {"exception-contact": contact.pk, "exception-is_in": is_in, "exception-reason": reason}
    return client.post(f"/admin/segment/{segment.pk}/exceptions/add/", values, follow=True)


def test_page_tells_count_conditions_members_and_the_way_on(staff_client, segment, inside):
    page = show(staff_client, segment)
    assert "<strong>1</strong> kontakt i dag" in page
    assert "Delregion: Fyrbodal" in page
    assert str(inside) in page
    assert f'href="/admin/contact/?segment={segment.pk}"' in page
    assert f'href="/admin/contact/export/?segment={segment.pk}"' in page


def test_list_of_segments_leads_to_the_page(onlooker_client, segment):
    assert f'href="/admin/segment/{segment.pk}/"' in onlooker_client.get("/admin/segment/").content.decode()


def test_somebody_is_put_in_by_hand_and_that_can_be_undone(staff_client, staff, segment, fyrbodal):
    contact = ContactFactory()
    page = add(staff_client, segment, contact, reason="bad om det").content.decode()
    exception = SegmentException.objects.get()
    assert (exception.contact, exception.is_in, exception.reason, exception.added_by) == (contact, True, "bad om det", staff)
    assert "<strong>1</strong> kontakt i dag" in page
    assert "bad om det" in page
    change = Change.objects.filter(model="crm.segmentexception").last()
    assert (change.change_set.cause, change.segment_id, change.contact_id) == ("edit", segment.pk, contact.pk)
    assert f"/{change.change_set_id}/undo/" in page


def test_somebody_is_taken_out_by_hand(staff_client, segment, inside):
    page = add(staff_client, segment, inside, "out").content.decode()
    assert "<strong>0</strong> kontakter i dag" in page
    assert "Borttagen" in page


def test_second_decision_about_somebody_replaces_the_first(staff_client, segment, inside):
    add(staff_client, segment, inside, "out")
    add(staff_client, segment, inside, "in")
    assert SegmentException.objects.get().is_in


def test_exception_is_taken_away(staff_client, segment, inside):
    exception = SegmentExceptionFactory(segment=segment, contact=inside, is_in=False)
    url = f"/admin/segment/{segment.pk}/exceptions/{exception.pk}/remove/"
    assert staff_client.get(url).status_code == 405
    assert "<strong>1</strong> kontakt i dag" in staff_client.post(url, follow=True).content.decode()
    assert not SegmentException.objects.exists()
    assert "redan borta" in staff_client.post(url, follow=True).content.decode()


def test_nobody_chosen_is_said(staff_client, segment):
    response = staff_client.post(f"/admin/segment/{segment.pk}/exceptions/add/", {"exception-is_in": "in"}, follow=True)
    assert "Välj en kontakt" in response.content.decode()
    assert not SegmentException.objects.exists()


def test_page_answers_why(staff_client, segment, inside):
    assert "Med, eftersom: Delregion: Fyrbodal" in show(staff_client, segment, why=inside.pk)
    assert "Inte med, eftersom detta inte stämmer: Delregion: Fyrbodal" in show(staff_client, segment, why=ContactFactory().pk)


@pytest.mark.parametrize("params", [{"why": "abc"}, {"why": "9" * 30}, {"by": "i morgon"}, {"by": ""}, {"why": ""}, {"p": "x"}])
def test_nonsense_in_the_address_is_no_accident(staff_client, segment, params):
    assert staff_client.get(f"/admin/segment/{segment.pk}/", params).status_code == 200


def test_page_tells_who_joins_and_leaves(staff_client, segment, fyrbodal):
    soon = timezone.localdate() + datetime.timedelta(days=10)
    AffiliationFactory(organisation=fyrbodal, since=soon, contact__last_name="Nyberg")
    page = show(staff_client, segment, by=str(soon))
    assert "1 tillkommer" in page
    assert "Nyberg" in page
    assert "0 försvinner" in page


def test_segment_fixed_to_a_day_does_not_move(staff_client):
    segment = SegmentFactory(query="on=2018-03-01&in_role=yes")
    assert "vilken dag det än är" in show(staff_client, segment, by="2030-01-01")


def test_page_of_a_filter_that_is_dead_says_so(staff_client):
    page = show(staff_client, SegmentFactory(query="network=99999"))
    assert "ingen är med i urvalet" in page


def test_onlooker_sees_the_page_and_changes_nothing(onlooker_client, segment, inside):
    exception = SegmentExceptionFactory(segment=segment, contact=inside, is_in=False)
    page = show(onlooker_client, segment)
    assert "<strong>0</strong> kontakter i dag" in page
    assert "exceptions/add" not in page
    assert "export/" not in page
    assert f"exceptions/{exception.pk}/remove" not in page
    add(onlooker_client, segment, ContactFactory())
    onlooker_client.post(f"/admin/segment/{segment.pk}/exceptions/{exception.pk}/remove/")
    assert SegmentException.objects.get() == exception


def test_segment_that_another_is_built_on_is_not_deleted(staff_client, segment):
    other = SegmentFactory(name="Byggt på", query=f"segment={segment.pk}")
    assert "Byggt på" in show(staff_client, segment)
    assert "Byggt på" in staff_client.get(f"/admin/segment/delete/{segment.pk}/").content.decode()
    staff_client.post(f"/admin/segment/delete/{segment.pk}/")
    assert Segment.objects.filter(pk=segment.pk).exists()
    staff_client.post(f"/admin/segment/delete/{other.pk}/")
    staff_client.post(f"/admin/segment/delete/{segment.pk}/")
    assert not Segment.objects.exists()


def test_views_of_the_segment_are_told_and_do_not_hold_it(staff_client, staff, segment):
    colleague = UserFactory(first_name="Bo", last_name="Ek")
    query = f"segment={segment.pk}"
    SavedView.objects.create(kind="contact", name="Mina rektorer", query=query, owner=staff)
    SavedView.objects.create(kind="contact", name="Allas", query=query, owner=colleague, is_shared=True)
    SavedView.objects.create(kind="contact", name="Hemlig", query=query, owner=colleague)
    SavedView.objects.create(kind="contact", name="Annat urval", query=f"segment={segment.pk}9", owner=staff)
    page = show(staff_client, segment).split('id="segment-uses"')[1]
    assert "Mina rektorer" in page
    assert "Allas" in page
    assert "Hemlig" not in page
    assert "privat, hos Bo Ek" in page
    assert "Annat urval" not in page
    staff_client.post(f"/admin/segment/delete/{segment.pk}/")
    assert not Segment.objects.exists()


def test_page_keeps_its_queries_when_members_grow(staff_client, segment, fyrbodal, django_assert_max_num_queries):
    def grow(number):
        for contact in [AffiliationFactory(organisation=fyrbodal).contact for _ in range(number)]:
            SegmentExceptionFactory(segment=segment, contact=contact)

    grow(1)
    show(staff_client, segment)
    with django_assert_max_num_queries(60) as few:
        show(staff_client, segment)
    grow(10)
    with django_assert_max_num_queries(60) as many:
        show(staff_client, segment)
    assert len(few) == len(many)
