"""Pages, pictures and categories for tests. A page factory needs its `parent` unless the site has only one fitting."""

import datetime

import factory
from factory.django import DjangoModelFactory, ImageField
from wagtail.models import Page

from cms.models import CustomImage, DirectoryPage, HomePage, NewsCategory, NewsIndexPage, NewsPage, StandardPage


class ImageFactory(DjangoModelFactory):
    class Meta:
        model = CustomImage

    title = factory.Sequence(lambda n: f"Bild {n}")
    description = "En brygga i morgonljus"
    file = ImageField(width=64, height=40, filename="bild.jpg")


class NewsCategoryFactory(DjangoModelFactory):
    class Meta:
        model = NewsCategory
        django_get_or_create = ["slug"]

    name = "Nätverk"
    slug = "natverk"


class PageFactory(DjangoModelFactory):
    """Adds the page to the tree below its parent, published unless `live=False`."""

    class Meta:
        abstract = True

    title = factory.Sequence(lambda n: f"Sida {n}")

    @classmethod
    def _create(cls, model_class, *args, parent=None, **kwargs):
        page = model_class(*args, **kwargs)
        (parent or cls.default_parent()).add_child(instance=page)
        return page

    @classmethod
    def default_parent(cls):
        return HomePage.objects.get()


class HomePageFactory(PageFactory):
    class Meta:
        model = HomePage

    title = "Lärnätet Väst"
    slug = "larnatet-vast"
    hero_title = "Tillsammans når lärandet längre"

    @classmethod
    def default_parent(cls):
        return Page.get_first_root_node()


class StandardPageFactory(PageFactory):
    class Meta:
        model = StandardPage

    introduction = "Vad sidan handlar om."


class DirectoryPageFactory(PageFactory):
    class Meta:
        model = DirectoryPage

    title = "Medlemmar"
    slug = "medlemmar"


class NewsIndexPageFactory(PageFactory):
    class Meta:
        model = NewsIndexPage

    title = "Nyheter"
    slug = "nyheter"


class NewsPageFactory(PageFactory):
    class Meta:
        model = NewsPage

    title = factory.Sequence(lambda n: f"Nyhet {n}")
    introduction = "Vad som har hänt."
    date = datetime.date(2018, 5, 17)
    author = "Helena Sandmark"

    @classmethod
    def default_parent(cls):
        return NewsIndexPage.objects.get()
