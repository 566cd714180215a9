import pytest
from django.utils import timezone

from crm.models import Segment
from tests.factories.crm import AffiliationFactory, ContactFactory, MunicipalityFactory, NetworkFactory, OrganisationFactory, SegmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_fyrbodal(db):
    municipality = MunicipalityFactory(subregion="Fyrbodal")
    AffiliationFactory()
    return AffiliationFactory(organisation=OrganisationFactory(municipality=municipality)).contact


def test_filtered_list_is_saved_as_a_segment(staff_client, staff, in_fyrbodal):
    page = staff_client.get("/admin/contact/?subregion=Fyrbodal&p=1&ordering=sort_key").content.decode()
    assert "/admin/segment/new/?query=subregion%3DFyrbodal" in page
    form = staff_client.get("/admin/segment/new/", {"query": "subregion=Fyrbodal&p=1"})
    assert "Delregion: Fyrbodal" in form.content.decode()
    assert "1 kontakt i dag" in form.content.decode()
    staff_client.post("/admin/segment/new/", {"name": "Fyrbodal", "query": "subregion=Fyrbodal&p=1"})
    segment = Segment.objects.get()
    assert (segment.query, segment.created_by) == ("subregion=Fyrbodal", staff)


def test_unfiltered_list_is_no_segment(staff_client, in_fyrbodal):
    assert "Spara som urval" not in staff_client.get("/admin/contact/").content.decode()
    response = staff_client.post("/admin/segment/new/", {"name": "Alla", "query": ""})
    assert response.status_code == 200
    assert not Segment.objects.exists()


def test_segment_on_something_deleted_says_so(staff_client):
    segment = SegmentFactory(query="network=99999")
    assert "inte längre finns" in staff_client.get(f"/admin/segment/edit/{segment.pk}/").content.decode()


def test_list_of_segments_says_what_they_filter(staff_client):
    SegmentFactory(query="member=yes&q=berg")
    page = staff_client.get("/admin/segment/").content.decode()
    assert "Medlemskap: Hos en medlem; Sökning: berg" in page


def test_segment_keeps_working_when_its_network_is_archived(staff_client):
    network = NetworkFactory()
    segment = SegmentFactory(query=f"network={network.pk}")
    staff_client.post(f"/admin/network/delete/{network.pk}/")
    response = staff_client.post(f"/admin/segment/edit/{segment.pk}/", {"name": "Nytt namn", "query": segment.query})
    assert response.status_code == 302


def test_segment_with_a_filter_that_makes_no_sense_is_refused(staff_client):
    response = staff_client.post("/admin/segment/new/", {"name": "Fel", "query": "fee_paid=abc"})
    assert response.status_code == 200
    assert not Segment.objects.exists()


def test_segment_may_be_renamed_by_whoever_may_not_see_all_that_it_asks_for(staff_client):
    segment = SegmentFactory(query="subscribed=yes")
    staff_client.post(f"/admin/segment/edit/{segment.pk}/", {"name": "Nytt namn", "query": "subscribed=yes"})
    segment.refresh_from_db()
    assert segment.name == "Nytt namn"


def test_segment_of_archived_people_says_that_it_is_empty(staff_client):
    ContactFactory(archived_at=timezone.now())
    page = staff_client.get("/admin/segment/new/", {"query": "archived=archived"}).content.decode()
    assert "0 kontakter i dag" in page


def test_segment_is_not_built_on_itself(staff_client):
    segment = SegmentFactory(query="q=ek")
    staff_client.post(f"/admin/segment/edit/{segment.pk}/", {"name": "Runt", "query": f"segment={segment.pk}"})
    segment.refresh_from_db()
    assert segment.query == "q=ek"
