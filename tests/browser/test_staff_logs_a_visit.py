"""Journey: somebody visits a company, phone in hand and with a poor connection, and writes it down in half a minute, once."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Activity, Organisation
from tests.factories.crm import AffiliationFactory, MunicipalityFactory, OrganisationFactory, ProjectFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def works(transactional_db):
    works = OrganisationFactory(name="Kinnekulle Precision AB", kind="company", municipality=MunicipalityFactory(name="Götene"))
    AffiliationFactory(organisation=works, contact__first_name="Åsa", contact__last_name="Öberg", title="Vd")
    ProjectFactory(name="Bron", state="granted")
    return works


@pytest.fixture
def visit_page(phone_page, live_server, log_in, staff, works):
    """The page on a phone that has it kept, so that it opens without a connection."""
    log_in(phone_page, staff)
    phone_page.goto(f"{live_server.url}/admin/visit/")
    phone_page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone_page.wait_for_function("navigator.serviceWorker.controller !== null")
    return phone_page


def waiting(page):
    return page.locator("[data-visit-waiting]")


def type_visit(page, company="Kinnekulle Precision AB", need="Två svetsare"):
    page.get_by_label("Företag", exact=True).fill(company)
    page.get_by_label("Vad de behöver").fill(need)


def save(page):
    page.get_by_role("button", name="Spara besöket").click()


def forget_lost_connections(complaints):
    """The browser writes to its console whatever it could not load; that is what the test is about."""
    complaints[:] = [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one and "ERR_FAILED" not in one]


def test_visit_is_written_down_by_keyboard(visit_page, staff, works):
    page = visit_page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Företag", exact=True).focus()
    page.keyboard.type("kinne")
    expect(page.get_by_role("option", name="Kinnekulle Precision AB")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Företag", exact=True)).to_have_value("Kinnekulle Precision AB")
    met = page.get_by_label("Åsa Öberg, Vd")
    expect(met).to_be_visible()
    page.get_by_label("Vad de behöver").focus()
    page.keyboard.type("Två svetsare")
    met.focus()
    page.keyboard.press("Space")
    page.get_by_label("Nästa steg").focus()
    page.keyboard.type("Skicka kurslistan")
    page.get_by_label("Projekt").select_option("Bron")
    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-visit-status]")).to_contain_text("Besöket hos Kinnekulle Precision AB är sparat.")
    visit = Activity.objects.get()
    assert (visit.text, visit.created_by, visit.day, str(visit.project)) == ("Två svetsare", staff, timezone.localdate(), "Bron")
    assert str(visit.participations.get().contact) == "Åsa Öberg"
    assert visit.tasks.get().what == "Skicka kurslistan"
    expect(page.get_by_label("Vad de behöver")).to_have_value("")
    expect(page.get_by_label("Projekt")).to_have_value(str(visit.project_id))  # the last one is remembered
    page.get_by_role("link", name="Ångra").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_visit_waits_for_the_network_and_is_saved_once(visit_page, complaints):
    page = visit_page
    page.context.set_offline(True)
    page.reload()
    type_visit(page)
    page.reload()  # what was typed is there when the phone has been in the pocket
    expect(page.get_by_label("Vad de behöver")).to_have_value("Två svetsare")
    save(page)
    expect(waiting(page)).to_contain_text("1 besök väntar på nätet")
    type_visit(page, need="Och en truckförare")
    save(page)
    expect(waiting(page)).to_contain_text("2 besök väntar på nätet")
    page.reload()
    expect(waiting(page)).to_contain_text("2 besök väntar på nätet")
    assert not Activity.objects.exists()

    page.context.set_offline(False)
    expect(waiting(page)).to_be_hidden()
    assert sorted(Activity.objects.values_list("text", flat=True)) == ["Och en truckförare", "Två svetsare"]
    page.reload()
    expect(waiting(page)).to_be_hidden()
    assert Activity.objects.count() == 2
    forget_lost_connections(complaints)


def test_answer_that_is_lost_does_not_make_a_second_visit(visit_page, complaints):
    page = visit_page

    def lose_the_answer(route):
        if route.request.method != "POST":
            return route.continue_()
        route.fetch()
        return route.abort()

    page.route("**/admin/visit/", lose_the_answer)
    type_visit(page)
    save(page)
    expect(waiting(page)).to_contain_text("1 besök väntar på nätet")
    assert Activity.objects.count() == 1
    page.unroute("**/admin/visit/")
    page.get_by_role("button", name="Försök nu").click()
    expect(waiting(page)).to_be_hidden()
    assert Activity.objects.count() == 1
    forget_lost_connections(complaints)


def test_what_is_refused_comes_back_into_the_form(visit_page, complaints):
    page = visit_page
    page.context.set_offline(True)
    type_visit(page, company="Skara Såg AB", need="En sågverksmästare")
    save(page)
    expect(waiting(page)).to_contain_text("1 besök väntar på nätet")
    page.context.set_offline(False)
    expect(waiting(page)).to_contain_text("Företaget är nytt.")
    page.get_by_role("button", name="Rätta").click()
    expect(page.get_by_label("Vad de behöver")).to_have_value("En sågverksmästare")
    page.get_by_label("Kommun").select_option("Götene")
    page.get_by_label("Organisationsnummer").fill("556016-0680")
    save(page)
    expect(page.locator("[data-visit-status]")).to_contain_text("Besöket hos Skara Såg AB är sparat.")
    made = Organisation.objects.get(name="Skara Såg AB")
    assert (made.organisation_number, str(made.municipality)) == ("556016-0680", "Götene")
    complaints[:] = [one for one in complaints if "422" not in one]
    forget_lost_connections(complaints)


def test_company_that_may_be_meant_is_chosen_with_a_tap(visit_page, works, complaints):
    page = visit_page
    type_visit(page, company="Kinnekulle Precision")
    save(page)
    page.get_by_role("option", name="Kinnekulle Precision AB").tap()
    save(page)
    expect(page.locator("[data-visit-status]")).to_contain_text("är sparat")
    assert Activity.objects.get().participations.get().organisation == works
    complaints[:] = [one for one in complaints if "422" not in one]


def test_visit_of_who_is_logged_out_waits_for_the_log_in(visit_page, live_server, log_in, staff):
    page = visit_page
    Session.objects.all().delete()
    type_visit(page)
    save(page)
    expect(page.get_by_role("link", name="Logga in, så skickas de")).to_be_visible()
    assert not Activity.objects.exists()
    page.get_by_role("link", name="Logga in, så skickas de").click()
    page.wait_for_url("**/admin/login/**")

    log_in(page, UserFactory(username="annan", is_superuser=True))
    page.goto(f"{live_server.url}/admin/visit/")
    expect(waiting(page)).to_contain_text("någon annan")
    assert not Activity.objects.exists()
    log_in(page, staff)
    page.goto(f"{live_server.url}/admin/visit/")
    expect(waiting(page)).to_be_hidden()
    assert Activity.objects.get().created_by == staff
