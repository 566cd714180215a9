"""The page of a contact: who it is, what happened, and logging something without leaving."""

import datetime
import re

import pytest
from django.utils import timezone

from crm.models import Activity, Change, ContactPoint, Task
from crm.services.ledger import change_set
from tests.crm.changes import doing, save, text
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    OrganisationFactory,
    ParticipationFactory,
    SeatFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


def url(record, query=""):
    return f"/admin/{record._meta.model_name}/inspect/{record.pk}/{query}"


def log(client, record, **values):
    data = {"do": "log", "what": "call", "subject": "Behöver svetsare", "text": "", "day": "2018-05-02", "due": "", "other": "", **values}
    return client.post(url(record), data, follow=True)


def titles(response):
    return [item.title for _month, items in response.context["timeline"].months for item in items]


@pytest.fixture
def asa():
    contact = EmailFactory(contact__first_name="Åsa", contact__last_name="Öberg", value="Asa@amal.example").contact
    ContactPoint.objects.create(contact=contact, kind="mobile", value="070-174 06 05")
    return contact


# Identity


def test_page_shows_who_it_is_and_leads_to_mail_and_phone(staff_client, asa):
    save(asa, quick_facts="Ring före 10")
    AffiliationFactory(contact=asa, title="Rektor", organisation__name="Komvux Åmål")
    page = staff_client.get(url(asa)).content.decode()
    assert 'href="mailto:asa@amal.example"' in page
    assert 'href="tel:+46701740605"' in page
    assert 'data-copy="070-174 06 05"' in page
    assert f"/admin/contact/vcard/{asa.pk}/" in page
    for words in ("Åsa Öberg", "Ring före 10", "Rektor", "Komvux Åmål"):
        assert words in page


def test_list_leads_to_the_page_and_the_form_comes_back_to_it(staff_client, asa):
    assert f'href="{url(asa)}?list=q%3Doberg"' in staff_client.get("/admin/contact/?q=oberg&p=1").content.decode()
    data = {"first_name": "Åsa", "last_name": "Ek", "language": "sv"}
    for lines in ("contact_points", "affiliations"):
        data |= {f"{lines}-TOTAL_FORMS": 0, f"{lines}-INITIAL_FORMS": 0}
    assert staff_client.post(f"/admin/contact/edit/{asa.pk}/", data).url == url(asa)


def test_roles_and_networks_stand_with_those_that_have_ended(staff_client, asa):
    AffiliationFactory(contact=asa, title="Rektor")
    AffiliationFactory(contact=asa, title="Lärare", until=datetime.date(2017, 6, 30), end_reason="ny tjänst")
    SeatFactory(contact=asa, network__name="Svetsnätverket")
    shown = text(staff_client.get(url(asa)))
    assert shown.index("Rektor") < shown.index("Lärare")
    for words in ("ny tjänst", "Svetsnätverket"):
        assert words in shown


# The timeline


def test_timeline_tells_all_kinds_newest_first_by_month(staff_client, asa, staff):
    ParticipationFactory(contact=asa, activity=ActivityFactory(subject="Vårmöte", day=datetime.date(2018, 3, 1)))
    AffiliationFactory(
        contact=asa,
        title="Rektor",
        organisation__name="Komvux",
        since=datetime.date(2016, 1, 1),
        until=datetime.date(2018, 3, 2),
        end_reason="pension",
    )
    TaskFactory(contact=asa, what="Skicka avtalet", done_at=datetime.datetime(2018, 4, 1, 9, tzinfo=datetime.UTC))
    doing(lambda: save(asa, note="Svetsar", source="Mässan"), by=staff)
    response = staff_client.get(url(asa))
    told = [title for title in titles(response) if any(word in title for word in ("personal", "Skicka", "Rektor", "Vårmöte"))]
    assert [re.sub(r".*(personal|Skicka|Rektor|Vårmöte).*", r"\1", title) for title in told] == [
        "personal",
        "Skicka",
        "Rektor",
        "Vårmöte",
        "Rektor",
    ]
    months = [month for month, _items in response.context["timeline"].months]
    assert months == sorted(months, reverse=True)
    assert datetime.date(2018, 3, 1) in months


