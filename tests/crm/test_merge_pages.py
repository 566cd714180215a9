"""Merging at the screen: two rows of a list, or a record and another one, side by side; the preview, the doing, the way back."""

import re

import pytest
from django.contrib.auth.models import Permission

from crm.models import ChangeSet, Contact, Organisation
from tests.crm.changes import text
from tests.crm.merges import dump, merged, undo
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    OrganisationFactory,
    SeatFactory,
    TaggingFactory,
    TaskFactory,
    UserFactory,
)
from tests.factories.newsletter import SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Berg", note="ring före 10")
    EmailFactory(contact=contact, value="anna@kommun.example")
    return contact


@pytest.fixture
def double():
    contact = ContactFactory(pk=1_234_567, first_name="Anna", last_name="Bergh", quick_facts="Talar tyska", note="vegetarian")
    EmailFactory(contact=contact, value="anna.bergh@hemma.example")
    return contact


def url(kept, gone):
    return f"/admin/{kept._meta.model_name}/merge/{kept.pk}/{gone.pk}/"


def previewed(client, kept, gone, **choices):
    response = client.post(url(kept, gone), {"step": "preview", **{f"choose-{name}": value for name, value in choices.items()}})
    return response, dict(re.findall(r'name="(choose-[\w-]+|mark)" value="([^"]*)"', response.content.decode()))


def carried_out(client, kept, gone, **choices):
    _response, fields = previewed(client, kept, gone, **choices)
    return client.post(url(kept, gone), {"step": "carry_out", **fields}, follow=True)


def bulk(client, model, *records, query=""):
    name = model._meta.model_name
    return client.post(f"/admin/{name}/bulk/", {"action": "merge", "query": query, "pk": [one.pk for one in records]}, follow=True)


class TestTheWayThere:
    def test_two_rows_of_the_list(self, staff_client, anna, double):
        response = bulk(staff_client, Contact, double, anna)

        assert response.redirect_chain[-1][0] == url(anna, double)  # the older one stays

    def test_the_archived_one_does_not_stay(self, staff_client, anna, double):
        Contact.objects.filter(pk=anna.pk).update(archived_at="2018-03-01T00:00Z")

        assert bulk(staff_client, Contact, anna, double).redirect_chain[-1][0] == url(double, anna)

    @pytest.mark.parametrize("number", [1, 3])
    def test_another_number_of_rows(self, staff_client, number):
        response = bulk(staff_client, Contact, *ContactFactory.create_batch(number), query="q=a")

        assert response.redirect_chain == [("/admin/contact/?q=a", 302)]
        assert "Choose exactly 2 rows" in response.content.decode()

    def test_the_page_of_the_record(self, staff_client, anna, double):
        assert f"/admin/contact/merge/{anna.pk}/" in staff_client.get(f"/admin/contact/inspect/{anna.pk}/").content.decode()
        assert "Which record is Anna Berg, too?" in text(staff_client.get(f"/admin/contact/merge/{anna.pk}/"))

        response = staff_client.get(f"/admin/contact/merge/{anna.pk}/", {"other": double.pk})

        assert response.url == url(anna, double)

    def test_the_same_record_is_refused(self, staff_client, anna):
        response = staff_client.get(f"/admin/contact/merge/{anna.pk}/", {"other": anna.pk})
        assert "That is the same record" in text(response)

        assert staff_client.get(url(anna, anna)).url == f"/admin/contact/inspect/{anna.pk}/"

    @pytest.mark.parametrize("number", [4711, 2**70])
    def test_a_number_that_nobody_has(self, staff_client, anna, number):
        assert staff_client.get(f"/admin/contact/merge/{anna.pk}/{number}/").status_code == 404


