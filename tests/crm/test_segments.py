import pytest

from crm.models import Segment
from tests.factories.crm import AffiliationFactory, MunicipalityFactory, NetworkFactory, OrganisationFactory, SegmentFactory

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
