"""What every page has: the association's details, the menu, metadata; and the pages for when something is wrong."""

import json
import re

import pytest
from django.template.loader import render_to_string
from wagtail.models import Site

from cms.models import SiteSettings
from tests.factories.cms import ImageFactory, NewsPageFactory, StandardPageFactory


@pytest.fixture
def association(home):
    return SiteSettings.objects.create(
        site=Site.objects.get(), association_name="Lärnätet Väst", email="kansli@larnatetvast.example", phone="031-390 06 68"
    )


def linked_data(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])


@pytest.mark.usefixtures("association")
def test_association_is_shown_on_every_page(client):
    page = client.get("/").text
    assert "mailto:kansli@larnatetvast.example" in page
    assert 'href="tel:0313900668"' in page


def test_menu_has_the_pages_that_an_editor_put_there(client, home):
    StandardPageFactory(title="Om oss", slug="om-oss", show_in_menus=True)
    StandardPageFactory(title="Integritet")
    menu = client.get("/om-oss/").text.split("<main", 1)[0]
    assert re.search(r'href="/om-oss/"[^>]*aria-current="page"', menu)
    assert "Integritet" not in menu


@pytest.mark.usefixtures("home")
def test_unknown_address_gets_our_own_page_with_the_menu(client):
    StandardPageFactory(title="Om oss", show_in_menus=True)
    response = client.get("/finns-inte/")
    assert response.status_code == 404
    assert "Här tar tråden slut" in response.text
    assert "Om oss" in response.text


def test_page_for_errors_needs_neither_request_nor_database():
    assert "Vi har slagit knut på oss" in render_to_string("500.html")


@pytest.mark.usefixtures("association")
def test_home_tells_search_engines_who_we_are(client):
    data = linked_data(client.get("/").text)
    assert (data["@type"], data["name"]) == ("Organization", "Lärnätet Väst")


def test_news_tell_search_engines_what_they_are(client, news_index):
    news = NewsPageFactory(title="</script><b>", lead_picture=ImageFactory())
    page = client.get(news.url).text
    data = linked_data(page)
    assert (data["@type"], data["headline"], data["datePublished"]) == ("NewsArticle", "</script><b>", "2018-05-17")
    assert data["image"].startswith("http://testserver/media/")
    assert '<meta property="og:type" content="article">' in page


def test_sitemap_lists_published_pages_once(client, news_index):
    NewsPageFactory(slug="nio")
    NewsPageFactory(slug="utkast", live=False)
    sitemap = client.get("/sitemap.xml").text
    assert sitemap.count("<loc>http://testserver/nyheter/nio/</loc>") == 1
    assert "utkast" not in sitemap


@pytest.mark.usefixtures("home")
def test_robots_are_told_where_the_sitemap_is(client):
    robots = client.get("/robots.txt").text
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    assert "Disallow: /admin/" in robots


def test_public_pages_have_no_inline_style_or_script(client, home, news_index):
    for page in (client.get("/").text, client.get(NewsPageFactory(lead_picture=ImageFactory()).url).text):
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*(src=|ld\+json))", page)
        assert "csrfmiddlewaretoken" not in page
