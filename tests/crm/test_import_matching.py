"""Whom a row means, and what is asked when that is doubtful."""

import datetime

import pytest

from crm.importing.jobs import check, confirm, decide, import_file, match, upload
from crm.importing.wishes import Wishes
from crm.models import Affiliation, Contact, ContactPoint, Organisation, Role
from tests.crm.spreadsheets import swedish_csv
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory

pytestmark = pytest.mark.django_db

HEADINGS = "Förnamn;Efternamn;E-post;Organisation;Roll;Från"


@pytest.fixture
def skara():
    return OrganisationFactory(name="Lärcentrum Skara")


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Berg")
    EmailFactory(contact=contact, value="anna@lidkoping.example", is_primary=True)
    AffiliationFactory(contact=contact, organisation__name="Lärcentrum Lidköping", role__name="Rektor", since=None, until=None)
    return contact


def checked(*rows, headings=HEADINGS, **wishes):
    job = upload("contacts", content=swedish_csv(*rows, headings=headings), filename="kontakter.csv", acting_user=None)
    return check(match(job, wishes=Wishes(**wishes)))


def bring_in(*rows, headings=HEADINGS, **wishes):
    return confirm(checked(*rows, headings=headings, **wishes), acting_user=None)


def fates(job):
    return list(job.rows.values_list("fate", flat=True))


def options(job, number=2):
    return [answer for answer, _sentence in job.rows.get(number=number).question["options"]]


class TestNewOrganisation:
    ROW = "Anna;Berg;anna@lidkoping.example;Lärcentrum Skara;Rektor;2018-01-08"

    def test_somebody_at_a_new_organisation_is_asked_about(self, anna, skara):
        job = checked(self.ROW)

        assert fates(job) == ["asked"]
        assert options(job) == ["change", "add", "skip"]
        assert "Lärcentrum Lidköping" in job.rows.get().question["text"]

    def test_change_of_job_ends_the_old_role_the_day_before(self, anna, skara):
        job = decide(checked(self.ROW), {2: "change"})
        assert fates(job) == ["changed"]

        confirm(job, acting_user=None)

        old, new = Affiliation.objects.order_by("pk")
        assert (old.until, str(new.organisation), new.since) == (datetime.date(2018, 1, 7), "Lärcentrum Skara", datetime.date(2018, 1, 8))
        assert old.end_reason

    def test_another_role_leaves_the_old_one(self, anna, skara):
        confirm(decide(checked(self.ROW), {2: "add"}), acting_user=None)

        assert Affiliation.objects.filter(until=None).count() == 2

    def test_undecided_row_is_skipped_and_says_so(self, anna, skara):
        job = confirm(checked(self.ROW), acting_user=None)

        assert (fates(job), job.skipped_count, job.asked_count) == (["skipped"], 1, 0)
        assert "Lärcentrum Lidköping" in job.rows.get().messages[0][1]
        assert Affiliation.objects.count() == 1

    def test_wish_answers_for_all_rows(self, anna, skara):
        assert fates(checked(self.ROW, new_organisation="change")) == ["changed"]

    def test_role_that_is_over_is_no_change_of_job(self, anna, skara):
        headings = HEADINGS + ";Till"

        assert fates(checked(self.ROW + ";2018-06-30", headings=headings)) == ["changed"]

    def test_file_that_lists_both_organisations_means_both(self, anna, skara):
        rows = ["Anna;Berg;anna@lidkoping.example;Lärcentrum Lidköping;Rektor;", self.ROW]

        job = bring_in(*rows)

        assert fates(job) == ["unchanged", "changed"]
        assert Affiliation.objects.filter(until=None).count() == 2


