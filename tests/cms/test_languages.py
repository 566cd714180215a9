import pytest

from tests.factories.cms import NewsPageFactory

pytestmark = pytest.mark.usefixtures("news_index")


def test_interface_is_swedish_by_default_whatever_the_browser_prefers(client):
    page = client.get("/nyheter/", headers={"accept-language": "en"}).text
    assert '<html lang="sv">' in page
    assert "Hoppa till innehållet" in page


def test_english_interface_keeps_the_swedish_content(client):
    NewsPageFactory(title="Nio piloter")
    page = client.get("/en/nyheter/").text
    assert '<html lang="en">' in page
    assert "Skip to the content" in page
    assert "Nio piloter" in page


@pytest.mark.parametrize(
    ("address", "other"), [("/nyheter/?ar=2018", "/en/nyheter/?ar=2018"), ("/en/nyheter/", "/nyheter/"), ("/en/", "/")]
)
def test_language_switch_leads_to_the_same_page(client, address, other):
    assert f'class="language" href="{other}"' in client.get(address).text


def test_links_stay_in_the_language(client):
    NewsPageFactory(slug="nio")
    assert 'href="/en/nyheter/nio/"' in client.get("/en/nyheter/").text


def test_canonical_address_is_the_swedish_one(client):
    assert '<link rel="canonical" href="http://testserver/nyheter/">' in client.get("/en/nyheter/").text
