"""Files as they really are: shared addresses, the same person twice, other systems' numbers, roles that are over."""

import datetime

import pytest
from django.utils import timezone

from crm.importing.jobs import check, confirm, decide, match, read_differently, undo_import, upload
from crm.importing.wishes import Wishes
from crm.importing.work import carry_on
from crm.models import Affiliation, ChangeSet, Contact, ContactPoint, ImportJob, Organisation
from crm.services.archiving import archive
from crm.services.tables import Options
from crm.services.undo import undo
from tests.crm.spreadsheets import swedish_csv, workbook
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db

PLACE = "Lärcentrum Skara"


@pytest.fixture
def skara():
    return OrganisationFactory(name=PLACE)


@pytest.fixture
def anna(skara):
    contact = ContactFactory(first_name="Anna", last_name="Berg")
    EmailFactory(contact=contact, kind="mobile", value="070-174 06 05", is_primary=True)
    AffiliationFactory(contact=contact, organisation=skara, role=None, title="", since=None, until=None)
    return contact


def checked(headings, *rows, **wishes):
    job = upload("contacts", content=swedish_csv(*rows, headings=headings), filename="x.csv", acting_user=None)
    return check(match(job, wishes=Wishes(**wishes)))


def fates(job):
    assert not job.error
    return list(job.rows.values_list("fate", flat=True))


def brought_in(headings, *rows, **wishes):
    """Import a file twice, and return the fates of the first time; the second time changes nothing."""
    first = confirm(checked(headings, *rows, **wishes), acting_user=None)
    again = confirm(checked(headings, *rows, **wishes), acting_user=None)
    assert (again.counts["created"], again.counts["changed"]) == (0, 0), [row.changes for row in again.rows.all()]
    return fates(first)


class TestWhoIsMeant:
    def test_shared_address_does_not_hide_who_is_known_by_phone_or_organisation(self, anna):
        EmailFactory(contact=ContactFactory(first_name="Kansliet", last_name="Skara"), value="info@skara.example")
        headings = "Förnamn;Efternamn;E-post;Mobil;Organisation"

        job = checked(headings, "Anna;Berg;info@skara.example;070-174 06 05;", f"Anna;Berg;info@skara.example;;{PLACE}")

        assert "created" not in fates(job)

    def test_number_under_another_name_is_asked_about(self, anna):
        job = checked("Nr;Förnamn;Efternamn;Mobil", f"{anna.pk};Bo;Alm;070-174 06 99")

        assert fates(job) == ["asked"]

    def test_number_with_a_known_address_may_bring_a_new_name(self, anna):
        job = checked("Nr;Förnamn;Efternamn;Mobil", f"{anna.pk};Anna;Ekberg;070-174 06 05")

        confirm(job, acting_user=None)

        anna.refresh_from_db()
        assert anna.name == "Anna Ekberg"

    def test_addresses_of_two_namesakes_in_one_row_are_asked_about(self):
        for address in ("anna@a.example", "anna@b.example"):
            EmailFactory(contact=ContactFactory(first_name="Anna", last_name="Berg"), value=address)

        assert fates(checked("Förnamn;Efternamn;E-post;E-post 2", "Anna;Berg;anna@a.example;anna@b.example")) == ["asked"]

    def test_namesake_with_another_address_at_the_same_place_is_asked_about(self, anna):
        EmailFactory(contact=anna, value="anna.berg@skara.example")

        assert fates(checked("Förnamn;Efternamn;E-post;Organisation", f"Anna;Berg;anna.m.berg@skara.example;{PLACE}")) == ["asked"]

    def test_archived_person_is_not_changed_without_a_word(self, anna):
        archive(anna, acting_user=None)
        job = checked("Förnamn;Efternamn;Mobil;Anteckning", "Anna;Berg;070-174 06 05;ny")

        assert fates(job) == ["refused"]
        assert "arkiverad" in job.rows.get().messages[0][1]

    @pytest.mark.parametrize(
        ("whole", "first", "last"),
        [("Erik Hjelm Sundqvist", "Erik", "Hjelm Sundqvist"), ("Charlotte af Ekensjö", "Charlotte", "af Ekensjö")],
    )
    def test_whole_name_is_the_same_wherever_the_last_name_begins(self, skara, whole, first, last):
        contact = ContactFactory(first_name=first, last_name=last)
        EmailFactory(contact=contact, value="e@skara.example")
        AffiliationFactory(contact=contact, organisation=skara, since=None, until=None)

        assert fates(checked("Namn;E-post", f"{whole};e@skara.example")) == ["unchanged"]
        assert fates(checked("Namn;Organisation", f"{whole};{PLACE}")) == ["unchanged"]

    def test_new_name_keeps_what_belongs_to_the_last_name(self):
        brought_in("Namn;E-post", "Karl-Johan von Essen;k@x.example")

        assert (Contact.objects.get().first_name, Contact.objects.get().last_name) == ("Karl-Johan", "von Essen")

    def test_one_word_is_no_whole_name(self):
        job = checked("Namn;E-post", "Nils;n@x.example")

        assert job.rows.get().messages == [["full_name", "Skriv både förnamn och efternamn."]]

    @pytest.mark.parametrize("number", ["070-17A 06 15", "070-174 O6 05"])
    def test_letter_in_a_number_is_not_dialled(self, number):
        assert fates(checked("Förnamn;Efternamn;Mobil", f"Bo;Ek;{number}")) == ["refused"]

    def test_word_behind_a_number_does_no_harm(self):
        confirm(checked("Förnamn;Efternamn;Mobil", "Bo;Ek;070-174 06 05 (hem)"), acting_user=None)

        assert ContactPoint.objects.get().normalised == "+46701740605"


