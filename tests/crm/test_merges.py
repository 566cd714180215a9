"""Two contacts, or two organisations, become one, and are separated again."""

import datetime

import pytest

from crm.exceptions import RegisterError
from crm.models import (
    Contact,
    ContactPoint,
    MergedRecord,
    Organisation,
    Participation,
    SegmentException,
    Tagging,
)
from crm.services.archiving import archive
from crm.services.deletions import bring_back, last_deletion
from crm.services.merge_plans import plan_merge
from crm.services.merge_rules import relations_to, rules_of
from crm.services.merges import merge
from crm.services.undo import plan_undo
from crm.years import OperatingYear
from tests.crm.merges import dump, merged, planned, undo, written
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    DocumentFactory,
    EmailFactory,
    FeeFactory,
    HoldingFactory,
    LicenceFactory,
    MembershipFactory,
    MobilityFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectRoleFactory,
    RoleFactory,
    SeatFactory,
    SegmentExceptionFactory,
    SegmentFactory,
    TagFactory,
    TaggingFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = datetime.date(2018, 3, 1)


@pytest.fixture
def karin():
    return UserFactory(first_name="Karin", last_name="Ek")


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Berg", note="ring före 10")
    EmailFactory(contact=contact, value="anna@kommun.example")
    return contact


@pytest.fixture
def double():
    contact = ContactFactory(first_name="Anna", last_name="Bergh", note="vegetarian", quick_facts="Talar tyska")
    EmailFactory(contact=contact, value="anna.bergh@hemma.example")
    return contact


def points(owner, kind=ContactPoint.Kind.EMAIL):
    return {point.value: point.is_primary for point in owner.contact_points.filter(kind=kind)}


class TestRules:
    @pytest.mark.parametrize("model", [Contact, Organisation])
    def test_every_foreign_key_says_what_becomes_of_it(self, model):
        """A new one fails here until it has its line in crm/services/merge_rules.py, or in the app above."""
        waiting, seen = [model], set()
        while waiting:
            here = waiting.pop()
            seen.add(here)
            waiting += [rule.model for rule in rules_of(here) if rule.same and rule.model not in seen]

        assert relations_to(model)

    def test_recorded_rows_alone_may_go_with_a_double(self):
        assert all(rule.is_recorded for model in (Contact, Organisation) for rule in rules_of(model) if rule.same)