class TestSideBySide:
    def test_what_differs_can_be_chosen_and_what_does_not_is_folded_away(self, staff_client, anna, double):
        response = staff_client.get(url(anna, double))

        assert [row["label"] for row in response.context["rows"]] == ["Last name", "Quick facts", "Note", "E-mail"]
        assert [label for label, _value in response.context["same"]] == ["First name", "Language"]
        assert "ring före 10 vegetarian" in text(response)

    def test_number_that_only_one_of_them_has_is_no_question(self, staff_client, anna, double):
        EmailFactory(contact=double, kind="mobile", value="070-174 06 05")

        labels = [row["label"] for row in staff_client.get(url(anna, double)).context["rows"]]

        assert "E-mail" in labels
        assert "Mobile" not in labels

    def test_what_belongs_to_them_is_counted(self, staff_client, anna, double):
        role = AffiliationFactory(contact=anna)
        AffiliationFactory(contact=double, organisation=role.organisation, role=role.role)
        AffiliationFactory(contact=double)

        found = {one.label: one for one in staff_client.get(url(anna, double)).context["related"]}

        roles = found["Roles at organisations"]
        assert (roles.kept, roles.gone, roles.together) == (1, 2, 2)

    def test_swapping_keeps_what_was_chosen(self, staff_client, anna, double):
        form = {"step": "swap", "choose-last_name": str(double.pk), "choose-quick_facts": str(anna.pk), "choose-note": "both"}

        response = staff_client.post(url(anna, double), form)

        assert response.url.startswith(url(double, anna))
        rows = {row["name"]: row["options"] for row in staff_client.get(response.url).context["rows"]}
        assert [choice for choice, _text, is_chosen in rows["choose-quick_facts"] if is_chosen] == [str(anna.pk)]
        assert [choice for choice, _text, is_chosen in rows["choose-last_name"] if is_chosen] == [str(double.pk)]

    def test_going_back_keeps_what_was_chosen(self, staff_client, anna, double):
        response = staff_client.post(url(anna, double), {"step": "change", "choose-last_name": str(double.pk)})

        rows = {row["name"]: row["options"] for row in response.context["rows"]}
        assert [text for _choice, text, is_chosen in rows["choose-last_name"] if is_chosen] == ["Bergh"]

    def test_nothing_is_written_by_looking(self, staff_client, anna, double):
        before = dump()

        staff_client.get(url(anna, double))
        previewed(staff_client, anna, double)

        assert dump() == before

    def test_what_cannot_become_one_says_why_and_has_no_button(self, staff_client):
        whole = OrganisationFactory(name="Kommunen")
        part = OrganisationFactory(name="Enheten", parent=whole)

        for response in (staff_client.get(url(whole, part)), previewed(staff_client, whole, part)[0]):
            assert "“Enheten” belongs to “Kommunen”" in text(response)
            assert 'value="preview"' not in response.content.decode()
            assert 'value="carry_out"' not in response.content.decode()

    def test_questions_do_not_grow_with_the_rows(self, staff_client, anna, double, django_assert_max_num_queries):
        for record in (anna, double):
            for factory in (AffiliationFactory, TaskFactory, TaggingFactory, SeatFactory):
                factory(contact=record)
        staff_client.get(url(anna, double))
        with django_assert_max_num_queries(90) as few:
            staff_client.get(url(anna, double))
        for record in (anna, double):
            for factory in (AffiliationFactory, TaskFactory, TaggingFactory, SeatFactory):
                factory.create_batch(6, contact=record)
        with django_assert_max_num_queries(len(few.captured_queries)):
            staff_client.get(url(anna, double))