def test_signs_that_a_database_reads_as_its_own_find_the_person_again():
    names = ['O"Hara', "Berg\\lund", "{Ek,Lind}", "Null", "D'Arc"]
    rows = [f"Anna;{name};;070-174 06 05;Centrum {name}" for name in names]
    for name in names:
        OrganisationFactory(name=f"Centrum {name}")

    assert brought_in("Förnamn;Efternamn;E-post;Mobil;Organisation", *rows) == ["created"] * len(names)


class TestTwoRowsOfOnePerson:
    def test_two_titles_are_two_roles(self, skara):
        rows = [f"Bo;Ek;bo@skara.example;{PLACE};{title}" for title in ("Lärare", "Vägledare")]

        brought_in("Förnamn;Efternamn;E-post;Organisation;Titel", *rows)

        assert set(Affiliation.objects.values_list("title", flat=True)) == {"Lärare", "Vägledare"}

    def test_one_role_from_two_days_is_two_roles(self, skara):
        RoleFactory(name="Rektor")
        rows = [f"Bo;Ek;bo@skara.example;{PLACE};Rektor;{day}" for day in ("2010-01-01", "2015-01-01")]

        brought_in("Förnamn;Efternamn;E-post;Organisation;Roll;Från", *rows)

        assert Affiliation.objects.count() == 2

    @pytest.mark.parametrize("part", [1, 1000])
    def test_row_that_contradicts_an_earlier_one_is_refused(self, monkeypatch, part):
        monkeypatch.setattr("crm.importing.contacts.ContactImporter.largest_part", part)
        rows = ["Bo;Ek;bo@skara.example;ring före 10", "Bo;Ek;bo@skara.example;ring efter 10"]

        assert brought_in("Förnamn;Efternamn;E-post;Anteckning", *rows) == ["created", "refused"]
        assert Contact.objects.get().note == "ring före 10"


class TestRolesThatAreOver:
    @pytest.fixture
    def over(self, anna):
        Affiliation.objects.update(until=datetime.date(2012, 6, 30), title="Rektor")
        return anna

    def test_role_that_is_over_is_asked_about(self, over):
        job = checked("Förnamn;Efternamn;Mobil;Organisation", f"Anna;Berg;070-174 06 05;{PLACE}")
        assert fates(job) == ["asked"]

        confirm(decide(job, {2: "again"}), acting_user=None)

        assert Affiliation.objects.filter(until=None).count() == 1

    def test_role_that_is_over_stays_so_when_somebody_says_so(self, over):
        job = checked("Förnamn;Efternamn;Mobil;Organisation", f"Anna;Berg;070-174 06 05;{PLACE}")

        assert fates(decide(job, {2: "over"})) == ["unchanged"]

    def test_change_of_job_prolongs_no_role_that_ends_before(self, anna):
        Affiliation.objects.update(until=timezone.localdate() + datetime.timedelta(days=30))
        OrganisationFactory(name="Campus")
        row = "Anna;Berg;070-174 06 05;Campus;2099-01-01"

        confirm(checked("Förnamn;Efternamn;Mobil;Organisation;Från", row, new_organisation="change"), acting_user=None)

        assert Affiliation.objects.order_by("pk").first().until == timezone.localdate() + datetime.timedelta(days=30)

    def test_role_that_began_before_is_no_change_of_job(self, anna):
        Affiliation.objects.update(since=datetime.date(2015, 1, 1))
        OrganisationFactory(name="Campus")

        assert fates(checked("Förnamn;Efternamn;Mobil;Organisation;Från", "Anna;Berg;070-174 06 05;Campus;2010-01-01")) == ["changed"]