class TestContacts:
    def test_all_that_belongs_to_one_belongs_to_the_other_afterwards(self, anna, double, karin):
        rows = [
            AffiliationFactory(contact=double),
            DocumentFactory(contact=double),
            HoldingFactory(contact=double),
            MobilityFactory(contact=double, participant=""),
            ParticipationFactory(contact=double),
            ProjectRoleFactory(contact=double),
            SeatFactory(contact=double, organisation=None),
            SegmentExceptionFactory(contact=double),
            TaggingFactory(contact=double),
            TaskFactory(contact=double),
        ]

        merged(anna, double, by=karin)

        assert not Contact.objects.filter(pk=double.pk).exists()
        for row in rows:
            row.refresh_from_db()
            assert row.contact == anna
        assert Contact.objects.search("hemma.example").get() == anna

    def test_it_is_one_change_set_that_says_why(self, anna, double, karin):
        opened = merged(anna, double, by=karin)

        assert (opened.cause, opened.actor, opened.note) == ("merge", karin, "Anna Bergh → Anna Berg")

    def test_values_of_the_one_that_stays_win_and_gaps_are_filled(self, anna, double):
        merged(anna, double)

        anna.refresh_from_db()
        assert (anna.name, anna.quick_facts, anna.note) == ("Anna Berg", "Talar tyska", "ring före 10\n\nvegetarian")

    def test_each_field_can_be_chosen(self, anna, double):
        merged(anna, double, {"last_name": str(double.pk), "note": str(double.pk), "quick_facts": str(anna.pk)})

        anna.refresh_from_db()
        assert (anna.name, anna.quick_facts, anna.note) == ("Anna Bergh", "", "vegetarian")
        assert anna.sort_key == Contact(first_name="Anna", last_name="Bergh").make_sort_key()

    def test_both_addresses_stay_and_one_is_used_first(self, anna, double):
        merged(anna, double)

        assert points(anna) == {"anna@kommun.example": True, "anna.bergh@hemma.example": False}

    def test_the_other_address_can_be_used_first_or_alone(self, anna, double):
        first = plan_merge(anna, double, {"points-email": f"both:{double.pk}"})
        merge(anna, double, {"points-email": f"both:{double.pk}"}, mark=first.mark, acting_user=None)
        assert points(anna) == {"anna@kommun.example": False, "anna.bergh@hemma.example": True}

        third = ContactFactory()
        EmailFactory(contact=third, value="ny@kommun.example")
        merged(anna, third, {"points-email": f"only:{third.pk}"})
        assert points(anna) == {"ny@kommun.example": True}

    def test_same_address_is_not_doubled_and_keeps_the_worse_news(self, anna, double):
        role = AffiliationFactory(contact=double)
        EmailFactory(contact=double, value="Anna@Kommun.example", is_primary=False, status="bounced", affiliation=role, verified_at=DAY)

        merged(anna, double)

        point = anna.contact_points.get(normalised="anna@kommun.example")
        assert (point.status, point.affiliation, point.verified_at, point.is_primary) == ("bounced", role, DAY, True)

    def test_same_role_is_not_doubled_and_what_hangs_on_it_follows(self, anna, double):
        role = AffiliationFactory(contact=anna, since=DAY, is_public=True)
        same = AffiliationFactory(
            contact=double, organisation=role.organisation, role=role.role, since=DAY, title="Rektor", is_public=False
        )
        bound = EmailFactory(contact=double, value="rektor@kommun.example", affiliation=same, is_primary=False)

        merged(anna, double)

        role.refresh_from_db()
        bound.refresh_from_db()
        assert anna.affiliations.get() == role
        assert (role.title, role.is_public) == ("Rektor", False)
        assert (bound.contact, bound.affiliation) == (anna, role)

    def test_roles_that_say_different_things_both_stay(self, anna, double):
        role = AffiliationFactory(contact=anna, title="Rektor")
        AffiliationFactory(contact=double, organisation=role.organisation, role=role.role, title="Lärare")

        merged(anna, double)

        assert {one.title for one in anna.affiliations.all()} == {"Rektor", "Lärare"}

    def test_tags_are_united(self, anna, double):
        shared, own = TagFactory(), TagFactory()
        TaggingFactory(contact=anna, tag=shared)
        TaggingFactory(contact=double, tag=shared)
        TaggingFactory(contact=double, tag=own)

        merged(anna, double)

        assert list(Tagging.objects.filter(contact=anna).values_list("tag", flat=True)) == [shared.pk, own.pk]

    def test_taken_out_of_a_segment_weighs_more_than_put_in(self, anna, double):
        segment = SegmentFactory()
        SegmentExceptionFactory(segment=segment, contact=anna, is_in=True, reason="styrelsen")
        SegmentExceptionFactory(segment=segment, contact=double, is_in=False, reason="vill inte")

        merged(anna, double)

        exception = SegmentException.objects.get()
        assert (exception.contact, exception.is_in, exception.reason) == (anna, False, "vill inte")

    def test_who_took_part_took_part(self, anna, double):
        invited = ParticipationFactory(contact=anna, how="invited")
        ParticipationFactory(activity=invited.activity, contact=double, how="attended")

        merged(anna, double)

        assert Participation.objects.get().how == "attended"

    def test_former_numbers_follow_through_two_merges(self, anna, double):
        third = ContactFactory()
        merged(double, third)
        merged(anna, double)

        assert MergedRecord.objects.survivors(Contact, [third.pk, double.pk, anna.pk]) == {third.pk: anna.pk, double.pk: anna.pk}


