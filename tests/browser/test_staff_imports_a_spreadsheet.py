"""Journey: somebody at the office brings in a spreadsheet, corrects a cell, answers a question and finds the people in the register."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from cms.groups import STAFF
from crm.models import Affiliation, Contact, ImportJob
from tests.crm.spreadsheets import workbook
from tests.factories.crm import AffiliationFactory, ContactFactory, EmailFactory, OrganisationFactory, RoleFactory, UserFactory


@pytest.fixture
def staff(transactional_db):
    user = UserFactory(username="personal")
    user.groups.set([Group.objects.get(name=STAFF)])
    return user


@pytest.fixture
def asa(transactional_db):
    """Somebody at one organisation, whom the file finds at another."""
    contact = EmailFactory(contact=ContactFactory(first_name="Åsa", last_name="Öberg"), value="asa@amal.example").contact
    AffiliationFactory(contact=contact, organisation__name="Komvux Åmål", role__name="Lärare", since=None, until=None)
    OrganisationFactory(name="Lärcentrum Skara")
    RoleFactory(name="Rektor")
    return contact


@pytest.fixture
def file():
    rows = [
        ["Förnamn", "Efternamn", "E-post", "Mobil", "Organisation", "Roll", "Skostorlek"],
        ["Åsa", "Öberg", "asa@amal.example", "", "Lärcentrum Skara", "Rektor", "38"],
        ["Bo", "Ek", "bo@skara.example", "ring växeln", "Lärcentrum Skara", "Rektor", "44"],
        ["Cia", "Al", "cia@nytt.example", "", "Lärcentrum Nytt", "Rektor", "37"],
    ]
    return {"name": "kontakter.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(*rows)}


def upload(page, live_server, file):
    page.goto(f"{live_server.url}/admin/register/import/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".import-form [type=submit]").click()
    expect(page.locator(".import-columns")).to_be_visible()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("width", ["page", "phone_page"])
def test_spreadsheet_comes_in_after_its_rows_have_been_looked_at(request, width, live_server, log_in, staff, asa, file):
    page = request.getfixturevalue(width)
    log_in(page, staff)
    upload(page, live_server, file)
    expect(page.locator("[name=column-5]")).to_have_value("role")
    expect(page.locator(".import-columns__unknown")).to_contain_text("Skostorlek")
    assert fits(page)
    page.locator(".import-bar [type=submit]").first.click()

    # Each row's fate, and what is to be decided about it.
    expect(page.locator(".import-row")).to_have_count(3)
    assert fits(page)
    page.locator("[name=answer-2][value=change]").check()
    page.locator("[name=cell-3-mobile]").fill("070-174 06 05")
    page.locator("[name=value-organisation-0]").select_option("new")
    page.locator(".import-bar [type=submit]").first.click()
    expect(page.locator(".import-fate--created")).to_have_count(2)
    expect(page.locator(".import-fate--changed")).to_have_count(1)
    assert Contact.objects.count() == 1

    page.locator("[formaction*=confirm]").click()
    expect(page.locator(".import-figures")).to_be_visible()
    assert fits(page)
    assert ImportJob.objects.get().state == "done"
    assert Affiliation.objects.get(contact=asa, until=None).organisation.name == "Lärcentrum Skara"
    page.goto(f"{live_server.url}/admin/contact/?q=cia")
    expect(page.get_by_role("link", name="Cia Al", exact=True)).to_be_visible()


def test_organisation_is_chosen_among_all_in_the_register(page, live_server, log_in, staff, asa, file):
    log_in(page, staff)
    upload(page, live_server, file)
    page.locator(".import-bar [type=submit]").first.click()
    page.locator("#id_other-organisation-0-chooser [data-chooser-action-choose]").last.click()
    page.get_by_role("dialog").get_by_role("link", name="Komvux Åmål").click()
    expect(page.locator("[name=other-organisation-0]")).not_to_have_value("")
    page.locator(".import-bar [type=submit]").first.click()
    expect(page.locator(".import-fate--created")).to_have_count(1)
    expect(page.locator(".import-rows")).to_contain_text("Rektor, Komvux Åmål")


def test_enter_in_a_cell_saves_and_does_not_import(page, live_server, log_in, staff, asa, file):
    log_in(page, staff)
    upload(page, live_server, file)
    page.locator(".import-bar [type=submit]").first.click()
    page.locator("[name=cell-4-organisation]").fill("Lärcentrum Skara")
    page.locator("[name=cell-4-organisation]").press("Enter")
    expect(page.locator(".import-fate--created")).to_have_count(1)
    assert ImportJob.objects.get().state == "checked"
