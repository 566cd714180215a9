import datetime

import pytest
from django.utils import timezone

from crm.models import Affiliation, Contact, ContactPoint, Membership, Municipality, Organisation, Role

pytestmark = pytest.mark.usefixtures("directory")


def make_member(name, *, municipality="Ale", subregion="Göteborgsregionen", people=(), centre=""):
    place, _created = Municipality.objects.get_or_create(
        name=municipality, defaults={"code": f"{Municipality.objects.count():04}", "subregion": subregion}
    )
    member = Organisation.objects.create(name=name, kind=Organisation.Kind.MUNICIPALITY, municipality=place)
    Membership.objects.create(organisation=member, since=datetime.date(2010, 1, 1))
    if centre:
        Organisation.objects.create(
            name=centre, kind=Organisation.Kind.LEARNING_CENTRE, parent=member, website="https://larcentrum.example/"
        )
    for first_name, fields in people:
        contact = Contact.objects.create(first_name=first_name, last_name="Öberg")
        Affiliation.objects.create(contact=contact, organisation=member, **fields)
    return member


def test_shows_members_with_learning_centre_and_web_site(client):
    make_member("Ale kommun", centre="Komvux Ale")
    page = client.get("/medlemmar/").text
    for shown in ("Göteborgsregionen", "Ale kommun", "Komvux Ale", "https://larcentrum.example/"):
        assert shown in page


def test_shows_only_people_cleared_for_publishing(client):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    people = [
        ("Synliga", {"is_public": True, "role": Role.objects.create(name="Rektor")}),
        ("Hemliga", {"is_public": False}),
        ("Slutade", {"is_public": True, "until": yesterday}),
        ("Arkiverade", {"is_public": True}),
    ]
    make_member("Ale kommun", people=people)
    Contact.objects.filter(first_name="Arkiverade").update(archived_at=timezone.now())
    page = client.get("/medlemmar/").text
    assert "Synliga Öberg" in page
    assert "Rektor" in page
    for hidden in ("Hemliga", "Slutade", "Arkiverade"):
        assert hidden not in page


def test_shows_no_personal_addresses(client):
    make_member("Ale kommun", people=[("Anna", {"is_public": True})])
    ContactPoint.objects.create(contact=Contact.objects.get(), value="anna@ale.example")
    assert "anna@ale.example" not in client.get("/medlemmar/").text
    assert "Ale kommun" not in client.get("/medlemmar/?q=anna@ale.example").text


@pytest.mark.parametrize("query", ["ale", "ALE", "kommun ale"])
def test_finds_by_any_words_of_the_name(client, query):
    make_member("Ale kommun")
    make_member("Borås stad", municipality="Borås")
    page = client.get("/medlemmar/", {"q": query}).text
    assert "Ale kommun" in page
    assert "Borås stad" not in page


def test_finds_without_dots_and_rings(client):
    make_member("Öckerö kommun", municipality="Öckerö")
    assert "Öckerö kommun" in client.get("/medlemmar/?q=ockero").text


def test_nobody_is_found_by_a_name_that_is_not_published(client):
    make_member("Ale kommun", people=[("Hemliga", {"is_public": False})])
    assert "Ale kommun" not in client.get("/medlemmar/?q=hemliga").text


def test_former_members_are_not_shown(client):
    former = make_member("Ale kommun")
    former.memberships.update(until=datetime.date(2015, 6, 30))
    assert "Ale kommun" not in client.get("/medlemmar/").text


def test_nothing_found_says_what_to_do(client):
    assert "Prova ett kortare ord" in client.get("/medlemmar/?q=xyz").text


def test_what_was_typed_is_escaped(client):
    assert "<script>alert" not in client.get("/medlemmar/", {"q": '"><script>alert(1)</script>'}).text


def test_person_with_two_roles_at_one_place_stands_there_once(client):
    member = make_member("Ale kommun", people=[("Åsa", {"is_public": True, "title": "Rektor"})])
    Affiliation.objects.create(contact=Contact.objects.get(), organisation=member, is_public=True, title="Projektledare")
    page = client.get("/medlemmar/").text
    assert page.count("Åsa Öberg") == 1
    assert "Rektor, Projektledare" in page