class TestOrganisations:
    def test_all_that_belongs_to_one_belongs_to_the_other_afterwards(self):
        kept, gone = OrganisationFactory(), OrganisationFactory()
        child = OrganisationFactory(parent=gone)
        rows = [
            AffiliationFactory(organisation=gone),
            HoldingFactory(organisation=gone),
            MembershipFactory(organisation=gone),
            PartnerFactory(organisation=gone),
            SeatFactory(organisation=gone),
            TaskFactory(organisation=gone),
            ParticipationFactory(organisation=gone, contact=None),
            EmailFactory(contact=None, organisation=gone),
        ]

        merged(kept, gone)

        child.refresh_from_db()
        assert child.parent == kept
        for row in rows:
            row.refresh_from_db()
            assert row.organisation == kept
        assert not Organisation.objects.filter(pk=gone.pk).exists()

    def test_what_it_pays_leads_and_supplies_follows_and_so_do_its_travellers(self):
        kept, gone = OrganisationFactory(), OrganisationFactory()
        project, licence = ProjectFactory(funder=gone, lead=gone), LicenceFactory(supplier=gone)
        mobility = MobilityFactory(sending=gone, receiving=gone)

        merged(kept, gone)

        for record in (project, licence, mobility):
            record.refresh_from_db()
        assert {project.funder, project.lead, licence.supplier, mobility.sending, mobility.receiving} == {kept}

    def test_two_seats_that_nobody_is_named_for_are_two_seats_still(self):
        kept, gone, licence = OrganisationFactory(), OrganisationFactory(), LicenceFactory(seats=2)
        for organisation in (kept, gone):
            HoldingFactory(licence=licence, contact=None, organisation=organisation)

        merged(kept, gone)

        assert kept.holdings.count() == 2

    def test_organisation_number_of_the_other_one_can_stay(self):
        kept, gone = OrganisationFactory(), OrganisationFactory(organisation_number="212000-1926")
        before = dump()

        opened = merged(kept, gone)

        kept.refresh_from_db()
        assert kept.organisation_number == "212000-1926"
        undo(opened, acting_user=None)
        assert dump() == before

    def test_one_membership_entered_twice_is_one_with_the_fees_of_both(self):
        kept = FeeFactory(year=OperatingYear(2016)).membership
        same = FeeFactory(year=OperatingYear(2016)).membership
        FeeFactory(year=OperatingYear(2017), membership=same)

        merged(kept.organisation, same.organisation)

        membership = kept.organisation.memberships.get()
        assert [fee.year.start for fee in membership.fees.order_by("year")] == [2016, 2017]

    def test_searched_texts_of_its_people_follow(self):
        kept, gone = OrganisationFactory(name="Lärcentrum Skara"), OrganisationFactory(name="Komvux i Skara")
        role = AffiliationFactory(organisation=gone)

        merged(kept, gone)

        assert Contact.objects.search("larcentrum skara").get() == role.contact


class TestRefusals:
    def refused(self, kept, gone):
        before = dump()
        plan = plan_merge(kept, gone)
        assert plan.refusals
        with pytest.raises(RegisterError):
            merge(kept, gone, mark=plan.mark, acting_user=None)
        assert dump() == before
        return " ".join(plan.refusals)

    def test_the_same_record(self, anna):
        with pytest.raises(RegisterError):
            merge(anna, anna, mark="", acting_user=None)

    def test_a_part_and_its_whole(self):
        whole = OrganisationFactory(name="Kommunen")
        part = OrganisationFactory(name="Enheten", parent=OrganisationFactory(parent=whole))

        assert "Enheten" in self.refused(whole, part)
        assert "Kommunen" in self.refused(part, whole)

    def test_two_log_ins(self, anna, double):
        UserFactory(username="anna", email="Anna@kommun.example")
        assert not plan_merge(anna, double).refusals

        UserFactory(username="bergh", email="anna.bergh@hemma.example")

        assert "anna, bergh" in self.refused(anna, double)

    def test_an_archived_one_that_is_to_stay(self, anna, double):
        archive(anna, acting_user=None)

        self.refused(anna, double)
        assert not plan_merge(double, anna).refusals

    def test_two_memberships_at_a_time(self):
        kept, gone = MembershipFactory(since=DAY), MembershipFactory(until=datetime.date(2019, 1, 1))

        self.refused(kept.organisation, gone.organisation)

    def test_fees_of_one_year_that_differ(self):
        kept, gone = FeeFactory(amount=15000), FeeFactory(amount=10000)

        self.refused(kept.membership.organisation, gone.membership.organisation)

    @pytest.mark.parametrize(
        "meanwhile",
        [
            lambda anna, double: TaskFactory(contact=double),
            lambda anna, double: Contact.objects.filter(pk=anna.pk).update(note="annat"),
            lambda anna, double: EmailFactory(contact=anna, value="anna.bergh@hemma.example", is_primary=False),
        ],
    )
    def test_what_has_changed_since_the_preview(self, anna, double, meanwhile):
        mark = plan_merge(anna, double).mark
        meanwhile(anna, double)
        before = dump()

        with pytest.raises(RegisterError):
            merge(anna, double, mark=mark, acting_user=None)

        assert dump() == before

    def test_one_that_is_gone(self, anna, double):
        mark = plan_merge(anna, double).mark
        Contact.objects.get(pk=double.pk).delete()

        with pytest.raises(RegisterError):
            merge(anna, double, mark=mark, acting_user=None)


