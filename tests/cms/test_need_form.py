"""The form for companies' needs on the site: what comes in, what is asked again, and what spam gets."""

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client

from cms.forms import NeedForm
from cms.models import NeedPage
from cms.needs import PER_ASKER
from crm.forms.guarded import TOO_FAST, TOO_OLD
from crm.models import ChangeSet, Need, Organisation
from tests.factories.crm import MunicipalityFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def form_page(home):
    return home.add_child(instance=NeedPage(title="Vad behöver ert företag?", slug="foretag", thanks="Vi ringer inom en vecka."))


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def send(form_page, monkeypatch):
    """Fill in the form as a person does, some time after it was shown; without a session, and as strict as a browser."""
    client = Client(enforce_csrf_checks=True)

    def post(**values):
        with monkeypatch.context() as patch:
            earlier = signing.time.time() - values.pop("seconds", TOO_FAST + 2)
            patch.setattr(signing.time, "time", lambda: earlier)
            started = signing.dumps("", salt=NeedForm.started_salt)
        data = {
            "company_name": "Plåt AB", "text": "Två av oss ska läsa ritningar.", "area": "industry", "contact_name": "Åsa Öberg",
            "contact_email": "asa@plat.example", "homepage": "", "started": started, **values,
        }  # fmt: skip
        return client.post(f"/behov/{form_page.pk}/", data)

    post.client = client
    return post


def test_page_shows_the_form_and_sets_no_cookie(form_page, client):
    response = client.get("/foretag/")
    html = response.content.decode()
    for text in ("Vad behöver ert företag?", "Vad behöver ni lära er?", 'name="started"', f'action="/behov/{form_page.pk}/"'):
        assert text in html, text
    assert not response.cookies


def test_need_comes_in_as_something_new_to_look_at(send):
    place = MunicipalityFactory(name="Åmål")
    company = OrganisationFactory(name="Plåt AB", organisation_number="556036-0793")
    response = send(
        company_number="5560360793",
        municipality=place.pk,
        sector="industry",
        level="4",
        people="2",
        when="hösten 2018",
        contact_phone="0532-123 45",
    )
    need = Need.objects.get()
    assert (need.state, need.source, need.organisation) == (Need.State.NEW, Need.Source.FORM, None)
    assert (need.company_name, need.company_number, need.municipality) == ("Plåt AB", "556036-0793", place)
    assert (need.sector, need.area, need.level, need.people, str(need.since)) == ("industry", "industry", 4, 2, "2018-07-01")
    assert (need.contact_name, need.contact_email) == ("Åsa Öberg", "asa@plat.example")
    assert list(Organisation.objects.all()) == [company]
    assert ChangeSet.objects.latest("pk").note == "Formulär på webbplatsen"
    page = send.client.get(response.url)
    assert "Vi ringer inom en vecka." in page.content.decode()
    assert not response.cookies
    assert not page.cookies


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(send):
    response = send(company_name="", area="", text="", contact_email="inte en adress", company_number="12", people="många", when="snart")
    html = response.content.decode()
    assert response.status_code == 422
    for text in (
        "Skriv vad ert företag heter.",
        "Välj det område",
        "Skriv med några ord",
        "ingen e-postadress",
        "Skriv ett tal",
        'value="snart"',
    ):
        assert text in html, text
    assert html.count('aria-invalid="true"') >= 6
    assert not Need.objects.exists()


def test_robot_in_the_trap_gets_the_same_answer_and_leaves_nothing(send):
    assert send(homepage="https://spam.example").url == send().url
    assert Need.objects.count() == 1


@pytest.mark.parametrize("seconds", [0, TOO_OLD + 10])
def test_form_that_is_too_fast_or_too_old_is_shown_again(send, seconds):
    response = send(seconds=seconds)
    assert (response.status_code, Need.objects.exists()) == (422, False)
    assert "Två av oss ska läsa ritningar." in response.content.decode()


def test_forged_time_is_refused(send):
    assert send(started="x").status_code == 422
    assert send(started=signing.dumps("", salt="newsletter.sign-up")).status_code == 422
    assert not Need.objects.exists()


def test_advertising_is_refused(send):
    assert send(text="http://a.example http://b.example https://c.example").status_code == 422
    assert send(contact_name="Åsa\nBcc: x@y.example").status_code in (302, 422)
    assert Need.objects.filter(contact_name__contains="\n").count() == 0


def test_form_sent_twice_is_one_need(send):
    started = signing.dumps("", salt=NeedForm.started_salt)
    later = signing.time.time() + TOO_FAST + 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: later)
        for _time in range(2):
            assert send(started=started).status_code == 302
        assert Need.objects.count() == 1
        send(started=started, text="Något annat")
    assert Need.objects.count() == 2


def test_much_from_one_place_is_asked_to_wait(send):
    for number in range(PER_ASKER):
        assert send(text=f"Behov nummer {number}").status_code == 302
    response = send(text="Ett till")
    assert response.status_code == 429
    assert "Vänta en timme" in response.content.decode()
    assert Need.objects.count() == PER_ASKER


def test_address_of_the_form_leads_to_the_page_and_only_when_it_is_published(form_page, client):
    assert client.get(f"/behov/{form_page.pk}/").url.endswith("/foretag/")
    form_page.unpublish()
    assert client.get(f"/behov/{form_page.pk}/").status_code == 404
    assert client.post(f"/behov/{form_page.pk}/", {}).status_code == 404
    assert client.get("/behov/99999999999999999999/").status_code == 404


def test_visitor_who_reads_english_is_asked_in_english(form_page, client):
    html = client.get("/en/foretag/").content.decode()
    assert "What do you need to learn?" in html
    assert f'action="/en/behov/{form_page.pk}/"' in html
    response = client.post(f"/en/behov/{form_page.pk}/", {"company_name": ""})
    assert "Write what your company is called." in response.content.decode()


def test_office_sees_on_its_first_page_that_something_is_new(send, admin_client):
    assert "nytt utbildningsbehov" not in admin_client.get("/admin/").content.decode()
    send()
    assert "1 nytt utbildningsbehov" in admin_client.get("/admin/").content.decode().replace("\n", " ")
