"""The board as of a day: who sits, whose mandate ends, who comes; and that nobody else opens the board's papers."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cms.groups import BOARD, EDITORS, STAFF, sync_groups
from crm.models import Affiliation, BoardDocument, ChangeSet, Participation, Role
from crm.services.board import board_on, months_later
from crm.services.undo import undo
from tests.crm.test_import_other import bring_in
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    BoardDocumentFactory,
    ContactFactory,
    EmailFactory,
    OrganisationFactory,
    ParticipationFactory,
    RoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
TODAY = datetime.date(2018, 3, 1)


@pytest.fixture
def own():
    return OrganisationFactory(name="Lärnätet Väst", kind="association", is_own=True)


@pytest.fixture
def chair():
    return RoleFactory(name="Ordförande", post="board", seats=1, rank=1)


@pytest.fixture
def member():
    return RoleFactory(name="Ledamot", post="board", seats=2, rank=4)


@pytest.fixture
def boss(admin_user):
    return admin_user


def seat(own, role, **values):
    return AffiliationFactory(organisation=own, role=role, **values)


# Who sits


def test_board_is_those_with_a_role_on_it_at_the_association_that_day(own, chair, member, boss):
    held = seat(own, chair, since=TODAY, until=TODAY)
    seat(own, member, until=TODAY - DAY)
    seat(own, member, since=TODAY + DAY)
    seat(own, member, contact__archived_at=timezone.now() - datetime.timedelta(days=9000))
    AffiliationFactory(role=chair)  # of another organisation
    seat(own, RoleFactory(name="Gäst"))
    board = board_on(TODAY, user=boss)
    assert [mandate.affiliation for mandate in board.mandates] == [held]
    assert [(str(seats.role), seats.vacant) for seats in board.seats] == [("Ordförande", 0), ("Ledamot", 2)]
    assert board.vacant == 2


@pytest.mark.parametrize(
    ("term", "state"),
    [
        (None, ""),
        (TODAY - DAY, "ran_out"),
        (TODAY, "ends_soon"),
        (datetime.date(2018, 9, 1), "ends_soon"),
        (datetime.date(2018, 9, 2), ""),
    ],
)
def test_mandate_that_ends_within_half_a_year_is_told(term, state, own, chair, boss):
    seat(own, chair, term_until=term)
    (mandate,) = board_on(TODAY, user=boss).mandates
    assert mandate.state == state


def test_half_a_year_after_the_last_of_august_is_the_last_of_february():
    assert months_later(datetime.date(2017, 8, 31), 6) == datetime.date(2018, 2, 28)
    assert months_later(datetime.date(2018, 2, 28), 12) == datetime.date(2019, 2, 28)


def test_attendance_counts_the_meetings_of_the_year_while_one_sat_and_names_were_kept(own, chair, member, boss):
    head, other = seat(own, chair), seat(own, member, since=datetime.date(2018, 1, 10))
    how = Participation.How
    days = {"in": datetime.date(2018, 1, 10), "before": datetime.date(2018, 1, 9), "last_year": datetime.date(2017, 6, 30)}
    for day in days.values():
        meeting = ActivityFactory(kind="board_meeting", day=day)
        ParticipationFactory(activity=meeting, contact=head.contact)
        ParticipationFactory(activity=meeting, contact=head.contact, organisation=own)  # once all the same
        ParticipationFactory(activity=meeting, contact=other.contact, how=how.STAYED_AWAY)
    ParticipationFactory(activity=ActivityFactory(kind="board_meeting", day=TODAY + DAY), contact=head.contact)
    ParticipationFactory(activity=ActivityFactory(kind="board_meeting", day=TODAY, head_count=7), contact=head.contact)
    ParticipationFactory(activity=ActivityFactory(kind="board_meeting", day=TODAY, archived_at=timezone.now()), contact=head.contact)
    ParticipationFactory(activity=ActivityFactory(kind="meeting", day=TODAY), contact=head.contact)
    board = board_on(TODAY, user=boss)
    assert [(one.attended, one.meetings) for one in board.mandates] == [(2, 2), (0, 1)]
    assert [meeting.came for meeting in board.meetings] == [1, 1, 7, 1]


def test_office_is_who_is_employed_and_whom_members_lend(own, boss):
    employed, lent = RoleFactory(name="Ledare", post="employee"), RoleFactory(name="Utlånad", post="seconded")
    seat(own, employed, percent=100)
    half = seat(own, employed, percent=50, since=TODAY)
    guest = seat(own, lent)
    home = AffiliationFactory(contact=guest.contact).organisation
    board = board_on(TODAY, user=boss)
    assert (len(board.employees), board.full_time) == (2, 1.5)
    assert [(one.affiliation, one.homes) for one in board.lent] == [(guest, [home])]
    assert board_on(TODAY - DAY, user=boss).full_time == 1.0
    assert set(Affiliation.objects.at_association("employee", "seconded")) == {*board.employees, half, guest}


def test_page_tells_all_of_it_in_a_fixed_number_of_queries(own, chair, member, staff_client, django_assert_max_num_queries):
    seat(own, chair, contact__last_name="Öberg", term_until=TODAY)
    BoardDocumentFactory(meeting=ParticipationFactory(activity__kind="board_meeting", activity__day=TODAY).activity)
    address = f"/admin/register/board/?on={TODAY}"
    page = staff_client.get(address).content.decode()
    for words in ("Öberg", "går snart ut", "Vakant", "Så här såg det ut", "Styrelsemöten 2017/2018"):
        assert words in page
    for number in range(8):
        seat(own, member, contact__last_name=f"L{number}")
        ParticipationFactory(activity__kind="board_meeting", activity__day=TODAY)
    with django_assert_max_num_queries(40):
        staff_client.get(address)


def test_page_says_what_to_do_before_anybody_has_said_who_we_are(staff_client):
    page = staff_client.get("/admin/register/board/").content.decode()
    assert "den egna föreningen" in page
    assert staff_client.get("/admin/register/board/add/").status_code == 404
    assert staff_client.get("/admin/register/board/?on=trettonde").status_code == 200


# Mandates


def form(contact, role, **values):
    names = ("title", "since", "until", "end_reason", "term_until", "elected_at", "percent")
    return {**dict.fromkeys(names, ""), "contact": contact.pk, "role": role.pk, **values}


def test_mandate_is_given_changed_and_taken_back(own, chair, staff, staff_client):
    meeting, contact = ActivityFactory(kind="conference", subject="Årsmöte"), ContactFactory()
    staff_client.post("/admin/register/board/add/", form(contact, chair, since=TODAY, term_until="2019-03-01", elected_at=meeting.pk))
    mandate = Affiliation.objects.get()
    assert (mandate.organisation, mandate.elected_at, mandate.term_until) == (own, meeting, datetime.date(2019, 3, 1))
    staff_client.post(f"/admin/register/board/{mandate.pk}/", form(contact, chair, since=TODAY, until="2018-12-31"))
    mandate.refresh_from_db()
    assert (mandate.until, mandate.term_until) == (datetime.date(2018, 12, 31), None)
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    mandate.refresh_from_db()
    assert mandate.elected_at == meeting


def test_mandate_is_not_held_twice_and_does_not_end_before_it_begins(own, chair, staff_client):
    held = seat(own, chair, until=TODAY)
    response = staff_client.post("/admin/register/board/add/", form(held.contact, chair, since=TODAY, term_until=TODAY - DAY))
    assert set(response.context["form"].errors) == {"contact", "term_until"}
    assert staff_client.post("/admin/register/board/add/", form(held.contact, chair, since=TODAY + DAY)).status_code == 302


def test_only_who_keeps_contacts_changes_mandates(own, chair, onlooker_client):
    held = seat(own, chair)
    page = onlooker_client.get("/admin/register/board/").content.decode()
    assert str(held.contact) in page
    assert "/admin/register/board/add/" not in page
    for address in ("add/", f"{held.pk}/"):
        assert onlooker_client.get(f"/admin/register/board/{address}").status_code in (302, 403)
    onlooker_client.post(f"/admin/register/board/{held.pk}/", form(held.contact, chair, until=TODAY))
    assert Affiliation.objects.get().until is None


def test_role_elsewhere_is_no_mandate_to_change(own, chair, staff_client):
    assert staff_client.get(f"/admin/register/board/{AffiliationFactory(role=chair).pk}/").status_code == 404


def test_only_one_organisation_is_the_association(own, staff_client):
    other = OrganisationFactory()
    other.is_own = True
    with pytest.raises(Exception, match="egna föreningen"):
        other.full_clean()


HEADINGS = "Förnamn;Efternamn;Roll;Från;Vald till;Vald på;Tjänstgöringsgrad"


def test_mandates_come_from_a_file_and_say_more_of_a_role_that_is_there(own, chair):
    held = seat(own, chair, since=TODAY, contact__first_name="Åsa", contact__last_name="Öberg")
    meeting = ActivityFactory(kind="conference", day=TODAY)
    row = "Åsa;Öberg;Ordförande;2018-03-01;2019-03-01;2018-03-01;"
    for fate in ("changed", "unchanged"):
        assert [one for one, _ in bring_in("mandates", HEADINGS, row)] == [fate]
    held.refresh_from_db()
    assert (held.term_until, held.elected_at) == (datetime.date(2019, 3, 1), meeting)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Åsa;Öberg;Ordförande;2018-03-01;2018-02-01;;", "före den första dagen"),
        ("Åsa;Öberg;Ordförande;;;2011-01-01;", "ingen konferens"),
        ("Åsa;Öberg;Rektor;;;;", "ingen roll i den egna föreningen"),
        ("Åsa;Öberg;Ordförande;;;;120", "mellan 1 och 100"),
    ],
)
def test_refused_mandate_says_why(row, reason, own, chair):
    ContactFactory(first_name="Åsa", last_name="Öberg"), RoleFactory(name="Rektor")
    ((fate, said),) = bring_in("mandates", HEADINGS, row)
    assert (fate, reason in said) == ("refused", True), said


def test_roles_say_in_a_file_what_they_are_at_the_association():
    bring_in("roles", "Roll;I föreningen;Platser i styrelsen;Ordning i styrelsen", "Kassör;I styrelsen;1;3")
    assert (Role.objects.get().post, Role.objects.get().seats, Role.objects.get().rank) == ("board", 1, 3)


# The papers


@pytest.fixture
def members_of(client):
    sync_groups()

    def log_in(group):
        user = UserFactory()
        if group:
            user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return client

    return log_in


@pytest.mark.parametrize(("group", "may"), [(BOARD, True), (STAFF, False), (EDITORS, False), ("Nyhetsbrev", False), (None, False)])
def test_papers_open_for_the_board_and_not_for_others(group, may, members_of):
    paper = BoardDocumentFactory(title="Protokoll 4")
    client = members_of(group)
    response = client.get(f"/admin/boarddocument/download/{paper.pk}/")
    assert (response.status_code == 200) == may
    assert (client.get("/admin/boarddocument/").status_code == 200) == may
    if may:
        assert b"".join(response.streaming_content) == b"protokoll"
        assert response["Content-Type"] == "application/octet-stream"
        assert "attachment" in response["Content-Disposition"]


def test_papers_open_for_an_administrator_and_not_for_whoever_is_not_logged_in(client, admin_client):
    paper = BoardDocumentFactory()
    assert admin_client.get(f"/admin/boarddocument/download/{paper.pk}/").status_code == 200
    client.logout()
    for address in (f"/admin/boarddocument/download/{paper.pk}/", f"/media/{paper.file.name}", f"/documents/{paper.pk}/"):
        assert client.get(address).status_code in (302, 404)
    with pytest.raises(ValueError, match="no address"):
        _ = paper.file.url


def test_papers_are_told_on_no_page_of_who_may_not_read_them(own, chair, staff, staff_client):
    """Not on the board's page, not in the history, not under what was removed."""
    paper = BoardDocumentFactory(title="Hemligt protokoll", meeting=ActivityFactory(kind="board_meeting", day=TODAY))
    addresses = [
        f"/admin/register/board/?on={TODAY}",
        f"/admin/activity/history/{paper.meeting_id}/",
        "/admin/change_set/",
        "/admin/deleted/",
    ]
    assert "Hemligt" in staff_client.get(addresses[0]).content.decode()
    staff.user_permissions.remove(*Permission.objects.filter(codename__endswith="_boarddocument"))
    paper.delete()
    BoardDocumentFactory(title="Hemligt protokoll", meeting=paper.meeting)
    for address in addresses:
        assert "Hemligt" not in staff_client.get(address, follow=True).content.decode(), address


