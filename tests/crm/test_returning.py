"""Forms lead back to where one came from, and to nowhere else."""

from urllib.parse import urlencode

import pytest
from django.utils import timezone

from tests.factories.crm import ActivityFactory, ContactFactory, ParticipationFactory, TaskFactory

pytestmark = pytest.mark.django_db


def filled_in(**values):
    lines = {"participations-TOTAL_FORMS": 0, "participations-INITIAL_FORMS": 0}
    return {"kind": "visit", "subject": "Höstens behov", "day": "2018-05-02", **lines, **values}


def html(client, url):
    return client.get(url).content.decode()


def back_to(url):
    return urlencode({"next": url})


def test_record_leads_to_an_activity_and_that_back_to_the_record(staff_client):
    one = ParticipationFactory()
    record = f"/admin/contact/inspect/{one.contact_id}/"
    form = f"/admin/activity/edit/{one.activity_id}/?{back_to(record)}"
    assert f'href="{form}"' in html(staff_client, record)
    assert f'action="{form}"' in html(staff_client, form)
    assert staff_client.post(form, filled_in()).url == record


def test_first_page_leads_to_a_meeting_and_to_a_task_that_comes_back(staff_client, staff):
    meeting, task = ActivityFactory(day=timezone.localdate()), TaskFactory(assignee=staff)
    page = html(staff_client, "/admin/")
    assert f'href="/admin/activity/meeting/{meeting.pk}/"' in page
    assert f'href="/admin/task/edit/{task.pk}/?{back_to("/admin/")}"' in page
    data = {"what": task.what, "assignee": staff.pk}
    assert staff_client.post(f"/admin/task/edit/{task.pk}/?{back_to('/admin/')}", data).url == "/admin/"


@pytest.mark.parametrize("address", ["/admin/activity/", "/admin/activity/results/"])
def test_list_is_found_again_as_it_was_narrowed_down(staff_client, address):
    activity = ActivityFactory(kind="visit")
    page = html(staff_client, f"{address}?kind=visit&p=1&_w_filter_fragment=true")
    listed = "/admin/activity/?kind=visit&p=1"
    assert f'href="/admin/activity/edit/{activity.pk}/?{back_to(listed)}"' in page


def test_search_in_vain_still_fills_in_the_form(staff_client):
    page = html(staff_client, "/admin/activity/?q=svets")
    assert f"/admin/activity/new/?{back_to('/admin/activity/?q=svets')}&amp;q=svets" in page


def test_mistake_does_not_lose_the_way_back(staff_client):
    form = f"/admin/activity/new/?{back_to('/admin/')}"
    again = staff_client.post(form, filled_in(subject=""))
    assert f'action="{form}"' in again.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_address_elsewhere_leads_to_the_list(staff_client, elsewhere):
    form = f"/admin/activity/new/?{back_to(elsewhere)}"
    assert staff_client.post(form, filled_in()).url == "/admin/activity/"


def test_palette_logs_a_visit_with_whose_page_is_open_and_comes_back_to_it(staff_client):
    contact = ContactFactory()
    here = f"/admin/contact/inspect/{contact.pk}/"
    found = html(staff_client, f"/admin/palette/results/?{urlencode({'q': 'besök', 'here': here})}")
    assert f"/admin/activity/new/?kind=visit&amp;contact={contact.pk}&amp;{back_to(here)}" in found
