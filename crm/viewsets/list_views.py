"""A list that everybody sets up for themselves: columns, order, groups, sums and saved views, all of it in the address."""

from django.db.models import Sum
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.services.saved_views import address_of, default_view, query_of, tidied, views_for
from crm.viewsets.facets import FacetsView
from crm.viewsets.list_chips import chips
from crm.viewsets.list_columns import ListColumn, prepare, shown_number
from crm.viewsets.list_tables import ListTable, PeekColumn
from crm.viewsets.peeks import PeekView
from crm.viewsets.saved_views import SavedViewCreateView, SavedViewDefaultView, SavedViewDeleteView, SavedViewEditView, SavedViewUpdateView

PLACES = {"up": -1, "down": 1}


class ListOptionsMixin:
    """An index view with columns, groups and saved views. `list_display` is what is shown until somebody chooses."""

    table_class = ListTable
    more_columns = ()
    groupings = ()
    kind = ""
    url_namespace = ""
    peek_url_name = ""
    has_list_options = True

    def get(self, request, *args, **kwargs):
        if not self.results_only and not self.is_export and (address := self.better_address()):
            return HttpResponseRedirect(address)
        return super().get(request, *args, **kwargs)

    def better_address(self):
        """The address of one's own view of a list that is asked for without anything; or the tidy one after a form was sent."""
        if not self.request.GET:
            return self.url_of_view(self.default_view) if self.default_view else ""
        if len(self.request.GET.getlist("columns")) < 2 and not any(name in self.request.GET for name in PLACES):
            return ""
        params = self.request.GET.copy()
        for name in PLACES:
            params.pop(name, None)
        params["columns"] = ",".join(self.moved_columns())
        return f"{self.index_url}?{params.urlencode(safe=',')}"

    def url_of_view(self, view):
        return address_of(view, self.index_url)

    # Columns

    @cached_property
    def offered_columns(self):
        return {column.name: column for column in [*self.list_display, *self.more_columns]}

    @cached_property
    def chosen_names(self):
        asked = ",".join(self.request.GET.getlist("columns")).split(",")
        names = [name for name in dict.fromkeys(asked) if name in self.offered_columns]
        return names or [column.name for column in self.list_display]

    @cached_property
    def shown_columns(self):
        return [self.offered_columns[name] for name in self.chosen_names]

    def moved_columns(self):
        """The chosen columns, one of them a place further up or down; a column that isn't chosen yet comes in by being moved."""
        names = list(self.chosen_names)
        for direction, step in PLACES.items():
            if (name := self.request.GET.get(direction)) not in self.offered_columns:
                continue
            if name not in names:
                names.append(name)
            elif 0 <= (place := names.index(name) + step) < len(names):
                names.remove(name)
                names.insert(place, name)
        return names

    @cached_property
    def columns(self):
        own = [column for column in super().columns if column not in self.list_display]
        return [*own, *self.shown_columns, PeekColumn(self.peek_url_name, getattr(self, "list_part", ""))]

    @property
    def column_choices(self):
        """The columns of the panel: those that are shown, in their order, then the others."""
        others = [column for name, column in self.offered_columns.items() if name not in self.chosen_names]
        return [(column, True) for column in self.shown_columns] + [(column, False) for column in others]

    def get_base_queryset(self):
        return prepare(super().get_base_queryset(), self.needed_columns, self.as_of)

    @cached_property
    def needed_columns(self):
        sorted_by = [column for column in self.offered_columns.values() if column.sort_key and column.sort_key == self.ordering_key]
        return [*self.shown_columns, *[column for column in sorted_by if column not in self.shown_columns]]

    # Order and groups

    @cached_property
    def ordering_key(self):
        return (self.ordering or "").removeprefix("-") if isinstance(self.ordering or "", str) else ""

    def get_valid_orderings(self):
        keys = [column.sort_key for column in self.offered_columns.values() if column.sort_key]
        return [*super().get_valid_orderings(), *keys, *[f"-{key}" for key in keys]]

    @property
    def sort_choices(self):
        return [column for column in self.columns if getattr(column, "sort_key", None)]

    @cached_property
    def grouping(self):
        return next((one for one in self.groupings if one.key == self.request.GET.get("group")), None)

    def order_queryset(self, queryset):
        orderings = {}
        for column in self.needed_columns:
            if isinstance(column, ListColumn):
                orderings |= column.orderings
        found = super().order_queryset(queryset)
        if self.ordering in orderings:
            found = found.order_by(orderings[self.ordering], "pk")
        return self.grouping.sorted(found, self.as_of, self.asked_of_roles) if self.grouping else found

    @property
    def asked_of_roles(self):
        """The conditions of the filter that one and the same role has to meet."""
        return self.filters.role_conditions() if hasattr(self.filters, "role_conditions") else ()

    # The table

    def get_table_kwargs(self):
        grouping = {"grouping": self.grouping, "queryset": self.object_list} if self.grouping else {}
        return {**super().get_table_kwargs(), **grouping, "totals": self.totals}

    @cached_property
    def totals(self):
        """The sums of the whole list, whatever page is shown."""
        summed = [column for column in self.shown_columns if getattr(column, "has_total", False)]
        if not summed:
            return {}
        sums = self.object_list.order_by().aggregate(**{f"sum_{column.name}": Sum(column.stored_as) for column in summed})
        return {column.name: shown_number(sums[f"sum_{column.name}"] or 0) for column in summed}

    # The address

    @cached_property
    def filters(self):
        filters = super().filters
        if filters:
            # The search form sends what it holds and nothing else: without these, searching would lose columns and order.
            kept = ((name, self.request.GET.get(name)) for name in ("view", "columns", "group", "ordering"))
            filters.kept_fields = [(name, value) for name, value in kept if value]
        return filters

    @cached_property
    def active_filters(self):
        return chips(self, super().active_filters)

    def address_with(self, **changes):
        """The list's address with something changed, from its first page. A change to None leaves it out."""
        params = self.request.GET.copy()
        for name in ("p", "_w_filter_fragment", "panel", *changes):
            params.pop(name, None)
        params.update({name: value for name, value in changes.items() if value is not None})
        return f"{self.index_url}?{params.urlencode(safe=',')}"

    def fields_except(self, *names):
        """What a form has to send along so that the list stays as it is."""
        left_out = {"p", "_w_filter_fragment", "panel", *names}
        return [(name, value) for name, values in self.request.GET.lists() if name not in left_out for value in values if value]

    # Saved views

    @cached_property
    def default_view(self):
        return default_view(self.request.user, self.kind)

    @cached_property
    def saved_views(self):
        return views_for(self.request.user, self.kind)

    @cached_property
    def current_view(self):
        return next((view for view in self.saved_views if str(view.pk) == self.request.GET.get("view")), None)

    @cached_property
    def list_query(self):
        return query_of(self.request.GET)

    def get_context_data(self, **kwargs):
        return super().get_context_data(list_options=self.get_list_options(), **kwargs)

    def get_list_options(self):
        """What the bar above the list offers."""
        current, user = self.current_view, self.request.user
        return {
            "columns": self.column_choices,
            "columns_fields": self.fields_except("columns", *PLACES),
            "is_columns_open": self.request.GET.get("panel") == "columns",
            "sorts": [self._sort_choice(column) for column in self.sort_choices],
            "groups": [("", _("No groups"), self.address_with(group=None), not self.grouping)]
            + [(one.key, one.label, self.address_with(group=one.key), one is self.grouping) for one in self.groupings],
            "grouping": self.grouping,
            "views": [(view, self.url_of_view(view), view == current, view == self.default_view) for view in self.saved_views],
            "all_url": f"{self.index_url}?view=all",
            "current": current,
            "is_own": bool(current and current.owner_id == user.pk),
            "is_default": bool(current and current == self.default_view),
            "is_changed": bool(current and tidied(current.query) != self.list_query),
            "current_url": self.url_of_view(current) if current else "",
            "query": self.list_query,
            "facets_url": reverse(f"{self.url_namespace}:facets"),
            "add_url": reverse(f"{self.url_namespace}:view_add"),
            "urls": {
                name: reverse(f"{self.url_namespace}:view_{name}", args=[current.pk]) for name in ("edit", "update", "default", "delete")
            }
            if current
            else {},
        }

    def _sort_choice(self, column):
        rising = self.ordering == column.sort_key or (not self.ordering and column.sort_key == self.title_sort_key)
        key = f"-{column.sort_key}" if rising else column.sort_key
        return column.label, self.address_with(ordering=key), rising, self.ordering == f"-{column.sort_key}"