class TestDoubt:
    def test_person_under_another_name_is_renamed_when_somebody_says_so(self, anna):
        job = checked("Anna;Ekberg;anna@lidkoping.example;;;")
        assert options(job) == [f"same:{anna.pk}", f"rename:{anna.pk}", "new", "skip"]

        confirm(decide(job, {2: f"rename:{anna.pk}"}), acting_user=None)

        anna.refresh_from_db()
        assert (anna.name, Contact.objects.search("ekberg").count()) == ("Anna Ekberg", 1)
        assert anna.sort_key.startswith("ekberg")

    def test_same_person_may_keep_the_name(self, anna):
        job = decide(checked("Anna;Ekberg;anna@lidkoping.example;;;"), {2: f"same:{anna.pk}"})

        assert fates(job) == ["unchanged"]

    def test_somebody_new_may_share_an_address(self, anna):
        confirm(decide(checked("Bo;Ek;anna@lidkoping.example;;;"), {2: "new"}), acting_user=None)

        assert ContactPoint.objects.filter(normalised="anna@lidkoping.example").count() == 2

    def test_second_row_may_mean_whom_the_first_has_brought_in(self):
        job = checked("Anna;Berg;anna@skara.example;;;", "Anna;Ekberg;anna@skara.example;;;")
        assert fates(job) == ["created", "asked"]
        assert options(job, 3)[0] == "same:row2"

        job = confirm(decide(job, {3: "same:row2"}), acting_user=None)

        assert fates(job) == ["created", "unchanged"]
        assert Contact.objects.count() == 1

    def test_name_alone_is_asked_about(self, anna):
        assert fates(checked("Anna;Berg;;;;")) == ["asked"]

    def test_number_of_another_system_is_asked_about(self, anna):
        job = checked(f"{anna.pk};Bo;Ek;bo@skara.example", headings="Nr;Förnamn;Efternamn;E-post")

        assert fates(job) == ["asked"]

    def test_two_doubts_of_one_row_are_asked_one_after_the_other(self, anna, skara):
        job = checked("Anna;Ekberg;anna@lidkoping.example;Lärcentrum Skara;Rektor;")
        job = decide(job, {2: f"rename:{anna.pk}"})
        assert (fates(job), options(job)) == (["asked"], ["change", "add", "skip"])

        job = decide(job, {2: "change"})
        assert fates(job) == ["changed"]

    def test_decision_can_be_taken_back(self, anna):
        job = decide(checked("Bo;Ek;anna@lidkoping.example;;;"), {2: "skip"})
        assert (fates(job), job.skipped_count) == (["skipped"], 1)

        assert fates(decide(job, {2: ""})) == ["asked"]


class TestCorrections:
    def test_bad_cell_is_corrected_in_the_browser_and_the_rest_goes_through(self):
        job = checked("Bo;Ek;inte en adress;;;", "Eva;Al;eva@skara.example;;;")
        assert fates(job) == ["refused", "created"]

        job = decide(job, {}, corrections={2: {"email": "bo@skara.example"}})
        assert fates(job) == ["created", "created"]

        confirm(job, acting_user=None)
        assert ContactPoint.objects.filter(normalised="bo@skara.example").exists()


class TestOrganisations:
    ROW = "Bo;Ek;bo@skara.example;Skara lärcenter;Rektor;"

    @pytest.fixture(autouse=True)
    def _rektor(self):
        RoleFactory(name="Rektor", name_en="Principal")

    def test_unknown_organisation_is_suggested_by_words_and_mail_domain(self, skara):
        other = OrganisationFactory(name="Vuxenutbildningen i Mariestad")
        EmailFactory(organisation=other, contact=None, value="info@mariestad.example")
        job = checked(self.ROW, "Eva;Al;eva@mariestad.example;Campus Vänern;Rektor;")

        assert job.unknown["organisation"]["Skara lärcenter"] == {"count": 1, "suggestions": [[skara.pk, "Lärcentrum Skara"]]}
        assert job.unknown["organisation"]["Campus Vänern"]["suggestions"][0] == [other.pk, "Vuxenutbildningen i Mariestad"]

    def test_value_that_somebody_has_matched_is_remembered_for_the_next_file(self, skara):
        job = checked(self.ROW)
        job = check(match(job, values={"organisation": {"Skara lärcenter": skara.pk}}))
        assert fates(job) == ["created"]
        confirm(job, acting_user=None)

        assert fates(checked(self.ROW.replace("Bo;Ek;bo", "Eva;Al;eva"))) == ["created"]

    def test_organisations_are_created_when_the_user_says_so(self):
        headings = HEADINGS + ";Organisationsnummer;Organisationstyp;Postort"
        rows = [self.ROW + ";212000-1926;Lärcentrum;Skara", self.ROW.replace("Bo;Ek;bo", "Eva;Al;eva") + ";212000-1926;;"]
        assert fates(checked(*rows, headings=headings)) == ["refused", "refused"]

        job = bring_in(*rows, headings=headings, create_organisations=True)

        assert fates(job) == ["created", "created"]
        organisation = Organisation.objects.get()
        assert (organisation.name, organisation.kind, organisation.organisation_number) == (
            "Skara lärcenter",
            "learning_centre",
            "212000-1926",
        )
        assert organisation.city == "Skara"
        assert Affiliation.objects.filter(organisation=organisation).count() == 2
        assert Contact.objects.search("ek skara").exists()

    def test_organisation_of_refused_rows_only_is_not_created(self):
        bring_in("Bo;Ek;bo@skara.example;Campus Skara;Kejsare;", create_organisations=True)

        assert not Organisation.objects.exists()

    def test_organisation_is_found_by_its_number_whatever_the_name(self, skara):
        Organisation.objects.filter(pk=skara.pk).update(organisation_number="212000-1926")

        bring_in(self.ROW + ";2120001926", headings=HEADINGS + ";Orgnr")

        assert Affiliation.objects.get().organisation == skara

    def test_case_and_accents_of_a_name_do_not_matter(self, skara):
        assert fates(checked(self.ROW.replace("Skara lärcenter", "LÄRCENTRUM  SKARA"))) == ["created"]

    def test_mail_domain_gives_the_organisation_when_wished(self, skara):
        EmailFactory(organisation=skara, contact=None, value="info@skara.example")
        row = "Bo;Ek;bo@skara.example"

        bring_in(row, headings="Förnamn;Efternamn;E-post", by_domain=True)

        assert Affiliation.objects.get().organisation == skara

    def test_role_is_matched_in_english_and_unknown_ones_may_become_titles(self, skara):
        rows = ["Bo;Ek;;Lärcentrum Skara;principal;", "Eva;Al;;Lärcentrum Skara;Husmor;"]
        job = checked(*rows)
        assert fates(job) == ["created", "refused"]
        assert list(job.unknown["role"]) == ["Husmor"]

        bring_in(*rows, unknown_roles="title")

        assert Affiliation.objects.get(contact__first_name="Eva").title == "Husmor"

    def test_new_role_is_created_when_somebody_says_so(self, skara):
        job = checked("Eva;Al;;Lärcentrum Skara;Husmor;")
        confirm(check(match(job, values={"role": {"Husmor": "new"}})), acting_user=None)

        assert Affiliation.objects.get().role == Role.objects.get(name="Husmor")


