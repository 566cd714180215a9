from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from newsletter.viewsets.issues import IssueViewSet
from newsletter.viewsets.newsletters import NewsletterViewSet
from newsletter.viewsets.subscriptions import SubscriptionViewSet


class NewsletterGroup(ViewSetGroup):
    """The menu of whoever writes and sends newsletters."""

    menu_label = _("Newsletter")
    menu_icon = "mail"
    menu_order = 220
    items = (IssueViewSet, SubscriptionViewSet, NewsletterViewSet)