def test_paper_is_added_kept_on_edit_and_found_by_its_year(staff, staff_client):
    meeting = ActivityFactory(kind="board_meeting", subject="Styrelsemöte 4", day=TODAY)
    asked = staff_client.get(f"/admin/boarddocument/new/?meeting={meeting.pk}&day={TODAY}").context["form"]
    assert (asked.instance.meeting, asked.instance.day) == (meeting, TODAY)
    values = {"title": "Protokoll", "kind": "minutes", "day": TODAY, "meeting": meeting.pk}
    file = SimpleUploadedFile("Protokoll 4.pdf", b"%PDF-1.4 protokoll")
    staff_client.post("/admin/boarddocument/new/", {**values, "file": file})
    paper = BoardDocument.objects.get()
    assert (paper.filename, paper.size, paper.added_by, paper.ending) == ("Protokoll 4.pdf", 18, staff, "PDF")
    staff_client.post(f"/admin/boarddocument/edit/{paper.pk}/", {**values, "title": "Protokoll 4"})
    paper.refresh_from_db()
    assert (paper.title, paper.file.read()) == ("Protokoll 4", b"%PDF-1.4 protokoll")
    assert list(staff_client.get("/admin/boarddocument/?year=2017/2018").context["object_list"]) == [paper]
    empty = staff_client.post("/admin/boarddocument/new/", {**values, "file": SimpleUploadedFile("tom.pdf", b"")})
    assert "file" in empty.context["form"].errors