class TestPreviewAndDoing:
    def test_preview_names_what_will_be_written(self, staff_client, anna, double):
        role = AffiliationFactory(contact=anna, role__name="Rektor", organisation__name="Lärcentrum Skara")
        AffiliationFactory(contact=double, organisation=role.organisation, role=role.role)
        TaskFactory(contact=double, what="Skicka avtalet")

        response, _fields = previewed(staff_client, anna, double)

        read = text(response)
        assert "Anna Bergh becomes a part of Anna Berg" in read
        assert "Quick facts – → Talar tyska" in read
        assert "Moves along: Skicka avtalet" in read
        assert "Is there already, and is not doubled: Rektor at Lärcentrum Skara" in read
        assert "anna.bergh@hemma.example: Use first yes → no" in read

    def test_carrying_out_leads_to_the_one_that_stays_and_offers_the_undo(self, staff_client, anna, double):
        response = carried_out(staff_client, anna, double, last_name=str(double.pk))

        anna.refresh_from_db()
        assert anna.name == "Anna Bergh"
        assert response.redirect_chain[-1][0] == f"/admin/contact/inspect/{anna.pk}/"
        assert f"/admin/register/changes/{ChangeSet.objects.latest('pk').pk}/undo/" in response.content.decode()

    def test_organisations_too(self, staff_client):
        kept, gone = OrganisationFactory(name="Komvux Skara"), OrganisationFactory(name="Komvux i Skara", city="Skara")
        AffiliationFactory(organisation=gone)

        carried_out(staff_client, kept, gone)

        kept.refresh_from_db()
        assert (kept.city, kept.affiliations.count()) == ("Skara", 1)

    def test_change_since_the_preview_is_shown_and_nothing_is_done(self, staff_client, anna, double):
        _response, fields = previewed(staff_client, anna, double)
        TaskFactory(contact=double, what="Nytt sedan dess")

        response = staff_client.post(url(anna, double), {"step": "carry_out", **fields})

        assert Contact.objects.filter(pk=double.pk).exists()
        assert "Nytt sedan dess" in text(response)
        assert "Something has changed since the preview" in response.content.decode()

    def test_sent_twice_is_done_once(self, staff_client, anna, double):
        _response, fields = previewed(staff_client, anna, double)
        staff_client.post(url(anna, double), {"step": "carry_out", **fields})

        response = staff_client.post(url(anna, double), {"step": "carry_out", **fields}, follow=True)

        assert response.redirect_chain[-1][0] == f"/admin/contact/inspect/{anna.pk}/"
        assert ChangeSet.objects.filter(cause="merge").count() == 1

    @pytest.mark.parametrize("choice", ["", "senseless", "both:x", "only:", "both:999999999999999999999"])
    def test_choice_that_makes_no_sense_is_the_usual_one(self, staff_client, anna, double, choice):
        carried_out(staff_client, anna, double, last_name=choice, **{"points-email": choice})

        anna.refresh_from_db()
        assert anna.name == "Anna Berg"
        assert anna.contact_points.count() == 2


class TestAfterwards:
    @pytest.mark.parametrize("where", ["inspect", "edit"])
    def test_former_address_leads_to_the_one_that_stays(self, staff_client, anna, double, where):
        merged(anna, double)

        response = staff_client.get(f"/admin/contact/{where}/{double.pk}/", follow=True)

        assert response.redirect_chain == [(f"/admin/contact/inspect/{anna.pk}/", 302)]
        assert "is a part of “Anna Berg” now" in response.content.decode()

    def test_form_that_was_open_meanwhile_leads_there_too(self, staff_client, anna, double):
        merged(anna, double)

        response = staff_client.post(f"/admin/contact/edit/{double.pk}/", {"first_name": "Anna"})

        assert response.url == f"/admin/contact/inspect/{anna.pk}/"

    def test_address_that_never_led_anywhere_still_does_not(self, staff_client):
        assert staff_client.get("/admin/contact/inspect/4711/").status_code == 404
        assert staff_client.get("/admin/organisation/edit/4711/").status_code == 404

    def test_history_of_both_has_the_undo(self, staff_client, anna, double, staff):
        opened = merged(anna, double, by=staff)
        undo_url = f"/admin/register/changes/{opened.pk}/undo/"

        kept = staff_client.get(f"/admin/contact/history/{anna.pk}/")
        gone = staff_client.get(f"/admin/contact/history/{double.pk}/")

        assert f"Anna Bergh, no. {double.pk}, is a part of this record" in text(kept)
        assert "This record is a part of Anna Berg now" in text(gone)
        for response in (kept, gone):
            assert undo_url in response.content.decode()
        assert "/bring-back/" not in gone.content.decode()

    def test_list_of_what_is_removed_points_to_the_undo(self, staff_client, anna, double):
        opened = merged(anna, double)

        response = staff_client.get("/admin/register/removed/")

        assert "It is a part of Anna Berg now" in text(response)
        assert f"/admin/register/changes/{opened.pk}/undo/" in response.content.decode()
        assert f"/crm.contact/{double.pk}/bring-back/" not in response.content.decode()

        staff_client.post(f"/admin/register/removed/crm.contact/{double.pk}/bring-back/")
        assert not Contact.objects.filter(pk=double.pk).exists()

    def test_undo_at_the_screen_separates_them(self, staff_client, anna, double):
        before = dump()
        opened = merged(anna, double)

        response = staff_client.post(f"/admin/register/changes/{opened.pk}/undo/", follow=True)

        assert response.status_code == 200
        assert dump() == before
        assert staff_client.get(f"/admin/contact/inspect/{double.pk}/").status_code == 200
        assert "is a part of this record" not in text(staff_client.get(f"/admin/contact/history/{anna.pk}/"))

    def test_filter_by_the_former_number_means_the_one_that_stays(self, staff_client):
        kept, gone = OrganisationFactory(), OrganisationFactory()
        role = AffiliationFactory(organisation=gone)
        merged(kept, gone)

        response = staff_client.get("/admin/contact/", {"organisation": gone.pk})

        assert list(response.context["object_list"]) == [role.contact]

    def test_the_two_may_be_merged_again(self, anna, double):
        undo(merged(anna, double), acting_user=None)

        merged(double, Contact.objects.get(pk=anna.pk))

        assert Contact.objects.get() == double


