"""Courses, seats, needs and interests on the pages of organisations, contacts and projects, and in a change of job."""

import datetime

import pytest

from crm.services.job_changes import Fate, JobChange, Successor, carry_out, last_change_of
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    CourseFactory,
    InterestFactory,
    NeedFactory,
    OrganisationFactory,
    ProjectFactory,
    SeatRequestFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)
AHEAD = datetime.date(2099, 3, 1)
KEYS = ("courses", "needs", "interests")


def page_of(client, record):
    return client.get(f"/admin/{record._meta.model_name}/inspect/{record.pk}/")


def sections(client, record):
    return {section.key: section for section in page_of(client, record).context["sections"] if section.key in KEYS}


def titles(client, record):
    months = client.get(f"/admin/{record._meta.model_name}/inspect/{record.pk}/?kind=course").context["timeline"].months
    return [item.title for _month, items in months for item in items]


def test_organisation_tells_what_it_gives_asks_for_needs_and_wants(staff_client):
    centre = OrganisationFactory(name="Komvux Åmål")
    CourseFactory(title="Excel", provider=centre, since=DAY, seats=3)
    CourseFactory(title="Borttagen", provider=centre, since=DAY, archived_at=datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC))
    SeatRequestFactory(course__title="Svets", organisation=centre, seats=2, asked_on=DAY)
    NeedFactory(organisation=centre, area="care", received_on=DAY)
    InterestFactory(organisation=centre, project__name="KompVäst", day=DAY)
    found = sections(staff_client, centre)
    assert [str(one) for one in found["courses"].values["given"]] == ["Excel"]
    assert [str(one.course) for one in found["courses"].values["asked"]] == ["Svets"]
    assert (found["needs"].count, found["interests"].count) == (1, 1)
    assert set(titles(staff_client, centre)) == {
        "Kursen Excel började",
        "Frågade efter 2 platser i Svets",
        "Sa vad de behöver: Vård och omsorg",
        "Vill delta i projektet KompVäst",
    }


def test_company_without_a_need_offers_to_note_one_and_others_do_not(staff_client):
    assert set(sections(staff_client, OrganisationFactory(kind="company"))) == {"needs"}
    assert sections(staff_client, OrganisationFactory(kind="municipality")) == {}
    assert sections(staff_client, ContactFactory()) == {}


def test_person_tells_what_they_asked_for_and_take_part_in(staff_client):
    asa = ContactFactory()
    SeatRequestFactory(contact=asa, course__title="Svets")
    SeatRequestFactory(participant=asa, course__title="Excel")
    NeedFactory(contact=asa)
    found = sections(staff_client, asa)
    assert {str(one.course) for one in found["courses"].values["asked"]} == {"Svets", "Excel"}
    assert found["needs"].count == 1


def test_project_tells_its_courses_and_how_many_are_interested(staff_client):
    project = ProjectFactory()
    CourseFactory(project=project, title="Excel", since=DAY)
    InterestFactory.create_batch(12, project=project)
    found = sections(staff_client, project)
    assert (found["interests"].count, len(found["interests"].values["interests"])) == (12, 10)
    assert [str(one) for one in found["courses"].values["given"]] == ["Excel"]
    assert "Visa alla 12 i listan" in page_of(staff_client, project).content.decode()
    assert titles(staff_client, project) == ["Kursen Excel började"]


def test_course_that_was_cancelled_or_lies_ahead_has_not_begun(staff_client):
    centre = OrganisationFactory()
    CourseFactory(provider=centre, since=AHEAD)
    CourseFactory(provider=centre, since=DAY, state="cancelled")
    assert titles(staff_client, centre) == []


class TestChangeOfJob:
    @pytest.fixture
    def role(self):
        return AffiliationFactory(since=datetime.date(2010, 1, 1))

    def change(self, role, successor=None):
        return JobChange(role, DAY, successor=Successor(successor, DAY) if successor else None, reason="ny tjänst")

    def asked(self, role, **values):
        values = {"organisation": role.organisation, "contact": role.contact, "course__since": AHEAD, **values}
        return SeatRequestFactory(**values)

    def found(self, change, staff):
        return {one.record: one for one in change.hanging(staff) if one.record._meta.model_name == "seatrequest"}

    def test_live_requests_in_courses_ahead_hang_on_the_role(self, role, staff):
        live = self.asked(role)
        own = self.asked(role, organisation=None)
        self.asked(role, state="withdrawn")
        self.asked(role, course__since=datetime.date(2018, 1, 1))
        self.asked(role, organisation=OrganisationFactory())
        assert set(self.found(self.change(role), staff)) == {live, own}

    def test_successor_gets_the_answer(self, role, staff):
        request, successor = self.asked(role, state="confirmed"), ContactFactory()
        change = self.change(role, successor)
        hanging = self.found(change, staff)[request]
        assert hanging.default == Fate.HAND_OVER
        self.carry_out(change, staff, hanging, Fate.HAND_OVER)
        request.refresh_from_db()
        assert (request.contact, request.state) == (successor, "confirmed")

    def test_seats_are_given_back_or_stay(self, role, staff):
        request = self.asked(role, state="confirmed")
        change = self.change(role)
        hanging = self.found(change, staff)[request]
        assert hanging.default == Fate.KEEP
        self.carry_out(change, staff, hanging, Fate.END)
        request.refresh_from_db()
        assert (request.contact, request.state, request.reason) == (role.contact, "withdrawn", "byte av uppdrag")

    def carry_out(self, change, staff, hanging, fate):
        fates = {one.key: one.default for one in change.hanging(staff)} | {hanging.key: fate}
        carry_out(change, fates, acting_user=staff, seen=last_change_of(change.person))
