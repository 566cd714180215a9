from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import override


class RssFeed(Feed):
    """The newest news of a news list, for feed readers. Swedish, like the news, whatever language the address has."""

    length = 20
    language = "sv"

    def __call__(self, request, *args, **kwargs):
        with override(self.language):
            return super().__call__(request, *args, **kwargs)

    def get_object(self, request, index):
        return index

    def title(self, index):
        site = index.get_site()
        return f"{index.title} – {site.site_name}" if site.site_name else index.title

    def link(self, index):
        return index.canonical_url

    def feed_url(self, index):
        return index.canonical_url + index.reverse_subpage("rss")

    def description(self, index):
        return index.summary

    def items(self, index):
        return index.news().newest_first().select_related("category")[: self.length]

    def item_title(self, news):
        return news.title

    def item_description(self, news):
        return news.summary

    def item_link(self, news):
        return news.canonical_url

    def item_pubdate(self, news):
        return news.first_published_at or timezone.now()

    def item_updateddate(self, news):
        return news.last_published_at

    def item_author_name(self, news):
        return news.author or None

    def item_categories(self, news):
        return [news.category.name] if news.category else []


class AtomFeed(RssFeed):
    feed_type = Atom1Feed
    subtitle = RssFeed.description

    def feed_url(self, index):
        return index.canonical_url + index.reverse_subpage("atom")
