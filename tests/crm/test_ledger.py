"""Every write is part of a change set, from whichever door it comes."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint, Fee, Role, Segment
from crm.recording import current_change_set, recordings, unrecorded_models
from crm.services import triggers
from crm.services.ledger import change_set, going_on_with
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    FeeFactory,
    OrganisationFactory,
    SegmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

EDIT = ChangeSet.Cause.EDIT


@pytest.fixture
def anna():
    return ContactFactory(first_name="Anna", last_name="Berg")


@pytest.fixture
def outside():
    """As the product runs: no change set is opened for the test."""
    wrappers, connection.execute_wrappers[:] = connection.execute_wrappers[:], []
    yield
    connection.execute_wrappers[:] = wrappers


def last(model):
    return Change.objects.filter(model=model._meta.label_lower).latest("pk")


@pytest.mark.parametrize("label", ["crm", "newsletter"])
def test_every_model_is_recorded_or_says_why_not(label):
    known = set(recordings()) | set(unrecorded_models())

    for model in apps.get_app_config(label).get_models():
        assert model._meta.label_lower in known, f"{model.__name__} needs @recorded or @unrecorded (crm/recording.py)"


def test_every_recorded_table_has_its_triggers():
    assert triggers.missing(connection) == []


def test_lost_trigger_is_noticed_and_made_anew():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_crm_role_update" + (" ON crm_role" if connection.vendor == "postgresql" else ""))

    assert triggers.missing(connection) == ["crm_role"]
    triggers.install(connection)
    assert triggers.missing(connection) == []


class TestWrites:
    def test_creation_holds_the_whole_record(self):
        with change_set(actor=UserFactory(first_name="Karin", last_name="Ek"), cause=EDIT, note="visitkort") as opened:
            contact = Contact.objects.create(first_name="Anna", last_name="Berg", note='"ring före 10"\nåäö')

        change = last(Contact)
        assert (change.change_set, change.action, change.object_id, change.contact_id) == (opened, "+", contact.pk, contact.pk)
        assert change.before is None
        assert change.after["note"] == '"ring före 10"\nåäö'
        assert "search_text" not in change.after
        opened.refresh_from_db()
        assert (opened.actor_name, opened.cause, opened.note) == ("Karin Ek", "edit", "visitkort")

    def test_change_holds_what_changed_and_nothing_else(self, anna):
        anna.last_name = "Ekberg"
        anna.save()

        change = last(Contact)
        assert change.action == "~"
        assert change.before == {"last_name": "Berg", "sort_key": anna.sort_key.replace("ekberg", "berg")}
        assert change.after == {"last_name": "Ekberg", "sort_key": anna.sort_key}

    def test_write_that_changes_nothing_leaves_no_trace(self, anna):
        before = Change.objects.count()

        with change_set(cause=EDIT):
            anna.save()
            Contact.objects.filter(pk=anna.pk).update(search_text="annan text")

        assert Change.objects.count() == before
        assert not ChangeSet.objects.filter(cause=EDIT).exists()

    def test_deletion_holds_what_was_there_and_what_went_with_it(self, anna):
        EmailFactory(contact=anna, value="anna@kommun.example")

        with change_set(cause=EDIT) as opened:
            anna.delete()

        deleted = {change.model: change.before for change in opened.changes.all()}
        assert deleted["crm.contact"]["first_name"] == "Anna"
        assert deleted["crm.contactpoint"]["value"] == "anna@kommun.example"

    def test_line_of_a_form_stands_in_the_history_of_both_ends(self, anna):
        organisation = OrganisationFactory()

        AffiliationFactory(contact=anna, organisation=organisation)

        change = last(Affiliation)
        assert (change.contact_id, change.organisation_id) == (anna.pk, organisation.pk)

    def test_decimals_are_exact(self):
        FeeFactory(amount=Decimal("1234567.10"))

        assert Decimal(last(Fee).after["amount"]) == Decimal("1234567.10")

    def test_bulk_writes_are_recorded_row_by_row(self):
        with change_set(cause=EDIT) as opened:
            Role.objects.bulk_create([Role(name=f"Roll {n}", sort_key=f"roll{n}") for n in range(3)])
            Role.objects.filter(name__startswith="Roll").update(name_en="Role")
            Role.objects.filter(name="Roll 1").delete()

        assert [change.action for change in opened.changes.order_by("pk")] == ["+"] * 3 + ["~"] * 3 + ["-"]

    def test_sql_by_hand_is_recorded(self, anna):
        with change_set(cause=EDIT) as opened, connection.cursor() as cursor:
            cursor.execute("UPDATE crm_contact SET note = 'för hand' WHERE id = %s", [anna.pk])

        assert opened.changes.get().after == {"note": "för hand"}

    def test_upsert_is_recorded_as_what_it_did(self):
        point = EmailFactory(contact=ContactFactory(), kind="email", value="a@b.example")
        again = ContactPoint(contact=point.contact, kind="email", value="A@b.example", normalised=point.normalised)

        with change_set(cause=EDIT) as opened:
            ContactPoint.objects.bulk_create(
                [again], update_conflicts=True, unique_fields=["contact", "kind", "normalised"], update_fields=["value"]
            )

        assert [(change.action, change.after) for change in opened.changes.all()] == [("~", {"value": "A@b.example"})]


class TestChangeSets:
    @pytest.mark.usefixtures("outside")
    @pytest.mark.parametrize(
        "write",
        [
            lambda contact: contact.delete(),
            lambda contact: Contact.objects.update(note="x"),
            lambda contact: Contact.objects.bulk_create([Contact(first_name="Ny", last_name="Person")]),
            lambda contact: connection.cursor().execute("UPDATE crm_contact SET note = 'x'"),
        ],
    )
    def test_write_outside_any_change_set_is_refused(self, write):
        with change_set(cause=EDIT):
            contact = ContactFactory()

        with pytest.raises(IntegrityError, match="outside any change set"), transaction.atomic():
            write(contact)

    def test_inner_change_set_is_part_of_the_outer_one(self):
        with change_set(cause=ChangeSet.Cause.IMPORT) as outer, change_set(cause=EDIT) as inner:
            Role.objects.create(name="Rektor")

        assert inner == outer
        assert ChangeSet.objects.filter(changes__model="crm.role").distinct().get() == outer

    def test_failure_takes_the_change_set_with_it(self):
        def fail():
            with change_set(cause=EDIT):
                Role.objects.create(name="Rektor")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()

        assert current_change_set.get() is None
        assert not ChangeSet.objects.filter(cause=EDIT).exists()

    def test_change_set_can_be_gone_on_with(self):
        with change_set(cause=EDIT) as opened:
            Role.objects.create(name="Rektor")

        with going_on_with(opened):
            Role.objects.create(name="Lärare")

        assert opened.changes.count() == 2

    def test_history_keeps_the_name_of_a_deleted_user(self):
        user = UserFactory(first_name="Karin", last_name="Ek")
        with change_set(actor=user, cause=EDIT) as opened:
            Role.objects.create(name="Rektor")

        user.delete()

        opened.refresh_from_db()
        assert (opened.actor, opened.actor_name) == (None, "Karin Ek")


class TestDoors:
    def test_form_is_an_edit_by_whoever_is_logged_in(self, staff_client, staff):
        staff_client.post("/admin/role/new/", {"name": "Rektor", "name_en": ""})

        assert last(Role).change_set.cause == "edit"
        assert last(Role).change_set.actor == staff

    def test_archiving_says_so(self, staff_client, staff, anna):
        staff_client.post(f"/admin/contact/delete/{anna.pk}/")

        assert last(Contact).change_set.cause == "archiving"
        assert last(Contact).change_set.actor == staff

    @pytest.mark.usefixtures("outside")
    def test_page_that_is_not_ours_belongs_to_the_request(self, client):
        """Wagtail's deletion of a user empties the field of the segments they have saved."""
        with change_set(cause=EDIT):
            admin, leaver = UserFactory(is_superuser=True), UserFactory()
            SegmentFactory(created_by=leaver)
        client.force_login(admin)

        client.post(f"/admin/users/delete/{leaver.pk}/")

        change = last(Segment)
        assert (change.before, change.after) == ({"created_by_id": leaver.pk}, {"created_by_id": None})
        assert (change.change_set.cause, change.change_set.actor) == ("edit", admin)

    @pytest.mark.usefixtures("outside")
    def test_request_without_changes_leaves_no_trace(self, client):
        with change_set(cause=EDIT):
            admin = UserFactory(is_superuser=True)
        client.force_login(admin)

        client.post(f"/admin/users/delete/{UserFactory().pk}/")

        assert not ChangeSet.objects.exists()
