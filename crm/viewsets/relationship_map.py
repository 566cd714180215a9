"""The relationship map: a picture of how organisations, networks and projects hang together, with a table of the same beside it."""

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from crm.filters.choices import subregion_choices
from crm.models import Municipality, Network, Organisation, Project
from crm.services.relationship_map import DIRECTED, EDGES, graph_for
from crm.services.rights import may_view
from crm.viewsets.links import page_url_for

MODELS = {"o": Organisation, "n": Network, "p": Project}


class MapMixin:
    def dispatch(self, request, *args, **kwargs):
        if not may_view(request.user, Organisation):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class MapView(MapMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "admin/register/relationship_map.html"
    page_title = gettext_lazy("Relationship map")
    header_icon = "site"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        kinds = [("own", _("The association itself")), *Organisation.Kind.choices, ("network", _("Networks")), ("project", _("Projects"))]
        return super().get_context_data(
            data_url=reverse("relationship_map:data"),
            kinds=kinds,
            edges=EDGES.items(),
            directed=",".join(DIRECTED),
            subregions=[name for name, _label in subregion_choices()],
            municipalities=Municipality.objects.filter(organisations__isnull=False).distinct(),
            **kwargs,
        )


@method_decorator(never_cache, "dispatch")
class DataView(MapMixin, View):
    def get(self, request):
        graph = graph_for(request.user)
        left_out = graph.without_loners()
        for key, values in graph.nodes.items():
            values["url"] = page_url_for(request.user, MODELS[key[0]], int(key[1:]))
        return JsonResponse(graph.as_json(left_out))


class MapMenuItem(MenuItem):
    def is_shown(self, request):
        return may_view(request.user, Organisation)


class RelationshipMapViewSet(ViewSet):
    name = "relationship_map"
    url_prefix = "register/map"
    icon = "site"
    menu_label = gettext_lazy("Relationship map")
    menu_name = "register-map"
    menu_order = 206
    menu_item_class = MapMenuItem

    def get_urlpatterns(self):
        return [
            path("", MapView.as_view(), name="index"),
            path("data/", DataView.as_view(), name="data"),
        ]