def test_page_of_the_person_tells_until_when_they_are_elected(own, chair, staff_client):
    held = seat(own, chair, term_until=TODAY, percent=40)
    for kind, number in (("contact", held.contact_id), ("organisation", own.pk)):
        page = staff_client.get(f"/admin/{kind}/inspect/{number}/").content.decode()
        assert "vald till 2018-03-01" in page
        assert "40 %" in page


def test_who_kept_organisations_may_keep_relations_after_the_migration_and_nobody_gets_the_papers():
    migration = import_module("crm.migrations.0018_relations_board_and_plan")
    office, others = Group.objects.create(name="Kontoret"), Group.objects.create(name="Andra")
    office.permissions.add(*Permission.objects.filter(codename__in=["change_organisation", "view_activity"]))
    others.permissions.add(Permission.objects.get(codename="view_contact"))
    migration.allow_whoever_keeps_the_like(apps, None)
    wanted = {"change_organisation", "change_relationship", "view_activity", "view_planitem", "view_planlink"}
    assert set(office.permissions.values_list("codename", flat=True)) == wanted
    assert others.permissions.count() == 1


def test_contact_keeps_its_mandate_when_its_form_is_saved(own, chair, staff_client):
    """The form of a contact knows nothing of terms and percentages, and must not wipe them."""
    held = seat(own, chair, term_until=TODAY, percent=40)
    EmailFactory(contact=held.contact)
    page = staff_client.get(f"/admin/contact/edit/{held.contact_id}/").context["form"]
    assert "term_until" not in str(page)
    held.refresh_from_db()
    assert (held.term_until, held.percent) == (TODAY, 40)
