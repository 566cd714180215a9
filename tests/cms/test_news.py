import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.factories.cms import ImageFactory, NewsCategoryFactory, NewsPageFactory

pytestmark = pytest.mark.usefixtures("news_index")


def test_visitor_reads_published_news(client):
    news = NewsPageFactory(
        title="Nio piloter",
        lead_picture=ImageFactory(description="En skärm"),
        category=NewsCategoryFactory(),
        body=[("text", "<p>Så gick det.</p>"), ("quote", {"text": "Bra!", "name": "Ulla Hagström", "role": "rektor"})],
    )
    page = client.get(news.url).text
    for shown in ("Nio piloter", "Vad som har hänt.", "17 maj 2018", "Helena Sandmark", "Nätverk", "Så gick det.", "Ulla Hagström, rektor"):
        assert shown in page
    assert 'alt="En skärm"' in page


def test_alternative_text_of_the_page_wins_over_the_one_of_the_picture(client):
    news = NewsPageFactory(lead_picture=ImageFactory(description="En skärm"), lead_picture_alt="Mehmet visar siffror")
    assert 'alt="Mehmet visar siffror"' in client.get(news.url).text


def test_draft_is_not_shown(client):
    draft = NewsPageFactory(title="Utkast", slug="utkast", live=False)
    assert client.get(draft.url).status_code == 404
    assert "Utkast" not in client.get("/nyheter/").text
    assert "Utkast" not in client.get("/nyheter/flode/").text


def test_scheduled_news_appears_when_its_time_has_come(client):
    news = NewsPageFactory(slug="sen", live=False)
    for minutes, status in ((60, 404), (-1, 200)):
        news.go_live_at = timezone.now() + datetime.timedelta(minutes=minutes)
        news.save_revision(approved_go_live_at=news.go_live_at)
        call_command("publish_scheduled")
        assert client.get("/nyheter/sen/").status_code == status


def test_list_shows_the_newest_first(client):
    NewsPageFactory(title="Den gamla", date=datetime.date(2017, 1, 1))
    NewsPageFactory(title="Den nya", date=datetime.date(2018, 1, 1))
    page = client.get("/nyheter/").text
    assert page.index("Den nya") < page.index("Den gamla")


def test_list_can_be_narrowed_down_by_category_and_year(client):
    NewsPageFactory(title="I nätverket", category=NewsCategoryFactory(), date=datetime.date(2018, 1, 1))
    NewsPageFactory(title="I projektet", category=NewsCategoryFactory(name="Projekt", slug="projekt"), date=datetime.date(2017, 1, 1))
    by_category = client.get("/nyheter/?kategori=projekt").text
    by_year = client.get("/nyheter/?ar=2018").text
    assert "I projektet" in by_category
    assert "I nätverket" not in by_category
    assert "I nätverket" in by_year
    assert "I projektet" not in by_year


@pytest.mark.parametrize("query", ["ar=99999999", "ar=x", "ar=0", "sida=-1", "sida=x", "kategori=%00", "kategori=finns-inte"])
def test_strange_addresses_of_the_list_are_no_errors(client, query):
    assert client.get(f"/nyheter/?{query}").status_code == 200


def test_long_list_has_pages(client):
    for _number in range(12):
        NewsPageFactory()
    assert client.get("/nyheter/").text.count('<article class="card') == 10
    assert client.get("/nyheter/?sida=2").text.count('<article class="card') == 2


def test_related_news_are_of_the_same_category_first():
    category = NewsCategoryFactory()
    same = NewsPageFactory(category=category, date=datetime.date(2017, 1, 1))
    newer = NewsPageFactory(date=datetime.date(2018, 1, 1))
    news = NewsPageFactory(category=category)
    assert list(news.related()) == [same, newer]


def test_newsletter_gets_the_news_as_a_story():
    image = ImageFactory()
    story = NewsPageFactory(title="Nio piloter", slug="nio", lead_picture=image).as_story()
    assert (story.title, story.text, story.url) == ("Nio piloter", "Vad som har hänt.", "http://testserver/nyheter/nio/")
    assert (story.image, story.image_alt) == (image, image.description)
