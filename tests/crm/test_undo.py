"""Taking a change set back."""

import datetime
from decimal import Decimal

import pytest

from crm.exceptions import RegisterError
from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint, Organisation, Role
from crm.services import undo as undo_service
from crm.services.archiving import archive
from crm.services.ledger import change_set
from crm.services.undo import plan_undo, undo
from crm.years import OperatingYear
from newsletter.models import Subscription
from tests.dumps import dump
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    FeeFactory,
    NetworkFactory,
    OrganisationFactory,
    ParticipationFactory,
    RoleFactory,
    SeatFactory,
    TaskFactory,
    UserFactory,
)
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

EDIT = ChangeSet.Cause.EDIT


@pytest.fixture
def karin():
    return UserFactory(first_name="Karin", last_name="Ek")


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Berg", note="ring före 10")
    EmailFactory(contact=contact, value="anna@kommun.example")
    AffiliationFactory(contact=contact, organisation__name="Lärcentrum Lidköping", role__name="Rektor")
    return contact


def edit(do):
    with change_set(cause=EDIT) as opened:
        do()
    return opened


def save(record, **values):
    record = type(record).objects.get(pk=record.pk)
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


def of(plan, kind="conflicts"):
    return {(conflict.recording.label, conflict.column): conflict for conflict in getattr(plan, kind)}


class TestUntouched:
    def test_change_returns_to_what_it_was(self, anna, karin):
        before = dump()
        edited = edit(lambda: save(anna, last_name="Ekberg", note=""))

        undone = undo(edited, acting_user=karin)

        assert dump() == before
        assert (undone.cause, undone.undoes, undone.actor) == ("undo", edited, karin)

    def test_everything_created_is_gone(self, anna, karin):
        before = dump()

        def enter():
            contact = ContactFactory(first_name="Bo", last_name="Ek")
            EmailFactory(contact=contact)
            AffiliationFactory(contact=contact, organisation=OrganisationFactory(parent=OrganisationFactory()))
            SeatFactory(network=NetworkFactory(), organisation=None, contact=contact)

        undo(edit(enter), acting_user=karin)

        assert dump() == before

    def test_deleted_person_is_back_with_all_that_belonged_to_them(self, anna, karin):
        before = dump()
        deleted = edit(lambda: Contact.objects.get(pk=anna.pk).delete())
        assert plan_undo(deleted).counts == {"delete": 0, "change": 0, "restore": 3}

        undo(deleted, acting_user=karin)

        assert dump() == before
        assert Contact.objects.search("anna lidkoping").get() == anna

    def test_searched_text_follows_the_organisation_back(self, anna, karin):
        organisation = Organisation.objects.get()
        renamed = edit(lambda: save(organisation, name="Campus Lidköping"))
        assert Contact.objects.search("campus").exists()

        undo(renamed, acting_user=karin)

        assert not Contact.objects.search("campus").exists()

    def test_year_and_amount_of_a_fee_and_the_time_of_archiving_return(self, karin):
        fee = FeeFactory(year=OperatingYear(2017), amount=Decimal("15000.50"), paid_on=None)
        archive(fee.membership, acting_user=karin)
        before = dump()
        edited = edit(
            lambda: (
                save(fee, year=OperatingYear(2018), amount=Decimal(1), paid_on=datetime.date(2018, 9, 1)),
                save(fee.membership, archived_at=None),
            )
        )

        undo(edited, acting_user=karin)

        assert dump() == before

    def test_undo_can_be_undone(self, anna, karin):
        edited = edit(lambda: save(anna, last_name="Ekberg"))
        after = dump()

        undo(undo(edited, acting_user=karin), acting_user=karin)

        assert dump() == after

    def test_archiving_can_be_undone(self, anna, karin):
        archive(anna, acting_user=karin)
        undo(ChangeSet.objects.get(cause="archiving"), acting_user=karin)

        assert Contact.objects.active().filter(pk=anna.pk).exists()

    def test_created_and_deleted_again_is_nothing(self, karin):
        nothing = edit(lambda: RoleFactory().delete())

        assert plan_undo(nothing).is_empty

    def test_undoing_twice_says_that_nothing_is_left(self, anna, karin):
        edited = edit(lambda: save(anna, note="x"))
        undo(edited, acting_user=karin)

        assert plan_undo(edited).is_empty
        with pytest.raises(RegisterError):
            undo(edited, acting_user=karin)
        assert ChangeSet.objects.filter(cause="undo").count() == 1

    def test_link_from_another_record_is_emptied_and_comes_back(self, karin):
        subscription = SubscriptionFactory(newsletter=NewsletterFactory(), contact=None)
        created = edit(ContactFactory)
        save(subscription, contact=Contact.objects.get())

        undone = undo(created, acting_user=karin)
        assert Subscription.objects.get().contact is None

        undo(undone, acting_user=karin)
        assert Subscription.objects.get().contact == Contact.objects.get()


