"""The history of a record: read, filtered, put back from, and the record as of a day."""

import datetime
import re

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint
from crm.services.as_of import as_of
from crm.services.ledger import change_set
from tests.factories.crm import (
    AffiliationFactory,
    ContactFactory,
    EmailFactory,
    FeeFactory,
    MembershipFactory,
    NetworkFactory,
    OrganisationFactory,
    RoleFactory,
    SeatFactory,
    SegmentFactory,
    UserFactory,
)
from tests.factories.newsletter import SubscriptionFactory

pytestmark = pytest.mark.django_db

EDIT = ChangeSet.Cause.EDIT


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def karin():
    return UserFactory(first_name="Karin", last_name="Ek")


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Berg", note="ring före 10")
    EmailFactory(contact=contact, kind="mobile", value="070-174 06 05")
    AffiliationFactory(contact=contact, organisation__name="Lärcentrum Lidköping", role__name="Rektor")
    return contact


def write(record, *, by=None, cause=EDIT, file="", at=None, **values):
    """Change a record in a change set of its own."""
    with change_set(actor=by, cause=cause, note=file) as opened:
        record = type(record).objects.get(pk=record.pk)
        for name, value in values.items():
            setattr(record, name, value)
        record.save()
    if at:
        ChangeSet.objects.filter(pk=opened.pk).update(at=at)
    return opened


def text(response):
    """The page as it is read."""
    assert response.status_code == 200
    content = response.content.decode()
    return re.sub(r"\s+", " ", strip_tags(content[content.index("<main") : content.index("</main")]))


def history(client, record, **params):
    return text(client.get(f"/admin/{record._meta.model_name}/history/{record.pk}/", params))


def put_back_url(record, change):
    return f"/admin/{record._meta.model_name}/history/{record.pk}/put-back/{change.pk}/"


def day(number):
    return timezone.make_aware(datetime.datetime(2018, 3, number, 12))


