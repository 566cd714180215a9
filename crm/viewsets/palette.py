from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse
from django.urls import Resolver404, path, resolve, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from crm.services.palette import SHOWN, Group, Hit, begins, find, recent, record_at
from crm.services.palette_actions import actions
from crm.services.recents import remember_opened
from crm.text import search_words


def match_of(address):
    try:
        return resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return None


class ResultsView(TemplateView):
    """What the palette shows below its field, as a part of a page."""

    template_name = "admin/palette/results.html"

    @cached_property
    def query(self):
        # PostgreSQL's texts hold no NUL.
        return self.request.GET.get("q", "").replace("\x00", " ").strip()[:200]

    @cached_property
    def record(self):
        """The (kind, number) of the record on whose page the palette was opened, or (None, None)."""
        return record_at(self.request.user, match_of(self.request.GET.get("here", "")))

    def get_context_data(self, **kwargs):
        groups = self.found() if search_words(self.query) else self.offered()
        is_found = any(group.hits for group in groups)
        return super().get_context_data(query=self.query, groups=groups, is_found=is_found, creating=self.creating(), **kwargs)

    def found(self):
        """What contains the query; the actions first when nothing else begins with it."""
        records = find(self.request.user, self.query)
        named = any(begins(hit.title, search_words(self.query)) for group in records for hit in group.hits)
        doable = [*self.here(), *self.actions()]
        return [*records, *doable] if named else [*doable, *records]

    def offered(self):
        """What is shown before anything is typed."""
        kind, number = self.record
        opened = recent(self.request.user, but=(kind.name, number) if kind else None)
        return [*([Group(_("Opened lately"), opened)] if opened else []), *self.here(), *self.actions()]

    def actions(self):
        hits = actions(self.request, self.query)
        return [Group(_("Do"), hits[: SHOWN if self.query else 2 * SHOWN])] if hits else []

    def here(self):
        kind, number = self.record
        words = search_words(self.query)
        hits = [hit for hit in kind.actions_at(self.request.user, number) if begins(hit.title, words)] if kind else []
        return [Group(_("With what is open"), hits)] if hits else []

    def creating(self):
        """What to do about it when there is nobody of that name."""
        if not self.query or not self.request.user.has_perm("crm.add_contact"):
            return None
        url = f"{reverse('contact:add')}?{urlencode({'q': self.query})}"
        return Hit(_("Create contact “%(name)s”") % {"name": self.query}, url, icon="plus")


class PaletteView(WagtailAdminTemplateMixin, ResultsView):
    """The palette as a page of its own: for browsers without script, and to link to."""

    template_name = "admin/palette/page.html"
    page_title = _("Quick search")
    header_icon = "search"


class OpenedView(View):
    """Remembers the record on whose page somebody is. Told by the page's script, so that opening a page writes nothing."""

    def post(self, request):
        kind, number = record_at(request.user, match_of(request.POST.get("path", "")))
        if kind:
            remember_opened(request.user, kind=kind.name, number=number)
        return HttpResponse(status=204)


class PaletteMenuItem(MenuItem):
    def __init__(self):
        attrs = {"data-palette-open": "Ctrl K", "aria-keyshortcuts": "Control+K Meta+K"}
        super().__init__(_("Quick search"), reverse("palette:index"), name="palette", icon_name="search", attrs=attrs, order=1)


class PaletteViewSet(ViewSet):
    name = "palette"
    url_prefix = "palette"

    def get_urlpatterns(self):
        return [
            path("", PaletteView.as_view(), name="index"),
            path("results/", ResultsView.as_view(), name="results"),
            path("opened/", OpenedView.as_view(), name="opened"),
        ]