class TestPermissions:
    @pytest.fixture
    def somebody(self, client):
        """Return a function that logs somebody in with some permissions of the register."""

        def log_in(*codenames):
            user = UserFactory()
            user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
            client.force_login(user)
            return client

        return log_in

    @pytest.mark.parametrize("kind", ["contact", "organisation"])
    @pytest.mark.parametrize(("actions", "is_allowed"), [(("view",), False), (("change",), False), (("change", "delete"), True)])
    def test_who_may_change_and_archive_may_merge(self, somebody, kind, actions, is_allowed):
        factory = {"contact": ContactFactory, "organisation": OrganisationFactory}[kind]
        kept, gone = factory(), factory()
        client = somebody(*[f"{action}_{kind}" for action in actions])

        statuses = [
            client.get(f"/admin/{kind}/merge/{kept.pk}/").status_code,
            client.get(url(kept, gone)).status_code,
            client.post(url(kept, gone), {"step": "preview"}).status_code,
        ]
        carried_out(client, kept, gone)

        assert [status == 200 for status in statuses] == [is_allowed] * 3
        assert type(gone).objects.filter(pk=gone.pk).exists() != is_allowed
        assert (f"/admin/{kind}/merge/" in client.get(f"/admin/{kind}/inspect/{kept.pk}/").content.decode()) == is_allowed

    def test_list_offers_it_to_nobody_else(self, somebody, anna, double):
        client = somebody("change_contact", "view_contact")

        assert "Merge two" not in client.get("/admin/contact/").content.decode()
        assert bulk(client, Contact, anna, double).redirect_chain[-1][0] != url(anna, double)

    def test_who_may_merge_may_separate_also_what_they_may_not_see(self, somebody, anna, double):
        SubscriptionFactory(contact=double)
        before = dump()
        client = somebody("change_contact", "delete_contact")

        response, _fields = previewed(client, anna, double)
        assert "And 1 thing that you may not see follows." in text(response)
        assert "prenumerant" not in text(response)

        carried_out(client, anna, double)
        opened = ChangeSet.objects.get(cause="merge")
        assert client.post(f"/admin/register/changes/{opened.pk}/undo/").status_code == 302
        assert dump() == before

    def test_onlooker_follows_the_address_and_may_not_separate(self, onlooker_client, anna, double):
        opened = merged(anna, double)

        assert onlooker_client.get(f"/admin/contact/inspect/{double.pk}/").status_code == 302
        response = onlooker_client.get(f"/admin/contact/history/{double.pk}/")
        assert "This record is a part of Anna Berg now" in text(response)
        assert "/undo/" not in response.content.decode()
        assert onlooker_client.post(f"/admin/register/changes/{opened.pk}/undo/").status_code == 302
        assert not Contact.objects.filter(pk=double.pk).exists()

    def test_stranger_learns_nothing(self, somebody, anna, double):
        merged(anna, double)
        client = somebody("view_organisation")

        response = client.get(f"/admin/contact/inspect/{double.pk}/", follow=True)

        assert "Anna Berg" not in response.content.decode()
        assert Organisation.objects.count() == 0
