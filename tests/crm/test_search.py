"""The search's index never decides what is found: with it and without it the same rows come."""

import random

import pytest
from django.core.management import call_command
from django.db import connection

from crm.models import Activity, ChangeSet, Contact, Licence, Network, Organisation, Project
from crm.search_indexes import check_indexes
from crm.services import bulk, search_index
from crm.services.ledger import change_set, suspended
from crm.services.search import some_matches
from crm.text import search_words
from tests.factories.crm import ContactFactory, EmailFactory, NetworkFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

ALPHABET = "aabeknrsåäöÅÖé 1270-+@._%\"'\\()"


def texts(chance, number):
    return ["".join(chance.choices(ALPHABET, k=chance.randint(1, 12))).strip() or "a" for _ in range(number)]


def scanned(model, query):
    return set(model.objects.containing(search_words(query)).values_list("pk", flat=True))


def searched(model, query):
    return set(model.objects.search(query).values_list("pk", flat=True))


@pytest.mark.parametrize("seed", range(5))
def test_index_finds_what_reading_finds(seed):
    chance = random.Random(seed)
    for first, last, note in zip(texts(chance, 60), texts(chance, 60), texts(chance, 60), strict=True):
        EmailFactory(contact=ContactFactory(first_name=first, last_name=last), value=f"{abs(hash(note))}@ek.example")
    queries = [*texts(chance, 150), "ek", "ek.example", "a" * 300, "@ek", '"', "%"]
    queries += [contact.name[1:6] for contact in Contact.objects.all()[:30]]
    assert any(scanned(Contact, query) for query in queries)
    for query in queries:
        assert searched(Contact, query) == scanned(Contact, query), query


def test_index_follows_every_way_of_writing():
    one, two = ContactFactory(last_name="Ekström"), ContactFactory(last_name="Lindqvist")
    one.last_name = "Sjögren"
    one.save()
    Contact.objects.filter(pk=two.pk).update(search_text="något helt annat")
    with change_set(cause=ChangeSet.Cause.COMMAND):
        bulk.insert(Contact, ["first_name", "last_name", "search_text", *REST], [("Bo", "Ek", "barnmorska", *VALUES)])
    for query, number in {"ekström": 0, "sjögren": 1, "lindqvist": 0, "helt": 1, "barnmorska": 1}.items():
        assert len(searched(Contact, query)) == number, query
    Contact.objects.filter(search_text="barnmorska").delete()
    assert not searched(Contact, "barnmorska")


REST = ["quick_facts", "note", "source", "language", "sort_key", "created_at"]
VALUES = ["", "", "", "sv", "ek0bo", "2018-01-01 00:00:00+00:00"]


def test_each_searched_table_has_its_index():
    assert not search_index.missing(connection)
    assert not check_indexes(None, databases=["default"])


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite loses triggers when it rebuilds a table")
def test_what_a_migration_did_to_a_table_is_mended_after_it():
    contact = ContactFactory(last_name="Ekström")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER crm_contact_search_update")
    Contact.objects.filter(pk=contact.pk).update(search_text="lindqvist")
    assert not searched(Contact, "lindqvist")
    assert [warning.id for warning in check_indexes(None, databases=["default"])] == ["crm.W002"]
    search_index.install(connection)
    assert searched(Contact, "lindqvist") == {contact.pk}
    assert not searched(Contact, "ekström")


@pytest.mark.django_db(transaction=True)
def test_emptied_database_is_found_empty():
    ContactFactory(last_name="Ekström")
    with suspended():
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    ContactFactory(last_name="Lindqvist")
    assert (len(searched(Contact, "ekström")), len(searched(Contact, "lindqvist"))) == (0, 1)


# The quick answer


def test_quick_answer_holds_rare_and_common_words_in_order(monkeypatch):
    monkeypatch.setattr("crm.services.search.FIRST", 3)
    for name in ("Öman", "Alm", "Berg", "Ceder", "Dahl", "Åkerman"):
        ContactFactory(first_name="Eva", last_name=name)
    assert [str(one) for one in some_matches(Contact, "man")] == ["Eva Åkerman", "Eva Öman"]
    assert [one.last_name for one in some_matches(Contact, "eva")] == ["Alm", "Berg", "Ceder", "Dahl", "Åkerman", "Öman"]


def test_short_words_find_names_that_begin_so(monkeypatch):
    monkeypatch.setattr("crm.services.search.FIRST", 0)
    ContactFactory(first_name="Bo", last_name="Åh")
    for query in ("åh", "ah", "åh bo", "bo åh", "a b"):
        assert [str(one) for one in some_matches(Contact, query)] == ["Bo Åh"], query


@pytest.mark.parametrize("model", [Contact, Organisation, Network, Licence, Project, Activity])
def test_quick_answer_copes_with_anything(model):
    OrganisationFactory(), NetworkFactory(), ContactFactory()
    for query in ("", " ", "-", '"', "%", "å", "\x00", "a b c d e", "0" * 400):
        assert len(some_matches(model, query)) <= model.objects.count()
