"""Journey: the first page in the morning. Each figure leads to the rows behind it, and a meeting is logged on the way, on a phone."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Activity
from tests.factories.crm import ActivityFactory, AffiliationFactory, EmailFactory, MembershipFactory, TaskFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


def test_each_figure_leads_to_the_rows_behind_it(page, live_server, log_in, staff):
    TaskFactory(what="Skicka avtalet", assignee=staff)
    ActivityFactory(subject="Vårens planering", day=timezone.localdate())
    ActivityFactory(subject="För länge sedan", day=timezone.localdate().replace(year=2017, day=1))
    member = MembershipFactory(organisation__name="Skara kommun").organisation
    EmailFactory(contact=AffiliationFactory(organisation=member, confirmed_at=timezone.localdate()).contact, value="anna@skara.example")
    log_in(page, staff)

    for figure, shown, hidden in [
        ("task/", "Skicka avtalet", ""),
        ("activity/", "Vårens planering", "För länge sedan"),
        ("organisation/", "Skara kommun", ""),
        ("register/tidying/list/", "anna@skara.example", "Skara kommun"),
    ]:
        page.goto(f"{live_server.url}/admin/")
        page.locator(f".dashboard-card__figure a[href^='/admin/{figure}']").click()
        rows = page.locator("main table tbody")
        expect(rows).to_contain_text(shown)
        if hidden:
            expect(rows).not_to_contain_text(hidden)


def test_meeting_is_written_down_on_a_phone_and_one_is_back(phone_page, live_server, log_in, staff):
    page = phone_page
    meeting = ActivityFactory(subject="Höstens behov", day=timezone.localdate())
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Höstens behov", exact=True).click()
    page.locator("header a[href*='/admin/activity/edit/']").first.click()
    page.locator("textarea[name=text]").fill("Behöver svetsare")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("main button[type=submit].button-longrunning").first.click()

    expect(page).to_have_url(f"{live_server.url}/admin/activity/meeting/{meeting.pk}/")
    expect(page.locator(".messages")).to_contain_text("Höstens behov")
    assert Activity.objects.get(pk=meeting.pk).text == "Behöver svetsare"


def test_visit_is_logged_on_a_phone(phone_page, live_server, log_in, staff):
    page = phone_page
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/activity/new/?kind=visit&next=/admin/")
    page.locator("input[name=subject]").fill("Studiebesök i Skara")
    page.locator("main button[type=submit].button-longrunning").first.click()

    expect(page).to_have_url(f"{live_server.url}/admin/")
    expect(page.locator(".messages")).to_contain_text("Studiebesök i Skara")
    assert Activity.objects.get().kind == "visit"