class TestTouchedSince:
    def test_conflict_shows_both_values_and_who_changed_it(self, anna, karin):
        edited = edit(lambda: save(anna, last_name="Ekberg", note="ny"))
        with change_set(actor=karin, cause=EDIT) as since:
            save(anna, last_name="Lind")

        plan = plan_undo(edited)

        conflict = of(plan)["crm.contact", "last_name"]
        assert (conflict.then, conflict.now, conflict.since) == ("Berg", "Lind", since)
        assert plan.counts["change"] == 1

        undo(edited, acting_user=karin)
        anna.refresh_from_db()
        assert (anna.last_name, anna.note) == ("Lind", "ring före 10")
        assert anna.sort_key.startswith("lind")

    def test_user_may_choose_the_old_value(self, anna, karin):
        edited = edit(lambda: save(anna, last_name="Ekberg"))
        save(anna, last_name="Lind")
        before = anna.sort_key

        undo(edited, acting_user=karin, force=[conflict.key for conflict in plan_undo(edited).conflicts])

        anna.refresh_from_db()
        assert (anna.last_name, anna.sort_key) == ("Berg", before)

    def test_value_that_was_changed_back_by_hand_is_no_conflict(self, anna):
        edited = edit(lambda: save(anna, last_name="Ekberg"))
        save(anna, last_name="Berg")

        assert plan_undo(edited).is_empty

    def test_record_with_new_lines_stays_unless_wanted_otherwise(self, karin):
        created = edit(ContactFactory)
        contact = Contact.objects.get()
        EmailFactory(contact=contact)
        plan = plan_undo(created)
        assert plan.conflict_count == 1
        assert plan.conflicts[0].can_force

        with pytest.raises(RegisterError):
            undo(created, acting_user=karin)
        assert Contact.objects.exists()

        undo(created, acting_user=karin, force=[plan.conflicts[0].key])
        assert not Contact.objects.exists()
        assert not ContactPoint.objects.exists()

    def test_organisation_that_others_have_come_to_cannot_go(self, karin):
        created = edit(lambda: AffiliationFactory(organisation__name="Campus"))
        AffiliationFactory(organisation=Organisation.objects.get())

        conflict = of(plan_undo(created))["crm.organisation", ""]
        assert not conflict.can_force

        undo(created, acting_user=karin, force=[conflict.key])
        assert Organisation.objects.get().name == "Campus"
        assert Affiliation.objects.count() == 1

    def test_created_contact_goes_when_what_was_handed_to_it_goes_back(self, anna, karin):
        task, place = TaskFactory(contact=anna), ParticipationFactory(contact=anna)
        before = dump()

        def hand_over():
            successor = ContactFactory()
            save(task, contact=successor)
            save(place, contact=successor)

        handed = edit(hand_over)
        assert plan_undo(handed).conflict_count == 0

        undo(handed, acting_user=karin)

        assert dump() == before

    def test_created_contact_that_others_use_since_stays(self, anna, karin):
        task = TaskFactory(contact=anna)
        handed = edit(lambda: save(task, contact=ContactFactory()))
        TaskFactory(contact=Contact.objects.latest("pk"))

        undo(handed, acting_user=karin)

        task.refresh_from_db()
        assert task.contact == anna
        assert Contact.objects.count() == 2

    def test_changed_record_that_has_been_deleted_says_so(self, anna, karin):
        edited = edit(lambda: save(anna, note=""))
        edit(lambda: Contact.objects.get(pk=anna.pk).delete())

        conflict = of(plan_undo(edited))["crm.contact", "note"]
        assert not conflict.can_force

    def test_line_of_a_record_that_is_gone_waits_for_it(self, anna, karin):
        removed = edit(lambda: ContactPoint.objects.all().delete())
        edit(lambda: Contact.objects.get(pk=anna.pk).delete())

        assert not of(plan_undo(removed))["crm.contactpoint", ""].can_force

    def test_name_taken_since_leaves_the_record_as_it_is(self, karin):
        role = RoleFactory(name="Rektor")
        renamed = edit(lambda: save(role, name="Skolchef"))
        RoleFactory(name="Rektor")

        with pytest.raises(RegisterError):
            undo(renamed, acting_user=karin)

        assert sorted(Role.objects.values_list("name", flat=True)) == ["Rektor", "Skolchef"]


