"""A file from before a merge names a number that nobody has any more: it means the record that stays."""

import pytest

from crm.importing.jobs import check, confirm, import_file, match, upload
from crm.models import Contact, Organisation
from tests.crm.merges import merged, undo
from tests.crm.spreadsheets import swedish_csv
from tests.factories.crm import ContactFactory, EmailFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    contact = ContactFactory(first_name="Anna", last_name="Berg")
    EmailFactory(contact=contact, value="anna@kommun.example")
    return contact


@pytest.fixture
def double():
    contact = ContactFactory(first_name="Anna", last_name="Bergh")
    EmailFactory(contact=contact, value="anna.bergh@hemma.example")
    return contact


def checked(kind, headings, *rows):
    job = upload(kind, content=swedish_csv(*rows, headings=headings), filename="gammal.csv", acting_user=None)
    return check(match(job))


def people(*rows):
    return checked("contacts", "Nr;Förnamn;Efternamn;E-post;Snabbfakta", *rows)


def test_person_of_the_former_number_is_the_one_that_stays(anna, double):
    opened = merged(anna, double)
    row = f"{double.pk};Anna;Bergh;anna.bergh@hemma.example;Talar tyska"

    job = confirm(people(row), acting_user=None)

    anna.refresh_from_db()
    assert [one.fate for one in job.rows.all()] == ["changed"]
    assert (anna.name, anna.quick_facts) == ("Anna Berg", "Talar tyska")
    assert [one.fate for one in confirm(people(row), acting_user=None).rows.all()] == ["unchanged"]
    undo(job.change_set, acting_user=None)
    undo(opened, acting_user=None)
    assert [one.label for one in people(row).rows.all()] == ["Anna Bergh"]


def test_both_numbers_in_one_file_are_one_person(anna, double):
    merged(anna, double)

    job = people(f"{anna.pk};Anna;Berg;;ring före 10", f"{double.pk};Anna;Bergh;anna.bergh@hemma.example;ring före 10")

    assert [one.fate for one in job.rows.all()] == ["changed", "unchanged"]


def test_number_of_somebody_else_is_asked_about(anna, double):
    merged(anna, double)

    job = people(f"{double.pk};Bo;Ek;bo@kommun.example;")

    assert [one.fate for one in job.rows.all()] == ["asked"]
    assert f"Nummer {double.pk} är Anna Berg" in job.rows.get().question["text"]


def test_answer_given_before_the_merge_means_the_one_that_stays(anna, double):
    job = people(";Anna;Berggren;anna.bergh@hemma.example;Talar tyska")
    row = job.rows.get()
    row.answer = f"same:{double.pk}"
    row.save()
    merged(anna, double)

    confirm(check(job), acting_user=None)

    assert Contact.objects.get().quick_facts == "Talar tyska"


def test_organisation_of_the_former_number_is_the_one_that_stays_and_keeps_its_name():
    kept, gone = OrganisationFactory(name="Komvux Skara"), OrganisationFactory(name="Komvux i Skara")
    merged(kept, gone)

    job = confirm(checked("organisations", "Nr;Organisation;Ort", f"{gone.pk};Komvux i Skara;Skara"), acting_user=None)

    one = Organisation.objects.get()
    assert [row.fate for row in job.rows.all()] == ["changed"]
    assert (one.pk, one.name, one.city) == (kept.pk, "Komvux Skara", "Skara")


def test_organisation_chosen_before_the_merge_is_the_one_that_stays():
    kept, gone = OrganisationFactory(name="Komvux Skara"), OrganisationFactory(name="Lärcentrum Götene")
    merged(kept, gone)
    content = swedish_csv("Bo;Ek;LC Götene", headings="Förnamn;Efternamn;Organisation")

    job = import_file("contacts", content=content, filename="x.csv", acting_user=None, values={"organisation": {"LC Götene": gone.pk}})

    assert [row.fate for row in job.rows.all()] == ["created"]
    assert Contact.objects.get().affiliations.get().organisation == kept