class TestReading:
    def test_sentence_says_who_what_from_what_to_what_when_and_why(self, staff_client, anna, karin):
        mobile = anna.contact_points.get()
        write(mobile, by=karin, cause="import", file="kontakter.csv", value="070-174 06 99", at=day(3))

        read = history(staff_client, anna)

        assert "Karin Ek" in read
        assert "March 3, 2018" in read
        assert "import kontakter.csv" in read
        assert "changed mobile from 070-174 06 05 to 070-174 06 99" in read

    def test_lines_of_the_form_are_part_of_it(self, staff_client, anna):
        anna.affiliations.all().delete()

        read = history(staff_client, anna)

        assert "added mobile 070-174 06 05" in read
        assert "removed role at an organisation Rektor at Lärcentrum Lidköping" in read

    def test_newest_comes_first_and_technical_columns_stay_out(self, staff_client, anna):
        write(anna, note="andra")
        write(anna, last_name="Lind")

        read = history(staff_client, anna)

        assert read.index("changed last name") < read.index("changed note") < read.index("created the contact")
        assert "sort_key" not in read

    def test_organisation_tells_whose_role_it_was(self, staff_client, anna):
        organisation = anna.affiliations.get().organisation
        write(anna.affiliations.get(), title="Skolchef")

        assert "filled in title (Anna Berg: Rektor at Lärcentrum Lidköping) with Skolchef" in history(staff_client, organisation)

    def test_line_that_moves_away_leaves_a_trace(self, staff_client, anna):
        here, there = anna.affiliations.get().organisation, OrganisationFactory(name="Campus Varberg")
        write(anna.affiliations.get(), organisation=there)

        for organisation in (here, there):
            assert "from Lärcentrum Lidköping to Campus Varberg" in history(staff_client, organisation)

    def test_archiving_reads_as_such(self, staff_client, anna):
        write(anna, archived_at=timezone.now(), cause="archiving")
        write(anna, archived_at=None, cause="archiving")

        read = history(staff_client, anna)

        assert "archived it" in read
        assert "brought it back from the archive" in read
        assert "put-back" not in staff_client.get(f"/admin/contact/history/{anna.pk}/").content.decode()

    def test_only_the_archiving_that_still_holds_has_a_button(self, staff_client, staff, anna):
        write(anna, archived_at=timezone.now(), cause="archiving")
        back = write(anna, archived_at=None, cause="archiving").changes.get()
        assert staff_client.post(put_back_url(anna, back), {"column": "archived_at"}).status_code == 404
        archived = write(anna, archived_at=timezone.now(), cause="archiving").changes.get()

        entries = staff_client.get(f"/admin/contact/history/{anna.pk}/").context["entries"]
        assert [line.may_put_back for entry in entries[:3] for line in entry.lines] == [True, False, False]
        assert entries[0].lines[0].button == "Bring back"
        response = staff_client.post(put_back_url(anna, archived), {"column": "archived_at"}, follow=True)

        assert "“Anna Berg” is back" in response.content.decode()
        anna.refresh_from_db()
        assert not anna.is_archived
        assert (ChangeSet.objects.first().actor, ChangeSet.objects.first().cause) == (staff, "archiving")

    def test_change_is_named_by_what_it_was_at_the_time(self, staff_client, anna):
        role = anna.affiliations.get()
        write(role, title="Skolchef")
        write(role, title="Rektor sfi")
        write(role, title="Chef", organisation=OrganisationFactory(name="Campus Varberg"))

        read = history(staff_client, anna)

        assert "changed title (Rektor at Campus Varberg) from Skolchef to Rektor sfi" in read
        assert "changed title (Rektor at Lärcentrum Lidköping) from Rektor sfi to Chef" in read
        assert "changed organisation (Rektor sfi) from Lärcentrum Lidköping to Campus Varberg" in read

    @pytest.mark.parametrize("make", [FeeFactory, SeatFactory])
    def test_memberships_and_networks_have_theirs(self, make, staff_client):
        line = make()
        record = getattr(line, "membership", None) or line.network

        assert f"added {line._meta.verbose_name}" in history(staff_client, record)

    def test_simple_records_have_theirs_and_the_form_leads_to_it(self, staff_client):
        role = RoleFactory(name="Rektor")
        write(role, name="Skolchef")

        assert "changed name from Rektor to Skolchef" in history(staff_client, role)
        assert f"/admin/role/history/{role.pk}/" in staff_client.get(f"/admin/role/edit/{role.pk}/").content.decode()

    def test_history_of_a_deleted_record_is_still_there(self, staff_client):
        role = RoleFactory(name="Rektor")
        pk = role.pk
        role.delete()

        read = text(staff_client.get(f"/admin/role/history/{pk}/"))

        assert "History of Rektor" in read
        assert "deleted the role Rektor" in read

    def test_what_never_was_is_not_found(self, staff_client):
        assert staff_client.get("/admin/role/history/4711/").status_code == 404
        assert staff_client.get(f"/admin/role/history/{'9' * 30}/").status_code == 404

    def test_subscription_shows_only_to_those_who_may_see_subscriptions(self, staff_client, admin_client, anna):
        SubscriptionFactory(contact=anna, email="anna@kommun.example")

        assert "anna@kommun.example" not in history(staff_client, anna)
        admin_client.force_login(UserFactory(is_superuser=True))
        assert "anna@kommun.example" in history(admin_client, anna)

    def test_outsider_is_refused(self, client, anna):
        user = UserFactory()
        client.force_login(user)
        assert client.get(f"/admin/contact/history/{anna.pk}/").status_code in (302, 403)


class TestFilters:
    @pytest.fixture(autouse=True)
    def _some_history(self, anna, karin):
        write(anna, by=karin, note="andra")
        write(anna, by=karin, cause="import", file="fil.csv", language="en")

    def test_by_field(self, staff_client, anna):
        read = history(staff_client, anna, what="crm.contact:note")
        assert "changed note" in read
        assert "changed language" not in read
        assert "created the contact" not in read

    def test_by_kind_of_line(self, staff_client, anna):
        read = history(staff_client, anna, what="crm.affiliation")
        assert "added role at an organisation" in read
        assert "changed note" not in read

    def test_by_cause_and_person(self, staff_client, anna):
        read = history(staff_client, anna, cause="import", who="Karin Ek")
        assert "changed language" in read
        assert "changed note" not in read

    def test_only_what_occurs_is_offered(self, staff_client, anna):
        filters = staff_client.get(f"/admin/contact/history/{anna.pk}/").context["filters"]
        assert {value for value, _label in filters.causes} == {"edit", "import", "command"}
        assert "crm.contact:note" in dict(filters.fields)
        assert "crm.contact:first_name" not in dict(filters.fields)
        assert {value for value, _label in filters.actors} == {"", "Karin Ek"}

    @pytest.mark.parametrize("params", [{"what": "crm.contact:x"}, {"what": ":"}, {"cause": "?"}, {"who": "?"}, {"p": "x"}, {"p": "99"}])
    def test_nonsense_filters_nothing(self, params, staff_client, anna):
        assert "changed note" in history(staff_client, anna, **params)


