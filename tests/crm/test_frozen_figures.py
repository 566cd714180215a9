"""What was printed, and what the register says later: which rows came, which went, and why."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from crm.figures import Period, all_figures, figure_of
from crm.models import FrozenReport, Organisation
from crm.services.figures import differences, freeze
from crm.years import OperatingYear
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    FeeFactory,
    OrganisationFactory,
    ParticipationFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

YEAR = OperatingYear(2017)
DAY = datetime.date(2018, 2, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def visit(subject="Besök", **values):
    activity = ActivityFactory(kind="visit", day=DAY, subject=subject, project=ProjectFactory(programme="Interreg"), **values)
    ParticipationFactory(activity=activity, organisation=OrganisationFactory(kind=Organisation.Kind.COMPANY))
    return activity


def frozen(user, *keys, **period):
    return freeze("Verksamhetsberättelse", Period(YEAR, **period), [figure_of(key) for key in keys], acting_user=user)


def found(report, user):
    (one,) = differences(report, user)
    return one


def test_nothing_has_changed(admin_user):
    visit()
    one = found(frozen(admin_user, "company_visits"), admin_user)
    assert (one.frozen.value, one.value, one.is_different) == (1, 1, False)
    assert one.summary == "The register says the same."


def test_two_visits_registered_later(admin_user):
    visit()
    report = frozen(admin_user, "company_visits")
    later = [visit("Bageriet"), visit("Svarveriet")]
    one = found(report, admin_user)
    assert one.summary == "The report says 1, the register 3: 2 were registered later."
    assert {row.record for row in one.came} == set(later)
    assert all(row.change_set for row in one.came)


def test_archived_deleted_and_changed_since(admin_user):
    archived, deleted, moved, kept = visit("a"), visit("b"), visit("c"), visit("d")
    report = frozen(admin_user, "company_visits")
    archived.archived_at = timezone.now()
    archived.save()
    deleted.delete()
    moved.day = datetime.date(2018, 7, 1)
    moved.save()
    one = found(report, admin_user)
    assert one.value == 1
    assert {row.reason for row in one.went} == {"archived", "deleted", "changed"}
    assert next(row for row in one.went if row.reason == "changed").details == "day"
    assert "1 was archived, 1 was deleted, 1 fell out by a change" in one.summary
    assert kept.pk in report.figures.get().rows


def test_who_took_part_decides_whether_a_visit_counts(admin_user):
    activity = visit()
    report = frozen(admin_user, "company_visits")
    activity.participations.all().delete()
    (row,) = found(report, admin_user).went
    assert (row.reason, row.details) == ("changed", "participation")


def test_head_count_corrected_later_is_counted_otherwise(admin_user):
    conference = ActivityFactory(kind="conference", conference="partner", day=DAY, head_count=60)
    report = frozen(admin_user, "partner_conference_participants")
    conference.head_count = 62
    conference.save()
    one = found(report, admin_user)
    assert one.summary == "The report says 60, the register 62: 1 is counted otherwise."
    assert [row.record for row in one.altered] == [conference]


def test_one_comes_as_another_goes(admin_user):
    gone = visit("Borta")
    report = frozen(admin_user, "company_visits")
    gone.delete()
    visit("Ny")
    one = found(report, admin_user)
    assert (one.value, one.is_different) == (1, True)
    assert one.summary == "The report says 1, the register 1: 1 was registered later, 1 was deleted."


def test_fee_that_was_paid_later_tells_why_the_municipality_came(admin_user):
    fee = FeeFactory(year=YEAR)
    report = frozen(admin_user, "paying_member_municipalities")
    fee.paid_on = datetime.date(2018, 9, 1)
    fee.save()
    (row,) = found(report, admin_user).came
    assert (row.record, row.reason, row.details) == (fee.membership.organisation, "changed", "fee")


def test_contact_archived_after_the_year_is_no_difference(admin_user):
    contact = AffiliationFactory(since=DAY).contact
    report = frozen(admin_user, "contacts")
    contact.archived_at = timezone.now()
    contact.save()
    assert not found(report, admin_user).is_different


def test_year_that_goes_on_is_frozen_as_of_today(admin_user):
    report = freeze("Halvår", Period(OperatingYear.current()), [figure_of("board_meetings")], acting_user=admin_user)
    assert report.as_of == timezone.localdate()


# Pages


def test_staff_freeze_what_they_have_chosen_and_read_why_it_differs(staff_client):
    visit()
    address = reverse("figures:freeze")
    page = staff_client.get(address, {"year": "2017/2018", "figure": "company_visits"})
    assert page.status_code == 200
    staff_client.post(address, {"year": "2017/2018", "figure": "company_visits", "title": "Berättelsen"})
    report = FrozenReport.objects.get()
    assert [one.key for one in report.figures.all()] == ["company_visits"]
    visit("Sent inskrivet")
    text = staff_client.get(reverse("figures:frozen", args=[report.pk])).content.decode()
    assert "Sent inskrivet" in text
    assert reverse("activity:edit", args=[report.figures.get().rows[0] + 1]) in text
    assert "Berättelsen" in staff_client.get(reverse("figures:frozen_list")).content.decode()
    staff_client.post(reverse("figures:frozen_delete", args=[report.pk]))
    assert not FrozenReport.objects.exists()


def test_onlooker_reads_and_changes_nothing(onlooker_client, admin_user):
    report = frozen(admin_user, "company_visits")
    assert onlooker_client.get(reverse("figures:frozen", args=[report.pk])).status_code == 200
    for url in (reverse("figures:freeze"), reverse("figures:frozen_delete", args=[report.pk])):
        assert onlooker_client.post(url, {"title": "x"}).status_code == 302
    assert FrozenReport.objects.get() == report


def test_who_may_not_see_the_rows_does_not_see_their_number(client, admin_user):
    report = frozen(admin_user, "company_visits", "contacts")
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_frozenreport", "view_contact"]))
    client.force_login(user)
    page = client.get(reverse("figures:frozen", args=[report.pk])).content.decode()
    assert report.figures.get(key="contacts").label in page
    assert report.figures.get(key="company_visits").label not in page
    user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    assert client.get(reverse("figures:frozen", args=[report.pk])).status_code == 302


def test_queries_do_not_grow_with_the_rows(staff_client, admin_user):
    visit()
    report = frozen(admin_user, *[one.key for one in all_figures()])
    address = reverse("figures:frozen", args=[report.pk])
    visit()
    staff_client.get(address)
    with CaptureQueriesContext(connection) as few:
        staff_client.get(address)
    for _number in range(5):
        visit()
    with CaptureQueriesContext(connection) as many:
        staff_client.get(address)
    assert len(many) == len(few)
