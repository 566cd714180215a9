"""The demo association's web site, from the texts and pictures in `demo/site/`.

Can be run again and again: what is there already, found by its place in the tree, is left alone, so that nobody's
edits are lost.
"""

import datetime
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify
from wagtail.models import Page, Site

from cms.markdown import to_blocks, to_rich_text, to_sections
from cms.models import CustomImage, DirectoryPage, HomePage, NeedPage, NewsCategory, NewsIndexPage, NewsPage, SiteSettings, StandardPage
from cms.pictures import prepare_renditions


@dataclass
class Text:
    """A file: TOML between two `+++` lines, then Markdown."""

    name: str
    about: dict
    markdown: str

    @classmethod
    def read(cls, path):
        _nothing, about, markdown = path.read_text("utf-8").split("+++\n", 2)
        return cls(path.stem, tomllib.loads(about), markdown)

    @property
    def introduction(self):
        return self.about.get("introduction") or self.about.get("lead", "")


def load_site(folder):
    """Load what is missing of the demo site; return how many pages, news and pictures the site then has."""
    loader = SiteLoader(Path(folder))
    with transaction.atomic():
        loader.load()
    # What lists and the home page show, at once; the background worker makes the rest, as for any upload.
    for image in loader.new_images:
        prepare_renditions(image, shapes=["card"])
    if loader.new_images and loader.home.hero_picture:
        prepare_renditions(loader.home.hero_picture, shapes=["lead"])
    return {
        "pages": Page.objects.live().filter(depth__gt=1).count(),
        "news": NewsPage.objects.live().count(),
        "pictures": len(loader.images),
    }