class TestPuttingBack:
    def test_value_is_put_back_at_once_when_nobody_has_touched_it(self, staff_client, staff, anna):
        changed = write(anna, note="andra", last_name="Lind").changes.get()

        staff_client.post(put_back_url(anna, changed), {"column": "note"})

        anna.refresh_from_db()
        assert (anna.note, anna.last_name) == ("ring före 10", "Lind")
        assert ChangeSet.objects.first().actor == staff
        assert "undo" in history(staff_client, anna)

    def test_value_changed_since_asks_first_with_both_values(self, staff_client, anna, karin):
        changed = write(anna, note="andra").changes.get()
        write(anna, by=karin, note="tredje")

        response = staff_client.post(put_back_url(anna, changed), {"column": "note"})

        read = text(response)
        assert "tredje" in read
        assert "ring före 10" in read
        assert "Karin Ek" in read
        anna.refresh_from_db()
        assert anna.note == "tredje"

        staff_client.post(put_back_url(anna, changed), {"column": "note", "force": "1"})
        anna.refresh_from_db()
        assert anna.note == "ring före 10"

    def test_question_says_whose_value_it_is(self, staff_client, anna):
        role = anna.affiliations.get()
        write(role, title="Skolchef")
        changed = write(role, title="Chef").changes.get()
        write(role, title="Boss")

        read = text(staff_client.post(put_back_url(anna, changed), {"column": "title"}))

        assert "Title of Anna Berg at Lärcentrum Lidköping" in read
        assert "Title has been changed since: The system" in read

    def test_removed_line_is_brought_back(self, staff_client, anna):
        with change_set(cause=EDIT) as opened:
            ContactPoint.objects.all().delete()

        assert "Bring back" in history(staff_client, anna)
        response = staff_client.post(put_back_url(anna, opened.changes.get()), {"column": ""}, follow=True)
        assert "Mobile 070-174 06 05 is back" in response.content.decode()

        assert "brought back mobile 070-174 06 05" in history(staff_client, anna)
        assert anna.contact_points.get().value == "070-174 06 05"
        assert Contact.objects.search("0701740605").exists()

    def test_button_shows_only_where_it_would_do_something(self, staff_client, anna):
        write(anna, note="andra")
        write(anna, note="ring före 10")
        read = staff_client.get(f"/admin/contact/history/{anna.pk}/").context["entries"]
        assert [line.may_put_back for entry in read[:2] for line in entry.lines] == [True, False]

    def test_onlooker_reads_without_buttons_and_is_refused(self, onlooker_client, anna):
        changed = write(anna, note="andra").changes.get()

        read = history(onlooker_client, anna)
        assert "changed note" in read
        assert "Put back" not in read
        assert onlooker_client.post(put_back_url(anna, changed), {"column": "note"}).status_code == 302
        anna.refresh_from_db()
        assert anna.note == "andra"

    def test_staff_sees_the_button(self, staff_client, anna):
        write(anna, note="andra")
        assert "Put back “ring före 10”" in history(staff_client, anna)

    def test_button_is_cut_short_and_says_when_it_empties(self, staff_client, anna):
        write(anna, note="lång " * 20)
        write(anna, note="", language="en")
        write(anna, note="x")
        read = history(staff_client, anna)
        assert "Put back “lång lång lång lång lång lång lång lång…”" in read
        assert "Empty it again" in read

    def test_change_of_another_record_is_not_found_here(self, staff_client, anna):
        changed = write(ContactFactory(), note="x").changes.get()
        assert staff_client.post(put_back_url(anna, changed), {"column": "note"}).status_code == 404
        own = write(anna, note="andra").changes.get()
        assert staff_client.post(put_back_url(anna, own), {"column": "last_name"}).status_code == 404

    def test_pressing_twice_says_that_nothing_is_left(self, staff_client, anna):
        changed = write(anna, note="andra").changes.get()
        staff_client.post(put_back_url(anna, changed), {"column": "note"})
        response = staff_client.post(put_back_url(anna, changed), {"column": "note"}, follow=True)
        assert "nothing to undo" in response.content.decode()


