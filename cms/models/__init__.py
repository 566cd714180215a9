"""The site's models. Import them from here; a module that is not named here does not exist for Django."""

from cms.models.articles import ArticlePage
from cms.models.base import BasePage
from cms.models.categories import NewsCategory
from cms.models.directory import DirectoryPage
from cms.models.home import HomePage
from cms.models.images import CustomImage, CustomRendition
from cms.models.needs import NeedPage
from cms.models.news import NewsIndexPage, NewsPage
from cms.models.site_settings import SiteSettings
from cms.models.standard import StandardPage

__all__ = [
    "ArticlePage",
    "BasePage",
    "CustomImage",
    "CustomRendition",
    "DirectoryPage",
    "HomePage",
    "NeedPage",
    "NewsCategory",
    "NewsIndexPage",
    "NewsPage",
    "SiteSettings",
    "StandardPage",
]