class TestWiping:
    def test_address_in_another_cell_of_the_row_is_kept(self):
        bo = ContactFactory(first_name="Bo", last_name="Ek")
        EmailFactory(contact=bo, value="bo@skara.example", is_primary=True)

        brought_in("Förnamn;Efternamn;E-post;E-post 2", "Bo;Ek;;bo@skara.example", wipe_empty=True)

        assert bo.contact_points.get().status == "works"

    def test_empty_cell_retires_all_of_a_kind_at_once(self, anna):
        for address in ("a@skara.example", "b@skara.example"):
            EmailFactory(contact=anna, value=address)

        brought_in("Förnamn;Efternamn;E-post;Mobil", "Anna;Berg;;070-174 06 05", wipe_empty=True)

        assert not anna.contact_points.emails().usable().exists()

    def test_role_that_is_over_is_not_taken_up_again(self, anna):
        Affiliation.objects.update(title="Rektor", since=datetime.date(2010, 1, 1), until=datetime.date(2012, 6, 30))
        row = f"Anna;Berg;070-174 06 05;{PLACE};Rektor;2010-01-01;"

        brought_in("Förnamn;Efternamn;Mobil;Organisation;Titel;Från;Till", row, wipe_empty=True)

        assert Affiliation.objects.get().until == datetime.date(2012, 6, 30)


class TestOrganisations:
    HEADINGS = "Förnamn;Efternamn;Organisation;Organisationsnummer"

    @pytest.fixture
    def municipality(self):
        return OrganisationFactory(name="Skara kommun", kind="municipality", organisation_number="212000-1926")

    def test_name_goes_before_a_number_that_the_municipality_shares(self, skara, municipality):
        brought_in(self.HEADINGS, f"Bo;Ek;{PLACE};212000-1926")

        assert Affiliation.objects.get().organisation == skara

    def test_unknown_unit_under_the_municipalitys_number_is_to_be_decided(self, municipality):
        job = checked(self.HEADINGS, "Bo;Ek;Campus Skara;212000-1926", create_organisations=True)

        assert fates(job) == ["refused"]
        assert list(job.unknown["organisation"]) == ["Campus Skara"]

        job = confirm(check(match(job, values={"organisation": {"Campus Skara": "new"}})), acting_user=None)
        assert fates(job) == ["created"]
        assert Organisation.objects.get(name="Campus Skara").organisation_number == ""

    def test_number_of_another_organisation_contradicts_the_name(self, skara, municipality):
        Organisation.objects.filter(pk=skara.pk).update(organisation_number="556036-0793")

        assert fates(checked(self.HEADINGS, f"Bo;Ek;{PLACE};212000-1926")) == ["refused"]

    def test_organisation_that_is_created_is_announced(self):
        job = checked("Förnamn;Efternamn;Organisation", "Bo;Ek;Campus X", "Eva;Al;Campus X", create_organisations=True)

        announced = [[change[2] for change in row.changes if change[0] == "Ny organisation"] for row in job.rows.all()]
        assert announced == [["Campus X (företag)"], []]

    def test_web_site_that_is_none_is_refused(self):
        job = checked("Förnamn;Efternamn;Organisation;Webbplats", "Bo;Ek;Campus X;inte en adress", create_organisations=True)

        assert fates(job) == ["refused"]

    def test_fallback_row_by_row_still_knows_the_mail_domains(self, skara, monkeypatch):
        from django.db import IntegrityError

        from crm.importing.writing import Writer

        EmailFactory(organisation=skara, contact=None, value="info@skara.example")
        write = Writer.write

        def refuse_two(writer, *arguments):
            if len(writer.people) > 1:
                raise IntegrityError
            return write(writer, *arguments)

        monkeypatch.setattr(Writer, "write", refuse_two)
        job = checked("Förnamn;Efternamn;E-post", "Bo;Ek;bo@skara.example", "Eva;Al;eva@skara.example", by_domain=True)

        assert fates(confirm(job, acting_user=None)) == ["created", "created"]

    def test_remembered_new_organisation_needs_the_right_to_add_one(self):
        headings, row = "Förnamn;Efternamn;Organisation", "Bo;Ek;Campus X"
        confirm(check(match(checked(headings, row), values={"organisation": {"Campus X": "new"}})), acting_user=None)
        Affiliation.objects.all().delete()
        Organisation.objects.all().delete()

        job = upload("contacts", content=swedish_csv(row, headings=headings), filename="x.csv", acting_user=UserFactory())

        assert fates(check(job)) == ["refused"]

    def test_remembered_answer_gives_way_to_an_organisation_of_that_name(self):
        headings, row = "Förnamn;Efternamn;E-post;Organisation", "Bo;Ek;bo@x.example;Campus X"
        confirm(check(match(checked(headings, row), values={"organisation": {"Campus X": "skip"}})), acting_user=None)
        OrganisationFactory(name="Campus X")

        confirm(checked(headings, row), acting_user=None)

        assert Affiliation.objects.exists()

    def test_remembered_record_that_is_gone_is_asked_for_anew(self, skara):
        headings, row = "Förnamn;Efternamn;Organisation", "Bo;Ek;Campus X"
        confirm(check(match(checked(headings, row), values={"organisation": {"Campus X": skara.pk}})), acting_user=None)
        Affiliation.objects.all().delete()
        skara.delete()

        assert list(checked(headings, row).unknown["organisation"]) == ["Campus X"]


