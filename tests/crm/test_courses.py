"""Courses: seats taken and left, the list, the page, files."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from crm.models import Course
from tests.crm.exports import export, table
from tests.crm.test_import_other import bring_in
from tests.factories.crm import (
    ContactFactory,
    CourseFactory,
    MatchFactory,
    NeedFactory,
    OrganisationFactory,
    ProjectFactory,
    SeatRequestFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
AHEAD = datetime.date(2099, 3, 1)


def listed(client, query=""):
    return {str(one) for one in client.get(f"/admin/course/?{query}").context["object_list"]}


def course_form(**values):
    names = ["title", "description", "provider", "place", "since", "until", "apply_by", "seats", "focus_area", "level", "project"]
    return {**dict.fromkeys(names, ""), "format": "streamed", "area": "digital", "state": "open", **values}


def test_only_confirmed_seats_are_taken():
    course = CourseFactory(seats=10)
    for state, seats in [("confirmed", 3), ("confirmed", 2), ("waiting", 4), ("asked", 1), ("declined", 5), ("withdrawn", 2)]:
        SeatRequestFactory(course=course, state=state, seats=seats)
    counted = Course.objects.with_seats().get()
    assert (counted.taken, counted.left, counted.waiting) == (5, 5, 4)
    assert (course.seats_taken(), course.seats_left()) == (5, 5)
    free = CourseFactory(seats=None)
    assert (free.seats_left(), Course.objects.with_seats().get(pk=free.pk).left) == (None, None)
    assert CourseFactory(seats=0).seats_left() == 0


def test_seats_are_not_lowered_below_what_is_confirmed(staff_client):
    course = CourseFactory(title="Kurs", seats=5)
    SeatRequestFactory(course=course, state="confirmed", seats=4)
    with pytest.raises(ValidationError, match="bekräftade platser: 4"):
        Course(pk=course.pk, title="Kurs", seats=3).full_clean()
    response = staff_client.post(f"/admin/course/edit/{course.pk}/", course_form(title="Kurs", seats=3))
    assert "bekräftade platser: 4" in response.content.decode()
    staff_client.post(f"/admin/course/edit/{course.pk}/", course_form(title="Kurs", seats=4))
    course.refresh_from_db()
    assert (course.seats, course.state) == (4, Course.State.FULL)


@pytest.mark.parametrize(
    ("values", "ahead"),
    [
        ({"since": DAY}, True),
        ({"since": DAY - datetime.timedelta(1)}, False),
        ({"since": datetime.date(2018, 1, 1), "until": DAY}, True),
        ({"until": DAY - datetime.timedelta(1)}, False),
        ({}, True),
        ({"since": DAY, "state": "cancelled"}, False),
        ({"since": DAY, "state": "given"}, False),
    ],
)
def test_course_lies_ahead_until_its_last_day_is_over(values, ahead):
    CourseFactory(**values)
    assert Course.objects.ahead(DAY).exists() is ahead


def test_last_day_for_requests_lies_before_the_end():
    with pytest.raises(ValidationError, match="redan över"):
        Course(title="A", since=DAY, apply_by=DAY + datetime.timedelta(1)).full_clean()
    Course(title="A", since=DAY, until=DAY + datetime.timedelta(9), apply_by=DAY + datetime.timedelta(1)).full_clean()


def test_list_is_narrowed_down(staff_client):
    centre = OrganisationFactory(name="Lärcentrum Åmål")
    one = CourseFactory(
        title="Svets",
        provider=centre,
        since=AHEAD,
        level=4,
        focus_area=1,
        area="industry",
        seats=1,
        is_pilot=True,
        project=ProjectFactory(),
    )
    two = CourseFactory(title="Excel", since=DAY, format="on_site", state="given", area="digital")
    SeatRequestFactory(course=one, state="confirmed")
    SeatRequestFactory(course=one, state="waiting")
    for query, found in [
        ("when=ahead", {"Svets"}),
        ("when=over", {"Excel"}),
        ("state=given", {"Excel"}),
        ("left=yes", {"Excel"}),
        ("left=no", {"Svets"}),
        ("left=waiting", {"Svets"}),
        ("how=on_site", {"Excel"}),
        ("pilot=yes", {"Svets"}),
        ("pilot=no", {"Excel"}),
        ("area=digital", {"Excel"}),
        ("level=4", {"Svets"}),
        ("focus_area=1", {"Svets"}),
        (f"provider={centre.pk}", {"Svets"}),
        (f"project={one.project_id}", {"Svets"}),
        ("year=2017/2018", {"Excel"}),
        ("q=amal", {"Svets"}),
        ("", {str(one), str(two)}),
    ]:
        assert listed(staff_client, query) == found, query


@pytest.mark.parametrize("group", ["", "state", "area", "how", "level", "focus_area", "provider", "project"])
def test_list_keeps_its_queries_when_rows_grow(staff_client, django_assert_max_num_queries, group):
    def make():
        course = CourseFactory(provider=OrganisationFactory(), project=ProjectFactory(), since=DAY, seats=9, level=4, focus_area=2)
        SeatRequestFactory(course=course, state="confirmed")

    columns = "state,since,format,provider,taken,left,until,apply_by,seats,waiting,area,level,focus_area,is_pilot,place,project"
    address = f"/admin/course/?group={group}&columns={columns}"
    make()
    staff_client.get(address)
    with django_assert_max_num_queries(30) as few:
        staff_client.get(address)
    for _number in range(5):
        make()
    with django_assert_max_num_queries(30) as many:
        assert staff_client.get(address).status_code == 200
    assert len(many) == len(few)


def test_page_tells_seats_requests_and_needs(staff_client):
    course = CourseFactory(
        title="Excel", seats=5, since=AHEAD, provider=OrganisationFactory(name="Komvux Åmål"), area="digital", is_pilot=True
    )
    asker = SeatRequestFactory(course=course, state="confirmed", seats=3, for_whom="två lärare", contact=ContactFactory(first_name="Åsa"))
    MatchFactory(course=course, need=NeedFactory(organisation__name="Plåt AB"))
    NeedFactory(organisation__name="Snickeri AB", area="digital", people=2)
    response = staff_client.get(f"/admin/course/inspect/{course.pk}/")
    page = response.content.decode()
    for text in (
        "Komvux Åmål",
        "<strong>3</strong> av 5 platser bekräftade",
        "2 platser kvar",
        "två lärare",
        "Plåt AB",
        "Snickeri AB",
        "samma område",
    ):
        assert text in page, text
    assert str(asker.organisation) in page
    assert [str(one.need) for one in response.context["suggestions"]] == ["Snickeri AB: Digital kompetens"]


def test_course_is_added_changed_archived_and_restored(staff_client):
    response = staff_client.post("/admin/course/new/", course_form(title="Excel", seats="12", level="4", since="2099-03-01"))
    course = Course.objects.get()
    assert response.url == f"/admin/course/inspect/{course.pk}/"
    assert (course.seats, course.level, course.state) == (12, 4, Course.State.OPEN)
    staff_client.post(f"/admin/course/delete/{course.pk}/")
    assert listed(staff_client) == set()
    assert "Arkiverad" in staff_client.get(f"/admin/course/inspect/{course.pk}/").content.decode()
    staff_client.post(f"/admin/course/restore/{course.pk}/")
    assert listed(staff_client) == {"Excel"}
    assert staff_client.get(f"/admin/course/peek/{course.pk}/").status_code == 200
    history = staff_client.get(f"/admin/course/history/{course.pk}/").content.decode()
    assert "Arkiverad" in history


def test_onlooker_looks_and_changes_nothing(onlooker_client):
    course = CourseFactory(title="Excel", seats=5)
    request = SeatRequestFactory(course=course)
    page = onlooker_client.get(f"/admin/course/inspect/{course.pk}/").content.decode()
    assert "Excel" in page
    assert f"/admin/seatrequest/answer/{request.pk}/" not in page
    for address in ("new/", f"edit/{course.pk}/", f"delete/{course.pk}/"):
        assert onlooker_client.post(f"/admin/course/{address}", course_form(title="X")).status_code == 302
    course.refresh_from_db()
    assert (course.title, course.is_archived, Course.objects.count()) == ("Excel", False, 1)


def test_whoever_may_not_see_the_register_sees_no_course(client, staff):
    staff.user_permissions.set(staff.user_permissions.filter(codename="access_admin"))
    client.force_login(staff)
    course = CourseFactory(title="Excel")
    for address in ("", f"inspect/{course.pk}/", "export/"):
        assert client.get(f"/admin/course/{address}").status_code in (302, 403)


HEADINGS = "Kurs;Anordnare;Läge;Form;Plats;Från;Till;Sista ansökningsdag;Platser;Utbildningsområde;SeQF-nivå;Fokusområde;Pilotprojekt"


def test_courses_come_from_a_file_and_change_with_the_next():
    OrganisationFactory(name="Komvux Åmål")
    rows = [
        "Excel;Komvux Åmål;Öppen;Direktsänd;;2018-03-01;2018-03-22;2018-02-15;12;Digital kompetens;4;2;ja",
        "Excel;Komvux Åmål;Planerad;På plats;Sal 4;2018-09-01;;;;Kurs i Excel;SeQF 5;;",
    ]
    for fate in ("created", "unchanged"):
        assert [one for one, _ in bring_in("courses", HEADINGS, *rows)] == [fate] * 2
    first, second = Course.objects.order_by("since")
    assert (first.seats, first.level, first.focus_area, first.is_pilot) == (12, 4, 2, True)
    assert (second.area, second.level, second.format) == ("digital", 5, "on_site")
    assert bring_in("courses", HEADINGS, rows[0].replace(";12;", ";14;")) == [("changed", "")]
    assert bring_in("courses", "Kurs;Platser", "Excel;3") == [("refused", "”Excel” ges mer än en gång. Ange dagen då den börjar.")]


def test_export_comes_back_unchanged(staff_client):
    course = CourseFactory(title="Excel", provider=OrganisationFactory(name="Komvux"), since=DAY, seats=5, level=4, focus_area=3)
    SeatRequestFactory(course=course, state="confirmed", seats=2)
    (row,) = table(export(staff_client, "course"))
    assert (row["Kurs"], row["Bekräftade platser"], row["Platser kvar"], row["Fokusområde"]) == (
        "Excel",
        "2",
        "3",
        "3 Internationalisering",
    )
    headings = ";".join(row)
    assert bring_in("courses", headings, ";".join(row.values())) == [("unchanged", "")]
