import pytest
from django.utils import translation
from wagtail.models import Site

from tests.factories.cms import DirectoryPageFactory, HomePageFactory, NewsIndexPageFactory


@pytest.fixture(autouse=True)
def _swedish():
    """A request leaves its language behind; addresses that a test asks for should not depend on the test before."""
    with translation.override("sv"):
        yield


@pytest.fixture
def home(db):
    """The site with its home page."""
    home = HomePageFactory()
    site = Site.objects.get(is_default_site=True)
    site.root_page, site.hostname, site.port = home, "testserver", 80
    site.save()
    return home


@pytest.fixture
def news_index(home):
    return NewsIndexPageFactory(parent=home)


@pytest.fixture
def directory(home):
    return DirectoryPageFactory(parent=home)