class TestOnePrimaryOfAKind:
    @pytest.fixture
    def old(self, anna):
        return EmailFactory(contact=anna, kind="mobile", value="070-174 06 05", is_primary=True)

    @pytest.fixture
    def replaced(self, anna, old):
        """The change set that put another number first."""

        def replace():
            save(old, is_primary=False)
            EmailFactory(contact=anna, kind="mobile", value="070-999 11 98", is_primary=True)

        return edit(replace)

    @pytest.fixture(autouse=True)
    def _never_two(self, anna):
        yield
        primary = [(row["contact_id"], row["kind"]) for row in dump()["crm.contactpoint"].values() if row["is_primary"]]
        assert len(primary) == len(set(primary)) == 2  # the address and a number

    def first(self):
        return ContactPoint.objects.get(kind="mobile", is_primary=True).value

    def test_untouched_the_old_one_is_first_again(self, replaced, karin):
        undo(replaced, acting_user=karin)
        assert self.first() == "070-174 06 05"

    @pytest.mark.parametrize(("forced", "first"), [(False, "070-999 11 99"), (True, "070-174 06 05")])
    def test_kept_new_number_stays_first_and_a_deleted_one_does_not(self, forced, first, replaced, karin):
        save(ContactPoint.objects.get(value="070-999 11 98"), value="070-999 11 99")
        plan = plan_undo(replaced)
        assert len(plan.conflicts) == 1

        if forced:
            undo(replaced, acting_user=karin, force=[plan.conflicts[0].key])
        else:
            with pytest.raises(RegisterError):
                undo(replaced, acting_user=karin)

        assert self.first() == first

    def test_kept_new_number_lets_the_rest_be_undone(self, anna, old, karin):
        def replace():
            save(old, is_primary=False, source="import")
            EmailFactory(contact=anna, kind="mobile", value="070-999 11 98", is_primary=True)

        replaced = edit(replace)
        save(ContactPoint.objects.get(value="070-999 11 98"), value="070-999 11 99")

        undo(replaced, acting_user=karin)

        old.refresh_from_db()
        assert (self.first(), old.source) == ("070-999 11 99", "")

    def test_one_that_somebody_has_put_first_since_is_a_conflict(self, anna, old, karin):
        edited = edit(lambda: save(old, is_primary=False))
        EmailFactory(contact=anna, kind="mobile", value="070-999 11 97", is_primary=True)

        assert not of(plan_undo(edited))["crm.contactpoint", "is_primary"].can_force
        with pytest.raises(RegisterError):
            undo(edited, acting_user=karin)

    def test_deleted_one_comes_back_behind_it(self, anna, old, karin):
        removed = edit(lambda: ContactPoint.objects.get(pk=old.pk).delete())
        EmailFactory(contact=anna, kind="mobile", value="070-999 11 97", is_primary=True)

        undo(removed, acting_user=karin)

        assert ContactPoint.objects.filter(kind="mobile").count() == 2
        assert self.first() == "070-999 11 97"

    def test_two_that_changed_places_change_back(self, anna, old, karin):
        other = EmailFactory(contact=anna, kind="mobile", value="070-999 11 97", is_primary=False)
        before = dump()
        swapped = edit(lambda: (save(old, is_primary=False), save(other, is_primary=True)))
        assert plan_undo(swapped).conflict_count == 0

        undo(swapped, acting_user=karin)

        assert dump() == before


class TestOneValue:
    def test_one_value_of_an_edit_is_put_back(self, anna, karin):
        edit(lambda: save(anna, last_name="Ekberg", note=""))
        change = Change.objects.latest("pk")

        undo(change.change_set, acting_user=karin, only=(change.pk, "note"))

        anna.refresh_from_db()
        assert (anna.last_name, anna.note) == ("Ekberg", "ring före 10")

    def test_older_value_is_put_back_over_newer_ones_when_wanted(self, anna, karin):
        edit(lambda: save(anna, note="andra"))
        change = Change.objects.latest("pk")
        edit(lambda: save(anna, note="tredje"))
        plan = plan_undo(change.change_set, only=(change.pk, "note"))

        undo(change.change_set, acting_user=karin, only=(change.pk, "note"), force=[plan.conflicts[0].key])

        anna.refresh_from_db()
        assert anna.note == "ring före 10"

    def test_deleted_line_is_brought_back(self, anna, karin):
        before = dump()
        edit(lambda: (save(anna, note="kvar"), ContactPoint.objects.all().delete()))
        change = Change.objects.get(action="-")

        undo(change.change_set, acting_user=karin, only=(change.pk, None))

        assert dump()["crm.contactpoint"] == before["crm.contactpoint"]
        anna.refresh_from_db()
        assert anna.note == "kvar"


class TestLarge:
    @pytest.fixture(autouse=True)
    def _small_parts(self, monkeypatch):
        monkeypatch.setattr(undo_service, "AT_ONCE", 3)
        monkeypatch.setattr("crm.services.judgement.CHUNK", 2)

    def enter(self):
        for number in range(5):
            AffiliationFactory(contact__first_name=f"Person {number}", organisation__name=f"Lärcentrum {number}")

    def test_undone_in_parts_all_is_as_before(self, anna, karin):
        before = dump()
        entered = edit(self.enter)

        undo(entered, acting_user=karin)

        assert dump() == before
        assert ChangeSet.objects.filter(cause="undo").count() == 1

    def test_interrupted_undo_goes_on(self, anna, karin, monkeypatch):
        before = dump()
        entered = edit(self.enter)
        carry_out, calls = undo_service._carry_out, []

        def killed(verdicts):
            carry_out(verdicts)
            calls.append(verdicts)
            if len(calls) == 3:
                raise KeyboardInterrupt

        monkeypatch.setattr(undo_service, "_carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            undo(entered, acting_user=karin)
        monkeypatch.setattr(undo_service, "_carry_out", carry_out)
        assert Affiliation.objects.count() == 2  # one of Anna, one that had no turn yet; the part that was killed is as it was

        undone = undo(entered, acting_user=karin)

        assert dump() == before
        assert ChangeSet.objects.filter(cause="undo").get() == undone
