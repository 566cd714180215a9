from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from newsletter.mail.links import absolute


class IssueFeed(Feed):
    """The archive as a feed."""

    feed_type = Atom1Feed

    def __init__(self, page):
        self.page = page

    def title(self):
        return self.page.title

    def link(self):
        return absolute(self.page.url)

    def feed_url(self):
        return absolute(self.page.url + "feed/")

    def subtitle(self):
        return _("Issues of the newsletter")

    def items(self):
        return self.page.issues()[:20]

    def item_title(self, issue):
        return issue.subject or issue.title

    def item_description(self, issue):
        return issue.preheader

    def item_link(self, issue):
        return absolute(issue.url)

    def item_pubdate(self, issue):
        return issue.sent_on

    item_updateddate = item_pubdate
