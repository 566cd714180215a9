"""Journey: an editor writes a news page, watches the preview, publishes it, and a visitor reads it."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect
from wagtail.models import Page, Site

from cms.groups import EDITORS
from cms.models import NewsPage
from tests.factories.cms import HomePageFactory, NewsCategoryFactory, NewsIndexPageFactory
from tests.factories.crm import UserFactory


@pytest.fixture
def editor(transactional_db):
    user = UserFactory(username="redaktor")
    user.groups.set([Group.objects.get(name=EDITORS)])
    return user


@pytest.fixture
def news_index(transactional_db):
    Site.objects.all().delete()
    for page in Page.objects.filter(depth=2):
        page.delete()
    home = HomePageFactory()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    NewsCategoryFactory()
    return NewsIndexPageFactory(parent=home)


def write(page, live_server, news_index):
    page.goto(f"{live_server.url}/admin/pages/add/cms/newspage/{news_index.pk}/")
    page.get_by_role("textbox", name="Titel").first.fill("Sommarens möte i Varberg")
    page.locator("[name=introduction]").fill("Sextio kollegor från tre länder möttes vid havet.")
    page.locator("[name=category]").select_option(label="Nätverk")


def test_published_news_is_read_by_a_visitor(page, live_server, log_in, editor, news_index, new_context, watched):
    log_in(page, editor)
    write(page, live_server, news_index)
    page.get_by_role("button", name="Fler åtgärder").click()
    page.get_by_role("button", name="Publicera").click()
    expect(page.get_by_text("har skapats och publicerats")).to_be_visible()

    visitor = watched(new_context().new_page())
    visitor.goto(f"{live_server.url}/nyheter/")
    visitor.get_by_role("link", name="Sommarens möte i Varberg").click()
    expect(visitor.get_by_role("heading", level=1, name="Sommarens möte i Varberg")).to_be_visible()
    expect(visitor.get_by_text("Sextio kollegor från tre länder")).to_be_visible()
    assert not visitor.context.cookies()


def test_preview_shows_what_is_being_written_before_it_is_saved(page, live_server, log_in, editor, news_index):
    log_in(page, editor)
    write(page, live_server, news_index)
    page.get_by_role("button", name="Visa eller dölj förhandsgranskning").click()
    preview = page.frame_locator("iframe[title*=örhands]").first
    expect(preview.get_by_role("heading", name="Sommarens möte i Varberg")).to_be_visible()
    assert not NewsPage.objects.exists() or not NewsPage.objects.get().live