class TestEmptyCells:
    def test_empty_cells_empty_the_register_only_when_asked(self, anna):
        Contact.objects.filter(pk=anna.pk).update(note="ring före 10")
        row, headings = f"{anna.pk};Anna;Berg;;", "Nr;Förnamn;Efternamn;E-post;Anteckning"
        assert fates(bring_in(row, headings=headings)) == ["unchanged"]

        assert fates(bring_in(row, headings=headings, wipe_empty=True)) == ["changed"]

        anna.refresh_from_db()
        assert anna.note == ""
        assert anna.contact_points.get().status == ContactPoint.Status.HISTORICAL


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (
            "First Name,Last Name,Company,Job Title,E-mail Address,Mobile Phone,Business Phone,Notes",
            "Anna,Berg,Komvux,Rektor,anna@k.example,0701740605,,x",
        ),
        (
            "Förnamn;Efternamn;Företag;Befattning;E-postadress;Mobiltelefon;Telefon, arbete",
            "Anna;Berg;Komvux;Rektor;anna@k.example;0701740605;",
        ),
        (
            "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Value,Phone 1 - Value",
            "Anna,Berg,Komvux,Rektor,anna@k.example,0701740605",
        ),
        (
            "First Name,Last Name,Display Name,Primary Email,Mobile Number,Organization,Job Title",
            "Anna,Berg,Anna Berg,anna@k.example,0701740605,Komvux,Rektor",
        ),
        (
            "Förnamn,Efternamn,Visningsnamn,Primär e-postadress,Mobiltelefon,Organisation,Titel",
            "Anna,Berg,Anna Berg,anna@k.example,0701740605,Komvux,Rektor",
        ),
        (
            "Contact ID,First Name,Last Name,Current Employer,Job Title,Email,Phone",
            "4711,Anna,Berg,Komvux,Rektor,anna@k.example,0701740605",
        ),
        (
            "Namn;E-post;Telefon;Organisation;Titel",
            "Anna Berg;anna@k.example;0701740605;Komvux;Rektor",
        ),
        (
            "Namn;E-post;Telefon;Organisation;Titel",
            '"Berg, Anna";anna@k.example;0701740605;Komvux;Rektor',
        ),
    ],
    ids=["Outlook", "Outlook sv", "Google", "Thunderbird", "Thunderbird sv", "CiviCRM", "whole name", "last name first"],
)
def test_headings_of_other_programs_are_understood(headings, row):
    OrganisationFactory(name="Komvux")

    job = import_file("contacts", content=f"{headings}\r\n{row}\r\n".encode(), filename="export.csv", acting_user=None)

    assert job.counts["created"] == 1
    affiliation = Affiliation.objects.get()
    assert (affiliation.contact.name, affiliation.title, str(affiliation.organisation)) == ("Anna Berg", "Rektor", "Komvux")
    assert set(ContactPoint.objects.values_list("normalised", flat=True)) == {"anna@k.example", "+46701740605"}