class TestSeparating:
    def test_everything_is_as_it_was(self, anna, double, karin):
        role = AffiliationFactory(contact=anna, since=DAY)
        same = AffiliationFactory(contact=double, organisation=role.organisation, role=role.role, since=DAY, title="Rektor")
        EmailFactory(contact=double, value="anna@kommun.example", affiliation=same, is_primary=False, status="bounced")
        for factory in (DocumentFactory, ParticipationFactory, SegmentExceptionFactory, TaggingFactory, TaskFactory):
            factory(contact=double)
        before = dump()
        opened = merged(anna, double, {"points-email": f"both:{double.pk}"}, by=karin)
        after = dump()
        assert plan_undo(opened).conflicts == []

        separated = undo(opened, acting_user=karin)
        assert dump() == before

        undo(separated, acting_user=karin)
        assert dump() == after

    def test_what_came_later_stays_where_it_came_to(self, anna, double, karin):
        moved = TaskFactory(contact=double)
        opened = merged(anna, double, by=karin)
        later = TaskFactory(contact=anna)

        undo(opened, acting_user=karin)

        moved.refresh_from_db()
        later.refresh_from_db()
        assert (moved.contact, later.contact) == (double, anna)

    def test_what_has_been_changed_since_is_named(self, anna, double, karin):
        opened = merged(anna, double, by=karin)
        anna.refresh_from_db()
        anna.note = "något nytt"
        anna.save()

        plan = plan_undo(opened)

        assert [(conflict.recording.model, conflict.column, conflict.now) for conflict in plan.conflicts] == [
            (Contact, "note", "något nytt")
        ]

    def test_merges_are_undone_in_turn(self, anna, double, karin):
        before = dump()
        first = merged(double, ContactFactory(), by=karin)
        second = merged(anna, Contact.objects.get(pk=double.pk), by=karin)

        with pytest.raises(RegisterError, match=r"Anna Bergh.*Anna Berg"):
            undo(first, acting_user=karin)

        undo(second, acting_user=karin)
        undo(first, acting_user=karin)
        Contact.objects.latest("pk").delete()
        assert dump() == before

    def test_bringing_back_alone_is_refused_and_points_to_the_undo(self, anna, double, karin):
        merged(anna, double, by=karin)

        with pytest.raises(RegisterError, match="Anna Berg"):
            bring_back(last_deletion(Contact, double.pk), acting_user=karin)

        assert not Contact.objects.filter(pk=double.pk).exists()


def test_a_plan_is_what_is_written(anna, double):
    role = AffiliationFactory(contact=anna, role=RoleFactory())
    AffiliationFactory(contact=double, organisation=role.organisation, role=role.role, title="Rektor")
    plan = plan_merge(anna, double)

    opened = merged(anna, double)

    assert written(opened) == planned(plan)


def test_number_of_questions_does_not_grow_with_the_rows(anna, double, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as few:
        plan_merge(anna, double)
    for _number in range(10):
        role = AffiliationFactory(contact=anna)
        AffiliationFactory(contact=double, organisation=role.organisation, role=role.role)
        EmailFactory(contact=double, is_primary=False)
        TaskFactory(contact=double)
    with django_assert_max_num_queries(len(few.captured_queries) + 2):  # what hangs on doubled roles
        plan_merge(anna, double)
