"""Seat requests: what is confirmed, who waits, what is mailed, and two people who give away the last seat at once."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection

from crm.exceptions import RegisterError
from crm.models import ChangeSet, Course, SeatRequest
from crm.services.seat_requests import NoSeatsLeft, answer_request, mail_confirmation, next_in_line
from crm.services.undo import undo
from tests.crm.test_import_other import bring_in
from tests.factories.crm import ContactFactory, CourseFactory, EmailFactory, OrganisationFactory, SeatRequestFactory

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
State = SeatRequest.State


def asker(**values):
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    return SeatRequestFactory(contact=contact, **values)


def request_form(course, **values):
    names = ["organisation", "contact", "participant", "for_whom", "answered_on", "reason", "note"]
    return {**dict.fromkeys(names, ""), "course": course.pk, "seats": 1, "asked_on": "2018-03-01", "state": "asked", **values}


def answer(client, request, state, **values):
    return client.post(f"/admin/seatrequest/answer/{request.pk}/", {"state": state, "reason": "", **values}, follow=True)


def test_somebody_asks_for_at_least_one_seat():
    with pytest.raises(ValidationError, match="organisation"):
        SeatRequest(course=CourseFactory()).full_clean()
    with pytest.raises(ValidationError):
        SeatRequest(course=CourseFactory(), organisation=OrganisationFactory(), seats=0).full_clean()


def test_last_seats_are_confirmed_and_not_one_more(staff):
    course = CourseFactory(seats=5)
    first, second = SeatRequestFactory(course=course, seats=3), SeatRequestFactory(course=course, seats=3)
    answered = answer_request(first, state=State.CONFIRMED, acting_user=staff)
    assert (answered.state, answered.answered_on is not None) == (State.CONFIRMED, True)
    with pytest.raises(NoSeatsLeft):
        answer_request(second, state=State.CONFIRMED, acting_user=staff)
    third = SeatRequestFactory(course=course, seats=2)
    answer_request(third, state=State.CONFIRMED, acting_user=staff)
    course.refresh_from_db()
    assert (course.state, course.seats_left()) == (Course.State.FULL, 0)


def test_seat_that_is_withdrawn_is_free_again_and_the_first_who_fits_is_next(staff):
    course = CourseFactory(seats=4)
    held = SeatRequestFactory(course=course, seats=2, state=State.CONFIRMED)
    SeatRequestFactory(course=course, seats=2, state=State.CONFIRMED)
    SeatRequestFactory(course=course, seats=3, state=State.WAITING, asked_on=DAY)
    second = SeatRequestFactory(course=course, seats=2, state=State.WAITING, asked_on=DAY + datetime.timedelta(2))
    SeatRequestFactory(course=course, seats=1, state=State.WAITING, asked_on=DAY + datetime.timedelta(3))
    Course.objects.filter(pk=course.pk).update(state=Course.State.FULL)
    assert next_in_line(course) is None
    answer_request(held, state=State.WITHDRAWN, acting_user=staff, reason="sjukdom")
    course.refresh_from_db()
    held.refresh_from_db()
    assert (course.state, held.reason) == (Course.State.OPEN, "sjukdom")
    assert next_in_line(course) == second
    assert second.state == State.WAITING  # a person decides


def test_no_seat_in_a_cancelled_course(staff):
    request = SeatRequestFactory(course__state="cancelled")
    with pytest.raises(RegisterError, match="inställd"):
        answer_request(request, state=State.CONFIRMED, acting_user=staff)
    assert answer_request(request, state=State.DECLINED, acting_user=staff).state == State.DECLINED


def test_answer_is_one_change_set_that_can_be_undone(staff):
    course = CourseFactory(seats=1)
    request = answer_request(SeatRequestFactory(course=course), state=State.CONFIRMED, acting_user=staff)
    opened = ChangeSet.objects.latest("pk")
    assert (opened.actor, set(opened.changes.values_list("model", flat=True))) == (staff, {"crm.seatrequest", "crm.course"})
    undo(opened, acting_user=staff)
    request.refresh_from_db(), course.refresh_from_db()
    assert (request.state, course.state) == (State.ASKED, Course.State.OPEN)


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_the_last_seat_at_once_confirm_one():
    course = CourseFactory(seats=1)
    requests = SeatRequestFactory.create_batch(2, course=course)
    both_are_ready = threading.Barrier(2)

    def confirm(request):
        both_are_ready.wait()
        try:
            return answer_request(request, state=State.CONFIRMED, acting_user=None).state
        except NoSeatsLeft:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(confirm, requests))
    assert sorted(map(str, results)) == ["None", "confirmed"]
    assert course.seats_taken() == 1


class TestMail:
    @pytest.fixture(autouse=True)
    def _worker(self, settings):
        """Background tasks run where they are enqueued."""
        settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

    def test_is_not_sent_when_the_answer_has_been_taken_back(self):
        request = asker(state="waiting")
        mail_confirmation.call(request.pk)
        assert mail.outbox == []

    def test_goes_out_only_when_it_is_asked_for(self, staff_client):
        answer(staff_client, asker(), "confirmed")
        assert mail.outbox == []

    def test_goes_to_the_contact_once(self, staff_client):
        request = asker(course__title="Excel för butik", course__provider=OrganisationFactory(name="Komvux Åmål"), seats=2)
        page = staff_client.get(f"/admin/seatrequest/answer/{request.pk}/").content.decode()
        assert "asa@amal.example" in page
        assert "2 platser i den här kursen är bekräftade" in page
        assert 'name="mail" id="id_mail" checked' not in page
        answer(staff_client, request, "confirmed", mail="on")
        answer(staff_client, request, "confirmed", mail="on")
        (message,) = mail.outbox
        assert message.to == ["asa@amal.example"]
        assert message.subject == "Era platser i Excel för butik är bekräftade"
        assert "Komvux Åmål" in message.body
        request.refresh_from_db()
        assert request.mailed_at is not None

    def test_is_not_sent_for_another_answer(self, staff_client):
        answer(staff_client, asker(), "waiting", mail="on")
        assert mail.outbox == []

    def test_cannot_be_asked_for_without_an_address(self, staff_client):
        request = SeatRequestFactory(contact=ContactFactory())
        page = staff_client.get(f"/admin/seatrequest/answer/{request.pk}/").content.decode()
        assert 'name="mail"' not in page
        assert "Ingen bekräftelse kan mejlas" in page


class TestPages:
    def test_answer_that_is_possible_is_chosen_beforehand(self, staff_client):
        course = CourseFactory(seats=2)
        for seats, state in [(2, "confirmed"), (3, "waiting")]:
            page = staff_client.get(f"/admin/seatrequest/answer/{SeatRequestFactory(course=course, seats=seats).pk}/")
            assert page.context["form"]["state"].value() == state

    def test_too_many_seats_are_refused_in_words(self, staff_client):
        request = SeatRequestFactory(course__seats=1, seats=2)
        page = answer(staff_client, request, "confirmed").content.decode()
        assert "efterfrågat 2, kvar 1" in page
        request.refresh_from_db()
        assert request.state == State.ASKED

    def test_message_offers_the_seats_to_who_waits(self, staff_client):
        course = CourseFactory(seats=1)
        held = SeatRequestFactory(course=course, state="confirmed")
        waiting = SeatRequestFactory(course=course, state="waiting", organisation__name="Plåt AB")
        page = answer(staff_client, held, "withdrawn", reason="sjuk").content.decode()
        assert "I kön: Plåt AB" in page
        assert f"/admin/seatrequest/answer/{waiting.pk}/?state=confirmed" in page
        waiting.refresh_from_db()
        assert waiting.state == State.WAITING

    def test_form_confirms_no_more_than_there_are(self, staff_client):
        course, organisation = CourseFactory(seats=2), OrganisationFactory()
        response = staff_client.post(
            "/admin/seatrequest/new/", request_form(course, organisation=organisation.pk, seats=3, state="confirmed")
        )
        assert "efterfrågat 3, kvar 2" in response.content.decode()
        assert not SeatRequest.objects.exists()
        staff_client.post("/admin/seatrequest/new/", request_form(course, organisation=organisation.pk, seats=2, state="confirmed"))
        course.refresh_from_db()
        assert (course.state, SeatRequest.objects.get().answered_on is not None) == (Course.State.FULL, True)

    def test_request_that_was_too_much_before_can_still_be_corrected(self, staff_client):
        request = SeatRequestFactory(state="confirmed", seats=3)
        Course.objects.filter(pk=request.course_id).update(seats=2)
        data = request_form(request.course, organisation=request.organisation_id, seats=3, state="confirmed", note="ny sal")
        assert staff_client.post(f"/admin/seatrequest/edit/{request.pk}/", data).status_code == 302
        data["seats"] = 4
        assert staff_client.post(f"/admin/seatrequest/edit/{request.pk}/", data).status_code == 200

    def test_list_is_narrowed_down(self, staff_client):
        one = asker(organisation__name="Komvux Åmål", asked_on=DAY, course__title="Excel", course__since=DAY)
        SeatRequestFactory(organisation__name="Plåt AB", state="waiting", course__since=datetime.date(2099, 1, 1))
        for query, number in [
            (f"course={one.course_id}", 1), ("state=waiting", 1), ("when=ahead", 1), ("when=over", 1),
            ("asked_from=2018-03-01&asked_to=2018-03-01", 1),
            (f"organisation={one.organisation_id}", 1), (f"contact={one.contact_id}", 1), ("q=åmål excel", 1), ("", 2),
        ]:  # fmt: skip
            assert len(staff_client.get(f"/admin/seatrequest/?{query}").context["object_list"]) == number, query

    @pytest.mark.parametrize("group", ["", "course", "state", "organisation"])
    def test_list_keeps_its_queries_when_rows_grow(self, staff_client, django_assert_max_num_queries, group):
        columns = "course,seats,state,asked_on,answered_on,organisation,contact,participant,for_whom,course_since,reason,mailed_at,note"
        address = f"/admin/seatrequest/?group={group}&columns={columns}"
        SeatRequestFactory(contact=ContactFactory(), participant=ContactFactory())
        staff_client.get(address)
        with django_assert_max_num_queries(30) as few:
            staff_client.get(address)
        for _number in range(5):
            SeatRequestFactory(contact=ContactFactory(), participant=ContactFactory())
        with django_assert_max_num_queries(30) as many:
            assert staff_client.get(address).status_code == 200
        assert len(many) == len(few)

    def test_onlooker_answers_nothing(self, onlooker_client):
        request = SeatRequestFactory()
        assert onlooker_client.get(f"/admin/seatrequest/answer/{request.pk}/").status_code == 302
        assert onlooker_client.post(f"/admin/seatrequest/answer/{request.pk}/", {"state": "confirmed"}).status_code == 302
        request.refresh_from_db()
        assert request.state == State.ASKED


HEADINGS = "Kurs;Kursen börjar;Organisation;Förnamn;Efternamn;E-post;Platser;För vem;Efterfrågat;Läge"


def test_requests_come_from_a_file_and_never_take_more_seats_than_there_are():
    course = CourseFactory(title="Excel", since=DAY, seats=3)
    OrganisationFactory(name="Komvux Åmål"), OrganisationFactory(name="Plåt AB")
    rows = ["Excel;2018-03-01;Komvux Åmål;;;;2;lärare;2018-02-01;Bekräftad", "Excel;;Plåt AB;;;;2;;2018-02-02;Bekräftad"]
    assert [fate for fate, _ in bring_in("seat_requests", HEADINGS, *rows)] == ["created", "refused"]
    assert [fate for fate, _ in bring_in("seat_requests", HEADINGS, *rows)] == ["unchanged", "refused"]
    assert course.seats_taken() == 2
    ((fate, message),) = bring_in("seat_requests", HEADINGS, "Word;;Plåt AB;;;;1;;;")
    assert (fate, "ingen kurs" in message) == ("refused", True)