class TestDecisions:
    def test_decisions_are_forgotten_when_the_file_is_read_in_another_way(self, anna):
        EmailFactory(contact=anna, value="anna@skara.example")
        content = workbook(["Förnamn", "Efternamn", "E-post"], ["Annika", "Bergman", "anna@skara.example"], ["Bo", "Ek", "fel"])
        job = check(upload("contacts", content=content, filename="x.xlsx", acting_user=None))
        job = decide(job, {2: f"rename:{anna.pk}"}, corrections={3: {"email": "bo@skara.example"}})
        assert fates(job) == ["changed", "created"]

        job = check(read_differently(job, Options(header_row=1)))

        assert fates(job) == ["asked", "refused"]

    def test_answer_is_forgotten_when_the_cell_it_was_about_is_corrected(self, anna):
        EmailFactory(contact=anna, value="anna@skara.example")
        job = checked("Förnamn;Efternamn;E-post", "Annika;Bergman;anna@skara.example")
        job = decide(job, {2: f"rename:{anna.pk}"})

        job = decide(job, {}, corrections={2: {"email": "annika@skara.example"}})

        assert fates(job) == ["created"]

    def test_interrupted_check_begins_anew_and_knows_what_it_would_have_known(self, monkeypatch):
        monkeypatch.setattr("crm.importing.contacts.ContactImporter.largest_part", 1)
        rows = ["Bo;Ek;bo@x.example;", "Bo;Ek;bo@x.example;Okänd"]
        job = checked("Förnamn;Efternamn;E-post;Organisation", *rows, create_organisations=False)
        whole, unknown = list(job.rows.values_list("fate", "changes")), job.unknown
        ImportJob.objects.update(state="checking", row_done=1, unknown={})

        job = carry_on(ImportJob.objects.get())

        assert (job.state, list(job.rows.values_list("fate", "changes")), job.unknown) == ("checked", whole, unknown)


class TestStateAfterUndoing:
    def test_job_follows_the_chain_of_undos(self):
        job = confirm(checked("Förnamn;Efternamn", "Bo;Ek"), acting_user=None)
        change_set, states = job.change_set, []
        for _step in range(3):
            change_set = undo(change_set, acting_user=None)
            states.append(ImportJob.objects.get().state)

        assert states == ["undone", "done", "undone"]

    def test_job_of_which_nothing_could_be_undone_is_not_undone(self):
        job = confirm(checked("Förnamn;Efternamn", "Bo;Ek"), acting_user=None)
        Contact.objects.update(note="viktigt")

        job = undo_import(job, acting_user=None)
        assert (job.state, bool(job.error)) == ("done", True)

        job = undo_import(job, acting_user=None, force=[f"crm.contact:{Contact.objects.get().pk}"])
        assert (job.state, Contact.objects.count()) == ("undone", 0)

    def test_large_undo_of_what_the_first_left_is_its_own_and_names_its_actor(self, monkeypatch):
        job = confirm(checked("Förnamn;Efternamn", "Bo;Ek", "Eva;Al"), acting_user=None)
        Contact.objects.filter(first_name="Bo").update(note="viktigt")
        monkeypatch.setattr("crm.services.undo.AT_ONCE", 1)
        first, second = UserFactory(), UserFactory()
        undo(job.change_set, acting_user=first)

        undo(job.change_set, acting_user=second, force=[f"crm.contact:{Contact.objects.get().pk}"])

        assert [one.actor for one in ChangeSet.objects.filter(cause="undo").order_by("pk")] == [first, second]


def test_second_confirmation_finds_the_job_taken():
    from crm.exceptions import RegisterError

    job = checked("Förnamn;Efternamn", "Bo;Ek")
    stale = ImportJob.objects.get()
    confirm(job, acting_user=None)

    for step in (lambda: confirm(stale, acting_user=None), lambda: decide(stale, {2: "skip"}), lambda: match(stale, values={})):
        with pytest.raises(RegisterError):
            step()
    assert (ImportJob.objects.get().state, ChangeSet.objects.filter(cause="import").count()) == ("done", 1)
