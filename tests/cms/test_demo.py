import datetime

import pytest
from PIL import Image
from wagtail.models import Page, Revision, Site

from cms.demo import load_site
from cms.models import CustomImage, HomePage, NewsPage, StandardPage

TEXT = """+++
title = "{title}"
lead = "Ingress"
number = 1
image = "sjo.jpg"
+++
Se [om oss](/om-oss/).
"""
HOME = """+++
title = "Lärnätet Väst"
hero_title = "Tillsammans"
image = "sjo.jpg"
+++
## För dig

Text.

## Bli en av oss

Välkommen.
"""
NEWS = """+++
title = "Nio piloter"
date = 2017-12-07
category = "Projekt"
author = "Yusuf Demirel"
introduction = "Så gick det."
+++
> Bra!
> — Ulla, rektor
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("bilder", "fokus", "nyheter"):
        (tmp_path / name).mkdir()
    Image.new("RGB", (64, 40)).save(tmp_path / "bilder" / "sjo.jpg")
    (tmp_path / "bilder.toml").write_text('[[bild]]\nfile = "sjo.jpg"\ntitle = "Fjärd"\nalt = "En fjärd"\n', "utf-8")
    (tmp_path / "forening.toml").write_text('association_name = "Lärnätet Väst"\n', "utf-8")
    (tmp_path / "home.md").write_text(HOME, "utf-8")
    (tmp_path / "nyheter" / "2017-12-07-nio-piloter.md").write_text(NEWS, "utf-8")
    (tmp_path / "fokus" / "starkta-natverk.md").write_text(TEXT.format(title="Stärkta nätverk"), "utf-8")
    for name in ("om-oss", "bli-medlem", "integritet", "tillganglighet"):
        (tmp_path / f"{name}.md").write_text(TEXT.format(title=name.capitalize()), "utf-8")
    return tmp_path


@pytest.mark.usefixtures("db")
def test_every_loaded_page_can_be_visited(client, folder):
    assert load_site(folder) == {"pages": 11, "news": 1, "pictures": 1}
    for page in Page.objects.filter(depth__gt=1):
        assert client.get(page.url).status_code == 200, page.url
    assert Site.objects.get().site_name == "Lärnätet Väst"


@pytest.mark.usefixtures("db")
def test_news_keep_the_date_of_their_publication(folder):
    load_site(folder)
    news = NewsPage.objects.get()
    assert news.first_published_at.date() == news.last_published_at.date() == datetime.date(2017, 12, 7)


@pytest.mark.usefixtures("db")
def test_links_between_texts_are_links_to_pages(folder):
    load_site(folder)
    about = StandardPage.objects.get(slug="om-oss")
    assert f'linktype="page" id="{about.pk}"' in about.body.raw_data[0]["value"]


@pytest.mark.usefixtures("db")
def test_loading_twice_changes_nothing(folder):
    load_site(folder)
    before = [list(model.objects.order_by("pk").values()) for model in (Page, CustomImage, Site, Revision)]
    load_site(folder)
    assert [list(model.objects.order_by("pk").values()) for model in (Page, CustomImage, Site, Revision)] == before


@pytest.mark.usefixtures("db")
def test_what_somebody_has_edited_is_left_alone(folder):
    load_site(folder)
    home = HomePage.objects.get()
    home.hero_title = "Vår egen rubrik"
    home.save_revision().publish()
    load_site(folder)
    assert HomePage.objects.get().hero_title == "Vår egen rubrik"