class SiteLoader:
    def __init__(self, folder):
        self.folder = folder
        self.images, self.new_images = {}, []

    def load(self):
        self.load_images()
        # All pages first, so that the texts can link to each other; bodies only for the pages that are new.
        bodies = [
            *self.load_home(),
            *self.load_focus_areas(),
            *self.load_news(),
            *self.load_directory(),
            *self.load_need_page(),
            *self.load_about_pages(),
        ]
        for page, raw_body in bodies:
            if raw_body is not None:
                page.body = page.body.stream_block.to_python(raw_body())
            self.publish(page)
        self.load_settings()

    def load_images(self):
        for about in tomllib.loads((self.folder / "bilder.toml").read_text("utf-8"))["bild"]:
            image = CustomImage.objects.filter(title=about["title"]).first()
            if image is None:
                with (self.folder / "bilder" / about["file"]).open("rb") as file:
                    image = CustomImage.objects.create(
                        title=about["title"], description=about["alt"], file=ImageFile(file, name=about["file"])
                    )
                self.new_images.append(image)
            self.images[about["file"]] = image

    def load_home(self):
        text = Text.read(self.folder / "home.md")
        self.home = HomePage.objects.first()
        if self.home:
            return
        self.home = HomePage(
            title=text.about["title"],
            slug=slugify(text.about["title"]),
            hero_title=text.about["hero_title"],
            hero_text=text.introduction,
            hero_picture=self.picture(text),
            live=False,
        )
        Page.get_first_root_node().add_child(instance=self.home)
        self.make_it_the_site(self.home)
        yield self.home, lambda: self.home_sections(text)

    def make_it_the_site(self, home):
        address = urlsplit(settings.BASE_URL)
        site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
        site.hostname, site.port = address.hostname, address.port or (443 if address.scheme == "https" else 80)
        site.site_name, site.root_page = home.title, home
        site.save()
        # Wagtail's own welcome page, if nobody has made anything of it.
        for welcome in Page.objects.filter(depth=2, numchild=0, content_type__model="page", slug="home"):
            welcome.delete()

    def home_sections(self, text):
        """Arrange the home page: its texts become columns, the last one the call to action."""
        *sections, (heading, _nodes) = to_sections(text.markdown)
        page = self.page_at("/bli-medlem/")
        columns = [{"heading": title, "text": "".join(to_rich_text(node, link=self.link) for node in below)} for title, below in sections]
        focus = StandardPage.objects.child_of(self.page_at("/fokusomraden/"))
        self.home.hero_buttons = [
            ("button", {"text": "Det här gör vi", "page": self.page_at("/fokusomraden/"), "url": ""}),
            ("button", {"text": page.title, "page": page, "url": ""}),
        ]
        return [
            {"type": "focus_cards", "value": {"heading": "Fokusområden", "text": "", "pages": [card.pk for card in focus]}},
            {"type": "figures", "value": {"heading": "Nätet i siffror", "figures": ["members", "organisations", "contacts", "networks"]}},
            {"type": "latest_news", "value": {"heading": "Nyheter", "number": "3"}},
            {"type": "newsletter_sign_up", "value": {"heading": "Få nyhetsbrevet", "text": "Fem gånger om året samlar vi det viktigaste."}},
            {"type": "columns", "value": {"columns": columns}},
            {
                "type": "call_to_action",
                "value": {
                    "heading": heading,
                    "text": page.introduction,
                    "button": {"text": page.title, "page": page.pk, "url": ""},
                },
            },
        ]

    def load_focus_areas(self):
        overview = StandardPage(title="Fokusområden", introduction="Fyra vägar till samma mål.", show_in_menus=True)
        yield from self.add(self.home, overview)
        overview = self.page_at("/fokusomraden/")
        for text in sorted(map(Text.read, (self.folder / "fokus").glob("*.md")), key=lambda text: text.about["number"]):
            yield from self.add_text(overview, text)

    def load_news(self):
        index = NewsIndexPage(title="Nyheter", introduction="Vad som händer hos oss och hos våra medlemmar.", show_in_menus=True)
        yield from self.add(self.home, index)
        index = NewsIndexPage.objects.child_of(self.home).get()
        for path in sorted((self.folder / "nyheter").glob("*.md")):
            text = Text.read(path)
            category, _created = NewsCategory.objects.get_or_create(
                slug=slugify(text.about["category"]), defaults={"name": text.about["category"]}
            )
            date = text.about["date"]
            page = NewsPage(
                title=text.about["title"],
                slug=text.name.removeprefix(f"{date}-"),
                introduction=text.introduction,
                lead_picture=self.picture(text),
                category=category,
                author=text.about["author"],
                date=date,
                first_published_at=datetime.datetime.combine(date, datetime.time(8), timezone.get_current_timezone()),
            )
            yield from self.add(index, page, text)

    def load_directory(self):
        introduction = "Sök på kommun, lärcentrum eller person. Uppgifterna kommer direkt ur vårt register."
        yield from self.add(self.home, DirectoryPage(title="Medlemmar", introduction=introduction, show_in_menus=True))

    def load_need_page(self):
        introduction = (
            "Berätta vilken kompetens ni saknar. Vi letar efter en kurs hos våra medlemmar, eller startar en tillsammans med dem. "
            "Det kostar ingenting att fråga."
        )
        thanks = "En kompetensmäklare nära er läser det ni har skrivit och hör av sig, oftast inom en vecka."
        yield from self.add(self.home, NeedPage(title="Vad behöver ert företag?", slug="foretag", introduction=introduction, thanks=thanks))

    def load_about_pages(self):
        for name in ("om-oss", "bli-medlem", "integritet", "tillganglighet"):
            yield from self.add_text(self.home, Text.read(self.folder / f"{name}.md"), show_in_menus=name in ("om-oss", "bli-medlem"))

    def add_text(self, parent, text, **fields):
        page = StandardPage(
            title=text.about["title"], slug=text.name, introduction=text.introduction, lead_picture=self.picture(text), **fields
        )
        yield from self.add(parent, page, text)

    def load_settings(self):
        path = self.folder / "forening.toml"
        about, created = SiteSettings.objects.get_or_create(site=Site.objects.get(root_page=self.home))
        if created and path.exists():
            for field, value in tomllib.loads(path.read_text("utf-8")).items():
                setattr(about, field, value)
            about.save()

    def add(self, parent, page, text=None):
        """Add an unpublished page, unless its parent has one of that address; yield it with the maker of its body."""
        page.slug = page.slug or slugify(page.title)
        if parent.get_children().filter(slug=page.slug).exists():
            return
        page.live = False
        parent.add_child(instance=page)
        yield page, (lambda: to_blocks(text.markdown, link=self.link, image=self.images.__getitem__)) if text else None

    def publish(self, page):
        """Publish as on the day of the page's date, which is when its readers would have seen it."""
        page.refresh_from_db(fields=["numchild"])  # its children have been added since, through other instances
        page.save_revision().publish()
        if page.first_published_at:
            type(page).objects.filter(pk=page.pk).update(last_published_at=page.first_published_at)

    def picture(self, text):
        return self.images[text.about["image"]] if "image" in text.about else None

    def page_at(self, address):
        """Return the page at an address of the site."""
        return Page.objects.get(url_path=f"{self.home.url_path.rstrip('/')}{address}").specific

    def link(self, address):
        """Return the attributes of a link: to the page, wherever it may move, or to the address."""
        if address.startswith("/"):
            return format_html('linktype="page" id="{}"', self.page_at(address).pk)
        return format_html('href="{}"', address)
