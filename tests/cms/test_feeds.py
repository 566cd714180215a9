import pytest

from tests.factories.cms import NewsPageFactory

pytestmark = pytest.mark.usefixtures("news_index")


@pytest.mark.parametrize(("address", "kind"), [("/nyheter/flode/", "atom"), ("/nyheter/flode/rss/", "rss")])
def test_feed_contains_the_news(client, address, kind):
    NewsPageFactory(title="Nio piloter & mer", slug="nio")
    response = client.get(address)
    assert kind in response["Content-Type"]
    assert "Nio piloter &amp; mer" in response.text
    assert "http://testserver/nyheter/nio/" in response.text


def test_feed_links_to_the_swedish_page_from_the_english_address_too(client):
    NewsPageFactory(slug="nio")
    assert "/en/nyheter/nio/" not in client.get("/en/nyheter/flode/").text


def test_news_list_points_to_its_feed(client):
    assert 'type="application/atom+xml"' in client.get("/nyheter/").text
