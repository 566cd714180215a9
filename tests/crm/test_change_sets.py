"""The list of changes, what each did, and its undo."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm.models import Affiliation, ChangeSet, Contact, ContactPoint, Organisation, Role
from crm.services.undo import plan_undo, undo
from newsletter.models import Subscription
from tests.crm.changes import LIST, doing, save, text, undo_by_form, undo_page
from tests.dumps import dump
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory, UserFactory
from tests.factories.newsletter import NewsletterFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def karin():
    return UserFactory(first_name="Karin", last_name="Ek")


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Berg", note="ring före 10")
    EmailFactory(contact=contact, value="anna@kommun.example")
    AffiliationFactory(contact=contact, organisation__name="Lärcentrum Lidköping", role__name="Rektor")
    return contact


def permit(user, *codes):
    for code in codes:
        app_label, codename = code.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app_label, codename=codename))


def detail(client, one):
    return text(client.get(f"{LIST}{one.pk}/"))


def shown(response):
    return {one.pk for one in response.context["object_list"]}


class TestList:
    def test_row_says_when_who_why_and_whom_it_changed(self, staff_client, karin):
        doing(
            lambda: (EmailFactory(contact__first_name="Frida", contact__last_name="Ek"), ContactFactory.create_batch(3)),
            by=karin,
            cause="import",
            note="kontakter.csv",
        )

        read = text(staff_client.get(LIST))

        for expected in ("Karin Ek", "import", "kontakter.csv", "Frida Ek and 3 more"):
            assert expected in read

    def test_row_about_one_record_says_what_was_done(self, staff_client, anna):
        doing(lambda: (save(anna, note="ny"), save(Affiliation.objects.get(), title="Chef"), ContactPoint.objects.all().delete()))
        doing(lambda: RoleFactory(name="Lektor"))
        doing(lambda: RoleFactory(name="Rektor sfi").delete())

        read = text(staff_client.get(LIST))

        assert "Anna Berg: note, title, e-mail" in read
        assert "Lektor: created" in read
        assert "Rektor sfi: created, deleted" in read

    @pytest.mark.parametrize("query", ["berg anna", "ABERG", "anna åb"])
    def test_search_finds_whom_it_changed(self, query, staff_client, anna):
        save(anna, last_name="Åberg")
        changed = doing(lambda: save(Affiliation.objects.get(), title="Chef"))
        deleted = doing(lambda: Contact.objects.get(pk=anna.pk).delete())
        other = doing(lambda: ContactFactory(first_name="Anna", last_name="Ek"))

        found = shown(staff_client.get(LIST, {"q": query}))

        assert {changed.pk, deleted.pk} <= found
        assert other.pk not in found

    def test_search_finds_roles_that_are_there_and_that_are_not(self, staff_client):
        there = doing(lambda: RoleFactory(name="Överlärare"))
        gone = doing(lambda: RoleFactory(name="Överlektor"))
        save_role = doing(lambda: Role.objects.get(name="Överlektor").delete())
        assert shown(staff_client.get(LIST, {"q": "overl"})) == {there.pk, gone.pk, save_role.pk}

    def test_search_tells_nothing_of_what_somebody_may_not_see(self, client):
        user = UserFactory()
        permit(user, "wagtailadmin.access_admin", "crm.view_role")
        client.force_login(user)
        doing(lambda: (RoleFactory(name="Rektor"), ContactFactory(first_name="Hemlig")))
        assert shown(client.get(LIST, {"q": "hemlig"})) == set()

    def test_what_is_only_technical_is_not_counted(self, staff_client, anna):
        one = doing(lambda: Contact.objects.filter(pk=anna.pk).update(sort_key="x"))
        assert staff_client.get(f"{LIST}{one.pk}/").context["counts"] == []

    @pytest.mark.parametrize("query", ["kontakter", "KARIN", "åsa", "Åsa kontakter"])
    def test_search_finds_notes_and_names(self, query, staff_client):
        wanted = doing(RoleFactory, by=UserFactory(first_name="Åsa", last_name="Karin"), note="kontakter.csv")
        doing(RoleFactory)
        assert shown(staff_client.get(LIST, {"q": query})) == {wanted.pk}

    def test_filters_by_cause_person_and_period(self, staff_client, karin):
        wanted = doing(RoleFactory, by=karin, cause="import")
        ChangeSet.objects.filter(pk=wanted.pk).update(at=timezone.make_aware(datetime.datetime(2018, 3, 3)))
        doing(RoleFactory)
        for params in ({"cause": "import"}, {"actor_name": "Karin Ek"}, {"at_from": "2018-03-01", "at_to": "2018-03-03"}):
            assert shown(staff_client.get(LIST, params)) == {wanted.pk}, params
            assert staff_client.get(f"{LIST}results/", params).status_code == 200

    def test_nothing_yet_is_said(self, staff_client):
        ChangeSet.objects.all().delete()
        assert "Nothing has changed yet" in text(staff_client.get(LIST))

    def test_stands_in_the_menu_of_those_who_may_see_the_register(self, onlooker_client):
        assert LIST in onlooker_client.get("/admin/").content.decode()

    def test_outsider_is_refused(self, client):
        user = UserFactory()
        permit(user, "wagtailadmin.access_admin")
        client.force_login(user)
        assert client.get(LIST).status_code == 302

    def test_only_what_somebody_may_see_is_shown(self, client):
        user = UserFactory()
        permit(user, "wagtailadmin.access_admin", "crm.view_role")
        client.force_login(user)
        role = doing(lambda: (RoleFactory(name="Rektor"), ContactFactory(first_name="Hemlig")))
        contact = doing(ContactFactory)

        assert shown(client.get(LIST)) == {role.pk}
        read = detail(client, role)
        assert "Rektor" in read
        assert "Hemlig" not in read
        assert "records that you may not see" in read
        assert client.get(f"{LIST}{contact.pk}/").status_code == 302

    def test_large_ones_are_not_counted(self, staff_client, monkeypatch):
        monkeypatch.setattr("crm.services.change_sets.COUNTED", 2)
        doing(lambda: RoleFactory.create_batch(3))
        assert "more than" in text(staff_client.get(LIST))
        ChangeSet.objects.all().delete()
        doing(lambda: RoleFactory.create_batch(2))
        assert "and 1 more" in text(staff_client.get(LIST))

    def test_list_keeps_its_queries_when_rows_grow(self, staff_client, karin, django_assert_max_num_queries):
        doing(RoleFactory, by=karin)
        staff_client.get(LIST)
        with django_assert_max_num_queries(30) as few:
            staff_client.get(LIST)
        for number in range(20):
            doing(lambda: (RoleFactory(), AffiliationFactory()), by=UserFactory(first_name=str(number)), note="x")
        with django_assert_max_num_queries(30) as many:
            staff_client.get(LIST)
        assert len(many) == len(few)


class TestDetail:
    def test_says_what_was_done_record_by_record(self, staff_client, anna):
        one = doing(lambda: (save(anna, note="ny"), ContactPoint.objects.all().delete(), OrganisationFactory(name="Campus")))

        read = detail(staff_client, one)

        assert "Anna Berg" in read
        assert "changed note from ring före 10 to ny" in read
        assert "removed e-mail anna@kommun.example" in read
        assert "created the organisation Campus" in read
        assert [group.name for group in staff_client.get(f"{LIST}{one.pk}/").context["groups"]] == ["Anna Berg", "Campus"]

    def test_large_one_is_paged_with_the_same_queries(self, staff_client, django_assert_max_num_queries):
        few = doing(lambda: [EmailFactory() for _ in range(2)])
        many = doing(lambda: [EmailFactory() for _ in range(40)])
        staff_client.get(f"{LIST}{few.pk}/")
        with django_assert_max_num_queries(35) as queries:
            staff_client.get(f"{LIST}{few.pk}/")
        with django_assert_max_num_queries(len(queries)):
            response = staff_client.get(f"{LIST}{many.pk}/")
        assert len(response.context["groups"]) == 25
        assert len(staff_client.get(f"{LIST}{many.pk}/", {"p": 2}).context["groups"]) == 15

    def test_undone_and_undoing_lead_to_each_other(self, staff_client, staff, anna):
        one = doing(lambda: save(anna, note="ny"))
        done = undo(one, acting_user=staff)

        assert f"{LIST}{done.pk}/" in staff_client.get(f"{LIST}{one.pk}/").content.decode()
        assert f"{LIST}{one.pk}/" in staff_client.get(f"{LIST}{done.pk}/").content.decode()
        assert "Undoes the edit of" in detail(staff_client, done)

    def test_what_is_undone_is_not_offered_to_be_undone_again(self, staff_client, staff, anna):
        one = doing(lambda: save(anna, note="ny"))
        done = undo(one, acting_user=staff)
        content = staff_client.get(f"{LIST}{one.pk}/").content.decode()
        assert f"{LIST}{one.pk}/undo/" not in content
        assert f"{LIST}{done.pk}/undo/" in content

        undo(done, acting_user=staff)
        content = staff_client.get(f"{LIST}{one.pk}/").content.decode()
        assert f"{LIST}{one.pk}/undo/" in content
        assert f"{LIST}{done.pk}/undo/" not in content

    def test_what_never_was_is_not_found(self, staff_client):
        assert staff_client.get(f"{LIST}{'9' * 30}/").status_code == 404


class TestUndo:
    def test_shows_first_and_changes_nothing(self, staff_client, anna):
        one = doing(lambda: (save(anna, note="ny"), EmailFactory(contact=anna, value="ny@kommun.example")))
        before = dump()

        read = undo_page(staff_client, one)

        assert "1 record that was created is deleted" in read
        assert "1 record gets its old values" in read
        assert "note: ny → ring före 10" in read
        assert "e-mail ny@kommun.example is deleted" in read
        assert dump() == before

    def test_restores_what_nobody_has_touched(self, staff_client, staff, anna):
        before = dump()
        one = doing(lambda: (save(anna, note="ny"), ContactPoint.objects.all().delete()))

        response = undo_by_form(staff_client, one)

        assert dump() == before
        done = ChangeSet.objects.first()
        assert (done.undoes, done.actor, done.cause) == (one, staff, "undo")
        assert "2 records are as they were before" in response.content.decode()
        assert f"{LIST}{done.pk}/undo/" in response.content.decode()

    def test_each_conflict_shows_both_values_and_who(self, staff_client, anna, karin):
        one = doing(lambda: save(anna, note="ny", last_name="Lind"))
        doing(lambda: save(anna, note="nyast"), by=karin)

        read = undo_page(staff_client, one)

        assert "1 thing to choose" in read
        assert "Keep what is there now: nyast" in read
        assert "Put the old value back: ring före 10" in read
        assert "Karin Ek" in read

    @pytest.mark.parametrize(("choice", "note"), [("now", "nyast"), ("then", "ring före 10")])
    def test_user_chooses_for_each_conflict(self, choice, note, staff_client, anna):
        one = doing(lambda: save(anna, note="ny", last_name="Lind"))
        doing(lambda: save(anna, note="nyast"))
        key = plan_undo(one).conflicts[0].key

        undo_by_form(staff_client, one, **{f"choice:{key}": choice})

        anna.refresh_from_db()
        assert (anna.note, anna.last_name) == (note, "Berg")

    def test_conflict_that_cannot_be_forced_says_why(self, staff_client):
        one = doing(lambda: OrganisationFactory(name="Campus"))
        AffiliationFactory(organisation=Organisation.objects.get())

        read = undo_page(staff_client, one)

        assert "It is in use by" in read
        assert "It stays as it is" in read

    def test_steps_are_grouped_by_person(self, staff_client, anna):
        def enter():
            lisa = ContactFactory(first_name="Lisa", last_name="Norling")
            EmailFactory(contact=lisa)
            EmailFactory(contact=lisa, kind="mobile", value="070-174 07 01")
            AffiliationFactory(contact=lisa, organisation=Organisation.objects.first(), role=None, title="Lärare")
            save(Affiliation.objects.get(contact=anna), title="Chef")

        read = undo_page(staff_client, doing(enter))

        assert "Lisa Norling is deleted, with" in read
        assert "e-mail, mobile and role at an organisation" in read or "role at an organisation" in read
        assert "Anna Berg title (Chef at Lärcentrum Lidköping): Chef → –" in read

    def test_number_that_was_changed_since_is_kept_or_deleted(self, staff_client, anna, karin):
        old = EmailFactory(contact=anna, kind="mobile", value="070-174 06 05", is_primary=True)

        def replace():
            save(old, is_primary=False)
            EmailFactory(contact=anna, kind="mobile", value="070-999 11 98", is_primary=True)

        one = doing(replace, cause="import")
        doing(lambda: save(ContactPoint.objects.get(value="070-999 11 98"), value="070-999 11 99"), by=karin)

        read = undo_page(staff_client, one)

        assert "You have to choose" in read
        assert "070-999 11 99 has been changed since: Karin Ek" in read
        assert "Keep the number 070-999 11 99" in read
        assert "Delete the number; 070-174 06 05 is used first again" in read

    def test_undo_is_undone_the_same_way(self, staff_client, anna):
        one = doing(lambda: save(anna, note="ny"))
        after = dump()
        undo_by_form(staff_client, one)

        undo_by_form(staff_client, ChangeSet.objects.first())

        assert dump() == after

    def test_second_time_says_that_nothing_is_left(self, staff_client, anna):
        one = doing(lambda: save(anna, note="ny"))
        undo_by_form(staff_client, one)

        assert "nothing left to undo" in undo_page(staff_client, one)
        assert "nothing to undo" in undo_by_form(staff_client, one).content.decode()


class TestPermission:
    def test_onlooker_reads_and_may_not_undo(self, onlooker_client, anna):
        one = doing(lambda: save(anna, note="ny"))

        assert "changed note" in detail(onlooker_client, one)
        assert "/undo/" not in onlooker_client.get(f"{LIST}{one.pk}/").content.decode()
        assert onlooker_client.get(f"{LIST}{one.pk}/undo/").status_code == 302
        undo_by_form(onlooker_client, one)
        anna.refresh_from_db()
        assert anna.note == "ny"

    def test_staff_sees_the_button(self, staff_client, anna):
        one = doing(lambda: save(anna, note="ny"))
        assert f"{LIST}{one.pk}/undo/" in staff_client.get(f"{LIST}{one.pk}/").content.decode()

    @pytest.mark.parametrize(("permission", "allowed"), [("change_contact", True), ("view_contact", False), ("change_organisation", False)])
    def test_permission_is_that_of_the_form_in_which_it_stands(self, permission, allowed, client, anna):
        user = UserFactory()
        permit(user, "wagtailadmin.access_admin", "crm.view_role", "crm.view_contact", f"crm.{permission}")
        client.force_login(user)
        one = doing(lambda: (save(anna, note="ny"), ContactPoint.objects.all().delete()))
        assert (client.get(f"{LIST}{one.pk}/undo/").status_code == 200) is allowed

    def test_what_touches_another_model_needs_its_permission_too(self, client, anna):
        user = UserFactory()
        permit(user, "wagtailadmin.access_admin", "crm.view_contact", "crm.change_contact", "crm.view_role")
        client.force_login(user)
        one = doing(lambda: (save(anna, note="ny"), save(Affiliation.objects.get().role, name="Ny")))
        assert client.get(f"{LIST}{one.pk}/undo/").status_code == 302
        permit(user, "crm.change_role")
        assert client.get(f"{LIST}{one.pk}/undo/").status_code == 200

    def test_created_is_undone_by_those_who_may_delete_or_who_did_it(self, client, karin):
        permit(karin, "wagtailadmin.access_admin", "newsletter.view_subscription", "newsletter.add_subscription")
        client.force_login(karin)
        newsletter = NewsletterFactory()
        own = doing(lambda: SubscriptionFactory(newsletter=newsletter), by=karin)
        other = doing(lambda: SubscriptionFactory(newsletter=newsletter))

        assert client.get(f"{LIST}{other.pk}/undo/").status_code == 302
        undo_by_form(client, own)
        assert Subscription.objects.count() == 1