class TestAsOfADay:
    @pytest.fixture
    def berg(self, anna):
        """Anna Berg as of 1 March 2018; she got another number on the 10th, lost her role on the 12th, and a network on the 14th."""
        ChangeSet.objects.update(at=day(1))
        write(anna.contact_points.get(), value="070-174 06 99", at=day(10))
        with change_set(cause=EDIT) as opened:
            Affiliation.objects.all().delete()
        ChangeSet.objects.filter(pk=opened.pk).update(at=day(12))
        network = NetworkFactory(name="Företagsnätverket")
        ChangeSet.objects.filter(at__gt=day(31)).update(at=day(13))
        with change_set(cause=EDIT) as opened:
            SeatFactory(network=network, contact=anna, organisation=None)
        ChangeSet.objects.filter(pk=opened.pk).update(at=day(14))
        return anna

    def page(self, client, record, value):
        return client.get(f"/admin/contact/history/{record.pk}/as-of/", {"day": value})

    def lines(self, record, number):
        snapshot = as_of(Contact, record.pk, day(number).date())
        return {line.name: line.fate for _heading, lines in snapshot.groups for line in lines}

    def test_record_and_lines_stand_as_they_did(self, staff_client, berg):
        read = text(self.page(staff_client, berg, "2018-03-09"))
        assert "070-174 06 05" in read
        assert "today: 070-174 06 99" in read
        assert "Rektor at Lärcentrum Lidköping removed since" in read
        assert "not there yet, added since" in read

    def test_each_day_has_its_own_picture(self, berg):
        role = "Rektor at Lärcentrum Lidköping"
        assert self.lines(berg, 9) == {"070-174 06 05": "changed", role: "gone", "Företagsnätverket: Anna Berg": "added"}
        assert self.lines(berg, 10) == {"070-174 06 99": "same", role: "gone", "Företagsnätverket: Anna Berg": "added"}
        assert self.lines(berg, 12) == {"070-174 06 99": "same", "Företagsnätverket: Anna Berg": "added"}
        assert self.lines(berg, 14) == {"070-174 06 99": "same", "Företagsnätverket: Anna Berg": "same"}

    def test_deleted_record_is_shown_with_its_lines(self, staff_client, berg):
        Affiliation.objects.all().delete()
        berg.seats.all().delete()
        pk = berg.pk
        Contact.objects.get(pk=pk).delete()

        read = text(staff_client.get(f"/admin/contact/history/{pk}/as-of/", {"day": "2018-03-09"}))

        assert "It has been deleted since" in read
        assert "Rektor at Lärcentrum Lidköping" in read
        assert "070-174 06 05" in read

    def test_line_that_has_moved_stands_where_it_was(self, berg):
        affiliation = AffiliationFactory(contact=berg, organisation__name="Campus Varberg")
        ChangeSet.objects.filter(at__gt=day(31)).update(at=day(15))
        old = affiliation.organisation
        write(affiliation, organisation=OrganisationFactory(name="Lärcentrum Tjörn"), at=day(20))
        snapshot = as_of(type(old), old.pk, day(16).date())
        assert [line.fate for _heading, lines in snapshot.groups for line in lines] == ["gone"]

    def test_before_it_existed_says_so(self, staff_client, berg):
        role = RoleFactory()
        read = text(staff_client.get(f"/admin/role/history/{role.pk}/as-of/", {"day": "2018-03-09"}))
        assert f"{role} came into the register on" in read
        assert "The history is known since" not in read

    def test_after_it_was_deleted_says_so(self, staff_client, berg):
        role = RoleFactory()
        pk = role.pk
        ChangeSet.objects.filter(pk=Change.objects.get(model="crm.role", object_id=pk).change_set_id).update(at=day(1))
        with change_set(cause=EDIT) as opened:
            role.delete()
        ChangeSet.objects.filter(pk=opened.pk).update(at=day(5))
        read = text(staff_client.get(f"/admin/role/history/{pk}/as-of/", {"day": "2018-03-09"}))
        assert "the register did not have this record" in read

    def test_legend_stands_only_where_something_differs(self, staff_client, berg):
        assert "differs from today" in text(self.page(staff_client, berg, "2018-03-09"))
        assert "differs from today" not in text(self.page(staff_client, berg, str(timezone.localdate())))

    def test_before_the_ledger_began_says_since_when_the_history_is_known(self, staff_client, berg):
        Contact.objects.filter(pk=berg.pk).update(created_at=day(1) - datetime.timedelta(days=900))
        Change.objects.filter(model="crm.contact").delete()  # she was there before

        read = text(self.page(staff_client, berg, "2017-01-31"))

        assert "The history is known since March 1, 2018" in read
        assert "Anna Berg as of" in read

    @pytest.mark.parametrize("value", ["", "31 februari", "2018-02-31", "0001-01-01", "9999-12-31"])
    def test_bad_day_says_what_is_wrong(self, value, staff_client, berg):
        response = self.page(staff_client, berg, value)
        assert response.context["snapshot"] is None
        assert response.context["form"].errors["day"]

    def test_onlooker_may_look(self, onlooker_client, berg):
        assert self.page(onlooker_client, berg, "2018-03-09").status_code == 200


