"""No public page asks the database more often when there is more to show."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from cms.models import NewsIndexPage, NewsPage
from tests.cms.test_directory import make_member
from tests.factories.cms import ImageFactory, NewsCategoryFactory, NewsPageFactory, StandardPageFactory

LIMIT = 26


def queries_of(client, address):
    client.get(address)  # makes renditions
    cache.clear()
    Site.clear_site_root_paths_cache()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def make_news(number):
    for index in range(number):
        NewsPageFactory(
            lead_picture=ImageFactory(),
            category=NewsCategoryFactory(name=f"Kategori {index % 4}", slug=f"kategori-{index % 4}"),
            date=datetime.date(2018, 1, 1) + datetime.timedelta(days=index),
        )


@pytest.mark.usefixtures("news_index")
def test_news_list(client, monkeypatch):
    monkeypatch.setattr(NewsIndexPage, "news_per_page", 30)
    make_news(3)
    few = queries_of(client, "/nyheter/")
    make_news(27)
    assert queries_of(client, "/nyheter/") == few <= LIMIT


@pytest.mark.usefixtures("news_index")
def test_news_page(client):
    make_news(3)
    address = NewsPage.objects.first().url
    few = queries_of(client, address)
    make_news(27)
    assert queries_of(client, address) == few <= LIMIT


def test_home(client, home, news_index):
    def fill(number):
        make_news(number)
        pages = [StandardPageFactory(parent=home, lead_picture=ImageFactory(), show_in_menus=True) for _number in range(number)]
        home.refresh_from_db()
        home.hero_picture = ImageFactory()
        home.body = [
            ("focus_cards", {"heading": "Fokus", "text": "", "pages": pages[:6]}),
            ("figures", {"heading": "Siffror", "figures": ["members", "contacts", "organisations", "networks"]}),
            ("latest_news", {"heading": "Nyheter", "number": "6"}),
            ("quote", {"text": "Bra!", "name": "", "role": ""}),
        ]
        home.save()

    fill(3)
    few = queries_of(client, "/")
    fill(27)
    assert queries_of(client, "/") == few <= LIMIT


def test_ordinary_page_with_pages_below(client, home):
    parent = StandardPageFactory(parent=home, slug="fokus")
    for _number in range(3):
        StandardPageFactory(parent=parent, lead_picture=ImageFactory())
    few = queries_of(client, "/fokus/")
    for _number in range(27):
        StandardPageFactory(parent=parent, lead_picture=ImageFactory())
    assert queries_of(client, "/fokus/") == few <= LIMIT


@pytest.mark.usefixtures("directory")
def test_directory(client):
    for number in range(3):
        make_member(f"Kommun {number}", centre="Komvux", people=[("Anna", {"is_public": True})])
    few = queries_of(client, "/medlemmar/")
    for number in range(27):
        make_member(f"Stad {number}", centre="Komvux", people=[("Anna", {"is_public": True})])
    assert queries_of(client, "/medlemmar/") == few <= LIMIT
