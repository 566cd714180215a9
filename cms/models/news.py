from django import forms
from django.core.paginator import Paginator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import PageManager
from wagtail.search import index

from cms.feeds import AtomFeed, RssFeed
from cms.models.articles import ArticlePage, ArticleQuerySet
from cms.models.base import BasePage
from cms.models.categories import NewsCategory
from newsletter.stories import Story


class NewsIndexPage(RoutablePageMixin, BasePage):
    """All news, newest first, by category and year, and as a feed."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=300)

    news_per_page = 10  # one large and three rows of three
    template = "pages/news_index_page.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]
    content_panels = [*BasePage.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("news list")
        verbose_name_plural = _("news lists")

    @property
    def summary(self):
        return self.search_description or self.introduction

    @path("")
    def all_news(self, request):
        return self.render(request)

    @path("flode/", name="atom")
    def atom(self, request):
        return AtomFeed()(request, index=self)

    @path("flode/rss/", name="rss")
    def rss(self, request):
        return RssFeed()(request, index=self)

    def news(self):
        return NewsPage.objects.child_of(self).live()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        news = self.news()
        categories = list(NewsCategory.objects.filter(news__in=news).distinct())
        years = [str(day.year) for day in news.dates("date", "year", order="DESC")]
        # Anything else that an address may say narrows down nothing.
        category = next((category for category in categories if category.slug == request.GET.get("kategori")), None)
        year = next((year for year in years if year == request.GET.get("ar")), None)
        if category:
            news = news.filter(category=category)
        if year:
            news = news.filter(date__year=year)
        context["page_of_news"] = Paginator(news.for_cards(), self.news_per_page).get_page(request.GET.get("sida"))
        context |= {"categories": categories, "years": years, "chosen_category": category, "chosen_year": year}
        context["atom_url"] = self.get_url(request) + self.reverse_subpage("atom")
        return context

    def get_sitemap_urls(self, request=None):
        """Only the list itself: a feed is no page."""
        return super(RoutablePageMixin, self).get_sitemap_urls(request)


class NewsQuerySet(ArticleQuerySet):
    def newest_first(self):
        return self.order_by("-date", "-first_published_at", "-pk")

    def for_cards(self):
        return self.newest_first().with_pictures().select_related("category")


class NewsPage(ArticlePage):
    date = models.DateField(
        _("date"), default=timezone.localdate, db_index=True, help_text=_("Shown on the page. The list is sorted by it.")
    )
    author = models.CharField(_("written by"), max_length=100, blank=True, help_text=_("For example “Helena Sandmark”."))
    category = models.ForeignKey(
        "cms.NewsCategory", verbose_name=_("category"), on_delete=models.SET_NULL, null=True, blank=True, related_name="news"
    )

    objects = PageManager.from_queryset(NewsQuerySet)()

    share_type = "article"
    template = "pages/news_page.html"
    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types = []
    search_fields = [*ArticlePage.search_fields, index.SearchField("author"), index.FilterField("date")]
    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("date"), FieldPanel("category", widget=forms.Select)]), FieldPanel("author")], _("About the news")
        ),
        *ArticlePage.lead_panels,
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("news page")
        verbose_name_plural = _("news pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["related"] = self.related()
        return context

    def related(self):
        """Three other pieces of news: of the same category first, then the newest."""
        others = NewsPage.objects.sibling_of(self, inclusive=False).live().for_cards()
        same_first = models.Case(models.When(category=self.category_id, then=0), default=1) if self.category_id else models.Value(0)
        return others.order_by(same_first, *others.query.order_by)[:3]

    def as_story(self):
        """The news as a newsletter shows it."""
        return Story(title=self.title, text=self.summary, url=self.canonical_url, image=self.lead_picture, image_alt=self.picture_alt)

    def structured_data(self, site_settings):
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": self.title,
            "description": self.summary,
            "datePublished": self.date.isoformat(),
            "inLanguage": "sv",
            "mainEntityOfPage": self.canonical_url,
            "publisher": site_settings.as_organization(),
        }
        if self.last_published_at:
            data["dateModified"] = self.last_published_at.isoformat()
        if self.author:
            data["author"] = {"@type": "Person", "name": self.author}
        if self.shared_picture_url:
            data["image"] = self.shared_picture_url
        return data
