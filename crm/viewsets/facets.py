"""How many rows each choice of a filter would give, beside the choices. Asked for when somebody opens the filter, not before."""

import django_filters
from django.db.models import Count, Q
from django.http import JsonResponse
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

MOST_ROWS = 10_000
MOST_CHOICES = 40


class FacetsView(PermissionCheckedMixin, View):
    any_permission_required = ["add", "change", "delete", "view"]
    model = None
    listing = None  # the view function of the list

    def get(self, request):
        view = self.listing.view_class(**self.listing.view_initkwargs)
        view.setup(request)
        return JsonResponse(facets(view))


def facets(view):
    """Return {filter: {choice: rows}}: what the list would be with that choice in this place of its address, all else the same."""
    if not view.filters or view.filter_errors or view.model.objects.all()[: MOST_ROWS + 1].count() > MOST_ROWS:
        return {}
    found = {}
    for name, one in view.filters.filters.items():
        choices = [str(value) for value, _label in one.field.choices if str(value)] if is_counted(one) else []
        if choices and len(choices) <= MOST_CHOICES:
            found[name] = _counts(view, name, choices)
    return found


def is_counted(one):
    """Whether a filter is shown as boxes; in a list of records to choose from there is no room for numbers."""
    is_select = isinstance(one, django_filters.ModelChoiceFilter)
    return isinstance(one, (django_filters.ChoiceFilter, django_filters.MultipleChoiceFilter)) and not is_select


def _counts(view, name, choices):
    found = _rows(view, name, choices)
    counts = {f"n{number}": Count("pk", filter=Q(pk__in=rows)) for number, rows in enumerate(found.values())}
    numbers = view.model.objects.order_by().aggregate(**counts) if counts else {}
    return {choice: numbers[f"n{number}"] for number, choice in enumerate(found)}


def _rows(view, name, choices):
    """Return {choice: the rows it would give}.

    The whole filter is asked for each, not the choice added to the rest: one condition may imply or lift another.
    """
    params = view.request.GET.copy()
    params.setlist(name, choices)
    filters = view.filterset_class(params, queryset=view.model.objects.all(), request=view.request)
    if not filters.is_valid():
        return {}
    several = isinstance(filters.filters[name], django_filters.MultipleChoiceFilter)
    values, found = filters.form.cleaned_data[name] if several else choices, {}
    for value in values:
        filters.form.cleaned_data[name] = [value] if several else value
        rows = view.search_queryset(filters.filter_queryset(view.model.objects.all()))
        found[str(getattr(value, "pk", value))] = rows.order_by().values("pk")
    return found