class TestQueries:
    MAKERS = {
        "contact": lambda record: (EmailFactory(contact=record), AffiliationFactory(contact=record), SeatFactory(contact=record)),
        "organisation": lambda record: (AffiliationFactory(organisation=record), SeatFactory(organisation=record)),
        "network": lambda record: SeatFactory(network=record, contact=ContactFactory()),
    }

    @pytest.mark.parametrize("kind", MAKERS)
    def test_history_keeps_its_queries_when_it_grows(self, kind, staff_client, django_assert_max_num_queries):
        record = {"contact": ContactFactory, "organisation": OrganisationFactory, "network": NetworkFactory}[kind]()
        make = self.MAKERS[kind]
        make(record)
        write(record, archived_at=timezone.now())
        url = f"/admin/{kind}/history/{record.pk}/"
        staff_client.get(url)
        with django_assert_max_num_queries(50) as few:
            staff_client.get(url)
        for _number in range(8):
            make(record)
        with django_assert_max_num_queries(50) as many:
            staff_client.get(url)
        assert len(many) == len(few)
        with django_assert_max_num_queries(64):  # some for each kind of line that a record may have
            staff_client.get(f"{url}as-of/", {"day": str(timezone.localdate())})

    def test_long_history_is_paged(self, staff_client, anna):
        for number in range(25):
            write(anna, note=str(number))
        response = staff_client.get(f"/admin/contact/history/{anna.pk}/")
        assert len(response.context["entries"]) == 20
        assert "changed note" in history(staff_client, anna, p=2)


def test_membership_and_segment_pages_open(staff_client):
    for record in (MembershipFactory(), SegmentFactory()):
        assert "created the" in history(staff_client, record)


def test_saving_offers_to_undo_it(staff_client):
    role = RoleFactory(name="Rektor")
    response = staff_client.post(f"/admin/role/edit/{role.pk}/", {"name": "Skolchef", "name_en": ""}, follow=True)
    assert f"/admin/register/changes/{ChangeSet.objects.first().pk}/undo/" in response.content.decode()


def test_saving_without_a_change_offers_nothing(staff_client):
    role = RoleFactory(name="Rektor")
    response = staff_client.post(f"/admin/role/edit/{role.pk}/", {"name": "Rektor", "name_en": ""}, follow=True)
    assert "/undo/" not in response.content.decode()


def test_archiving_restoring_and_deleting_offer_to_undo_it(staff_client):
    contact, role = ContactFactory(first_name="Anna", last_name="Berg"), RoleFactory(name="Rektor")
    for url in (f"/admin/contact/delete/{contact.pk}/", f"/admin/contact/restore/{contact.pk}/", f"/admin/role/delete/{role.pk}/"):
        response = staff_client.post(url, follow=True)
        assert f"/admin/register/changes/{ChangeSet.objects.first().pk}/undo/" in response.content.decode(), url
    assert "You find it under Removed" in response.content.decode()


def test_what_is_in_use_is_not_offered_for_deletion(staff_client, anna):
    role = Affiliation.objects.get().role
    url = f"/admin/role/delete/{role.pk}/"
    content = staff_client.get(url).content.decode()
    assert "is in use" in content
    assert f'<a href="/admin/contact/?role={role.pk}">1 role at an organisation</a>' in content
    assert "<form action" not in content[content.index("<main") :]
    Affiliation.objects.all().delete()
    assert "Delete the role Rektor? It can be brought back under Removed." in text(staff_client.get(url))


def test_list_leads_to_the_history_also_for_onlookers(onlooker_client, anna):
    assert f"/admin/contact/history/{anna.pk}/" in onlooker_client.get("/admin/contact/").content.decode()


def test_menu_of_the_form_leads_to_the_history(staff_client, anna):
    url = f"/admin/contact/history/{anna.pk}/"
    assert url in staff_client.get(f"/admin/contact/edit/{anna.pk}/").content.decode()
