"""What of the site the palette finds: pages, by their title, and the new news page."""

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from cms.models import NewsIndexPage
from crm.services.palette import SHOWN, Hit, Kind, best_first, contains, register_kind
from crm.services.palette_actions import register_actions
from crm.text import search_words
from newsletter.models import Issue

LOOKED_THROUGH = 5_000  # pages, the newest first


class PageKind(Kind):
    name = "page"
    label = _("Pages")
    icon = "doc-empty"
    order = 60

    def may_find(self, user):
        return page_permission_policy.user_has_any_permission(user, ["add", "change", "publish"])

    def editable(self, user):
        """The pages that somebody may change. Issues are a kind of their own."""
        pages = page_permission_policy.instances_user_has_any_permission_for(user, ["change", "publish"])
        return pages.filter(depth__gt=1).exclude(content_type=ContentType.objects.get_for_model(Issue))

    def numbers(self, user, query):
        words = search_words(query)
        newest = self.editable(user).order_by("-latest_revision_created_at", "-pk").only("title")[:LOOKED_THROUGH]
        found = [page for page in newest if contains(page.title, words)]
        return [page.pk for page in best_first(found, words)[: SHOWN + 1]]

    def hits(self, user, numbers):
        return {page.pk: self.hit(page) for page in self.editable(user).filter(pk__in=numbers).select_related("content_type")}

    def hit(self, page):
        details = [str(page.page_type_display_name), "" if page.live else gettext("draft")]
        return Hit(
            page.get_admin_display_title(), reverse("wagtailadmin_pages:edit", args=[page.pk]), detail=" · ".join(filter(None, details))
        )

    def number_at(self, match):
        is_form = match.view_name == "wagtailadmin_pages:edit"
        return int(match.args[0] if match.args else match.kwargs["page_id"]) if is_form else None

    def actions_at(self, user, number):
        page = Page.objects.filter(pk=number, live=True).first()
        if page and (url := page.get_url()):
            yield Hit(gettext("View on the site"), url, icon="view")
        yield Hit(gettext("History"), reverse("wagtailadmin_pages:history", args=[number]), icon="history")


register_kind(PageKind())


@register_actions
def new_pages(request):
    for index in NewsIndexPage.objects.all()[:1]:
        if index.permissions_for_user(request.user).can_add_subpage():
            url = reverse("wagtailadmin_pages:add", args=["cms", "newspage", index.pk])
            yield Hit(gettext("New news page"), url, icon="plus"), gettext("create add write article")