def test_changes_of_one_time_are_folded_into_one_line(staff_client, asa, staff):
    doing(lambda: save(asa, note="Svetsar", source="Mässan", quick_facts="Ring"), by=staff)
    response = staff_client.get(url(asa, "?kind=change"))
    assert "personal" in titles(response)[0]
    assert "3" in titles(response)[0]
    assert "Mässan" in text(response)


def test_single_change_is_told_as_it_is(staff_client, asa, staff):
    doing(lambda: save(asa, note="Svetsar"), by=staff)
    response = staff_client.get(url(asa, "?kind=change"))
    assert titles(response)[0] == "personal"
    assert "Svetsar" in text(response)
    assert "record-details" not in response.content.decode().split("record-item--change")[1]


def test_timeline_says_what_kind_of_job_shadowing_and_conference(staff_client, asa):
    shadowing = {"kind": "job_shadowing", "scope": "transnational", "direction": "outgoing"}
    ParticipationFactory(contact=asa, activity=ActivityFactory(subject="Tammerfors", day="2018-03-02", **shadowing))
    ParticipationFactory(contact=asa, activity=ActivityFactory(subject="Skara", day="2018-03-01", kind="conference", conference="annual"))
    found = titles(staff_client.get(url(asa)))
    assert {"Jobbskuggning (transnationell, utgående): Tammerfors", "Årskonferens: Skara"} <= set(found)


def test_timeline_is_narrowed_down_to_a_kind(staff_client, asa):
    ParticipationFactory(contact=asa, activity__subject="Vårmöte")
    AffiliationFactory(contact=asa, title="Rektor", since=datetime.date(2016, 1, 1))
    assert ["Vårmöte" in title for title in titles(staff_client.get(url(asa, "?kind=activity")))] == [True]
    assert ["Rektor" in title for title in titles(staff_client.get(url(asa, "?kind=role")))] == [True]


def test_every_event_stands_on_exactly_one_page_also_those_of_one_day(staff_client, asa):
    day = datetime.date(2018, 3, 1)
    for number in range(40):
        ParticipationFactory(contact=asa, activity=ActivityFactory(subject=f"Möte {number}", day=day))
    AffiliationFactory.create_batch(5, contact=asa, since=day, until=day)
    seen, query = [], "?"
    while query:
        timeline = staff_client.get(url(asa, query)).context["timeline"]
        seen += [item.place for _month, items in timeline.months for item in items]
        query = f"?before={timeline.next}" if timeline.next else ""
    assert seen == sorted(set(seen), reverse=True)
    assert len([place for place in seen if place.stream == "activity"]) == 40
    assert len([place for place in seen if place.stream.startswith("role")]) == 10


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=2018-03-01T00:00:00.000000~a~99999999999999999999", "?kind=x", "?edit=point-x", "?list=q%3D%2500"]
)
def test_odd_address_is_no_error(staff_client, asa, query):
    assert staff_client.get(url(asa, query)).status_code == 200
    assert staff_client.get(f"/admin/contact/inspect/{2**64}/").status_code == 404


def test_page_keeps_its_queries_when_the_history_grows(staff_client, asa, staff, django_assert_max_num_queries):
    def live(times):
        for number in range(times):
            centre = OrganisationFactory()
            ParticipationFactory(contact=asa, organisation=centre, activity=ActivityFactory(day=datetime.date(2018, 1, 1 + number % 28)))
            AffiliationFactory(contact=asa, organisation=centre, since=datetime.date(2017, 1, 1 + number % 28))
            SeatFactory(contact=asa, organisation=centre)
            TaskFactory(contact=asa)
            TaskFactory(contact=asa, done_at=timezone.now())
            doing(lambda number=number: save(asa, note=f"Rad {number}"), by=staff)

    live(10)
    staff_client.get(url(asa, "?list="))
    with django_assert_max_num_queries(90) as few:
        staff_client.get(url(asa, "?list="))
    live(100)
    with django_assert_max_num_queries(90) as many:
        staff_client.get(url(asa, "?list="))
    assert len(many) <= len(few)  # fewer when the newest page holds fewer kinds


# The quick box