class ListOptionsViewSetMixin:
    """The viewset of such a list."""

    more_columns = ()
    groupings = ()

    @property
    def kind(self):
        return self.model._meta.model_name

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(
            more_columns=self.more_columns,
            groupings=self.groupings,
            kind=self.kind,
            url_namespace=self.url_namespace,
            peek_url_name=self.get_url_name("peek"),
            **kwargs,
        )

    def list_view(self, view_class, **kwargs):
        return self.construct_view(view_class, kind=self.kind, index_url_name=self.get_url_name("index"), **kwargs)

    def get_urlpatterns(self):
        delete = self.get_url_name("view_delete")
        return [
            *super().get_urlpatterns(),
            path("peek/<int:pk>/", self.construct_view(PeekView), name="peek"),
            path("facets/", self.construct_view(FacetsView, listing=self.index_view), name="facets"),
            path("views/add/", self.list_view(SavedViewCreateView, listing=self.index_view), name="view_add"),
            path("views/<int:pk>/", self.list_view(SavedViewEditView, listing=self.index_view, delete_url_name=delete), name="view_edit"),
            path("views/<int:pk>/update/", self.list_view(SavedViewUpdateView), name="view_update"),
            path("views/<int:pk>/default/", self.list_view(SavedViewDefaultView), name="view_default"),
            path("views/<int:pk>/delete/", self.list_view(SavedViewDeleteView), name="view_delete"),
        ]
