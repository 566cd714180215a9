import re
from html import unescape

import pytest
from django.contrib.auth.models import Group

from tests.factories.cms import NewsPageFactory, StandardPageFactory
from tests.factories.crm import UserFactory


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def links(client, query="", here=""):
    response = client.get("/admin/palette/results/", {"q": query, "here": here})
    page = unescape(response.content.decode())
    return dict(re.findall(r'role="option"[^>]*href="(.*?)".*?<span class="palette-title">(.*?)</span>', page, re.S))


@pytest.fixture
def editor_client(client, news_index):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Redaktörer"))
    client.force_login(user)
    return client


def test_editor_finds_pages_drafts_too(editor_client, home, news_index):
    page = StandardPageFactory(title="Om vårt nätverk", parent=home)
    draft = NewsPageFactory(title="Nätverket växer", parent=news_index, live=False)
    assert links(editor_client, "natverk") == {
        f"/admin/pages/{page.pk}/edit/": "Om vårt nätverk",
        f"/admin/pages/{draft.pk}/edit/": "Nätverket växer",
    }


def test_editor_begins_a_news_page(editor_client, news_index):
    assert links(editor_client, "write news")[f"/admin/pages/add/cms/newspage/{news_index.pk}/"]


def test_page_that_is_open_can_be_viewed(editor_client, home):
    page = StandardPageFactory(title="Om oss", parent=home)
    assert page.get_url() in links(editor_client, here=f"/admin/pages/{page.pk}/edit/")


def test_opened_page_is_remembered(editor_client, home):
    page = StandardPageFactory(title="Om oss", parent=home)
    editor_client.post("/admin/palette/opened/", {"path": f"/admin/pages/{page.pk}/edit/"})
    assert links(editor_client)[f"/admin/pages/{page.pk}/edit/"] == "Om oss"


def test_whoever_edits_no_pages_finds_none(client, home):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="Kansliet"))
    client.force_login(user)
    StandardPageFactory(title="Om oss", parent=home)
    assert "Om oss" not in links(client, "om oss").values()