def test_call_is_logged_without_leaving_and_can_be_undone(staff_client, staff, asa):
    centre = AffiliationFactory(contact=asa).organisation
    response = log(staff_client, asa, other=centre.pk, text="Ringer igen i maj.")
    call = Activity.objects.get()
    assert (call.kind, call.subject, call.day, call.created_by) == ("call", "Behöver svetsare", datetime.date(2018, 5, 2), staff)
    assert [(one.contact, one.organisation) for one in call.participations.all()] == [(asa, centre)]
    assert any("Behöver svetsare" in title for title in titles(response))
    made = Change.objects.of_record(call).get().change_set
    assert f"/admin/register/changes/{made.pk}/undo/" in response.content.decode()
    staff_client.post(f"/admin/register/changes/{made.pk}/undo/")
    assert not Activity.objects.exists()


def test_empty_day_means_today(staff_client, asa):
    log(staff_client, asa, day="")
    assert Activity.objects.get().day == timezone.localdate()


def test_task_is_added_for_oneself_with_the_day_by_which(staff_client, staff, asa):
    log(staff_client, asa, what="task", subject="Skicka avtalet", due="2018-06-01", day="nonsense")
    task = Task.objects.get()
    assert (task.what, task.due, task.contact, task.assignee) == ("Skicka avtalet", datetime.date(2018, 6, 1), asa, staff)


def test_bad_input_keeps_what_was_typed(staff_client, asa):
    response = log(staff_client, asa, what="visit", subject="Studiebesök", text="Vi såg svetsen", day="igår")
    page = response.content.decode()
    assert not Activity.objects.exists()
    assert response.context["quick_form"].errors.keys() == {"day"}
    for words in ("Studiebesök", "Vi såg svetsen", 'value="igår"'):
        assert words in page
    assert response.context["quick_form"]["what"].value() == "visit"


def test_cannot_be_logged_for_an_organisation_where_the_person_does_not_work(staff_client, asa):
    log(staff_client, asa, other=OrganisationFactory().pk)
    assert not Activity.objects.exists()


def test_task_is_ticked_off_and_opened_again_on_the_page(staff_client, asa):
    task = TaskFactory(contact=asa, what="Skicka avtalet")
    page = staff_client.post(url(asa), {"do": "done", "task": task.pk}, follow=True)
    task.refresh_from_db()
    assert task.is_done
    assert "Skicka avtalet" in text(page)
    staff_client.post(url(asa), {"do": "done", "task": task.pk, "reopen": "1"})
    task.refresh_from_db()
    assert not task.is_done


def test_task_of_somebody_else_is_not_touched_from_here(staff_client, asa):
    task = TaskFactory(contact=ContactFactory())
    assert staff_client.post(url(asa), {"do": "done", "task": task.pk}).status_code == 404


# Who may


def test_somebody_who_may_only_look_sees_the_page_and_can_do_nothing_with_it(onlooker_client, asa):
    task = TaskFactory(contact=asa)
    page = onlooker_client.get(url(asa, "?edit=note")).content.decode()
    assert "asa@amal.example" in page
    assert 'name="do"' not in page
    assert "?edit=" not in page
    for data in (
        {"do": "log", "what": "call", "subject": "x"},
        {"do": "edit", "spot": "note", "note": "x"},
        {"do": "done", "task": task.pk},
    ):
        assert onlooker_client.post(url(asa), data).status_code == 302, data
    asa.refresh_from_db()
    task.refresh_from_db()
    assert (asa.note, task.is_done, Activity.objects.count()) == ("", False, 0)


def test_who_may_not_see_contacts_does_not_see_the_page(client, staff, asa):
    staff.user_permissions.remove(*staff.user_permissions.filter(codename__endswith="_contact"))
    client.force_login(staff)
    assert client.get(url(asa)).status_code == 302


def test_what_somebody_may_not_see_is_left_out(client, onlooker, asa):
    ParticipationFactory(contact=asa, activity__subject="Hemligt möte")
    TaskFactory(contact=asa, what="Hemlig uppgift", done_at=timezone.now())
    onlooker.user_permissions.remove(*onlooker.user_permissions.filter(codename__in=["view_activity", "view_task"]))
    client.force_login(onlooker)
    assert "Hemlig" not in client.get(url(asa)).content.decode()


def test_archived_person_says_so(staff_client, asa):
    with change_set(cause="archiving"):
        save(asa, archived_at=timezone.now())
    assert f"/admin/contact/restore/{asa.pk}/" in staff_client.get(url(asa)).content.decode()
