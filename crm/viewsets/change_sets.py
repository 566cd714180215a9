"""All that has been changed in the register: a list, and what each change set did."""

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from crm.models import Change, ChangeSet
from crm.services.change_sets import COUNTED, counts_by_action, groups_of, record_counts, records_of, search
from crm.services.plans import when
from crm.services.rights import may_read_anything, may_undo, readable_changes
from crm.services.wording import actor_of
from crm.viewsets import undo
from crm.viewsets.history import LARGEST_NUMBER, url_of

RECORDS_PER_PAGE = 25


def actor_choices():
    names = ChangeSet.objects.exclude(actor_name="").order_by("actor_name").values_list("actor_name", flat=True).distinct()
    return [(name, name) for name in names]


class ChangeSetFilterSet(WagtailFilterSet):
    cause = django_filters.MultipleChoiceFilter(label=_("Cause"), choices=ChangeSet.Cause, widget=forms.CheckboxSelectMultiple)
    at = django_filters.DateFromToRangeFilter(label=_("When"), widget=DateRangePickerWidget)
    actor_name = django_filters.ChoiceFilter(label=_("By"), choices=actor_choices, empty_label=_("Everybody"), widget=forms.RadioSelect)

    class Meta:
        model = ChangeSet
        fields = []


class ReadersOnlyMixin(WagtailAdminTemplateMixin):
    """For whoever may see something of the register, and of the ledger as much as of the register."""

    header_icon = "history"

    def dispatch(self, request, *args, **kwargs):
        if not may_read_anything(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def readable(self):
        return readable_changes(self.request.user)


class ChangeSetIndexView(ReadersOnlyMixin, BaseListingView):
    model = ChangeSet
    page_title = _("Changes")
    template_name = "admin/register/change_set_index.html"
    results_template_name = "admin/register/change_set_index_results.html"
    index_url_name = "change_set:index"
    index_results_url_name = "change_set:index_results"
    verbose_name_plural = _("changes")
    table_classname = "listing register-listing"
    is_searchable = True
    paginate_by = 50
    filterset_class = ChangeSetFilterSet
    columns = [
        TitleColumn("at", label=_("When"), accessor=lambda one: when(one.at), url_name="change_set:detail", width="32%"),
        Column("actor", label=_("By"), accessor=actor_of),
        Column("cause", label=_("Cause"), accessor="get_cause_display"),
        Column("note", label=_("Note"), accessor="note"),
        Column("records", label=_("What"), accessor="what"),
    ]

    def get_base_queryset(self):
        found = ChangeSet.objects.all()
        if self.readable:
            found = found.filter(pk__in=Change.objects.filter(self.readable).order_by().values("change_set"))
        return found

    def order_queryset(self, queryset):
        return queryset.order_by("-at", "-pk")

    def search_queryset(self, queryset):
        return search(queryset, self.search_query) if self.is_searching else queryset

    def get_table(self, object_list):
        counts = record_counts(object_list, self.readable)
        for one in object_list:
            one.what = in_words(counts.get(one.pk))
        return super().get_table(object_list)


def in_words(counts):
    """ "3 contacts, 1 role"; None stands for more than is counted."""
    if counts is None:
        return gettext("more than %(number)s changes") % {"number": number_format(COUNTED, force_grouping=True)}
    return ", ".join(
        f"{number} {model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural}" for model, number in counts.items()
    )


class ChangeSetMixin(ReadersOnlyMixin):
    @cached_property
    def change_set(self):
        pk = self.kwargs["pk"]
        change_set = get_object_or_404(ChangeSet.objects.select_related("undoes"), pk=pk if pk <= LARGEST_NUMBER else 0)
        if self.readable and not change_set.changes.filter(self.readable).exists():
            raise PermissionDenied
        return change_set

    @cached_property
    def may_undo(self):
        return may_undo(self.request.user, self.change_set)

    @cached_property
    def detail_url(self):
        return reverse("change_set:detail", args=[self.change_set.pk])

    def get_page_subtitle(self):
        return when(self.change_set.at)

    def get_breadcrumbs_items(self):
        items = [
            {"url": reverse("change_set:index"), "label": gettext("Changes")},
            {"url": self.detail_url, "label": when(self.change_set.at)},
        ]
        return [*self.breadcrumbs_items, *items]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            change_set=self.change_set, actor=actor_of(self.change_set), may_undo=self.may_undo, detail_url=self.detail_url, **kwargs
        )


class ChangeSetDetailView(ChangeSetMixin, TemplateView):
    page_title = _("Change")
    template_name = "admin/register/change_set_detail.html"

    @cached_property
    def header_buttons(self):
        if not self.may_undo:
            return []
        return [HeaderButton(gettext("Undo"), url=reverse("change_set:undo", args=[self.change_set.pk]), icon_name="undo")]

    def get_context_data(self, **kwargs):
        changes = self.change_set.changes.filter(self.readable)
        paginator = WagtailPaginator(records_of(changes), RECORDS_PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        groups = groups_of(changes, page.object_list)
        for group in groups:
            group.url = url_of("history", group.model, group.pk)
        return super().get_context_data(
            page=page,
            elided_page_range=paginator.get_elided_page_range(self.request.GET.get("p", 1)),
            groups=groups,
            counts=counts_by_action(changes),
            undone_by=self.change_set.undone_by.order_by("pk"),
            import_job=getattr(self.change_set, "import_job", None),
            is_partly_hidden=bool(self.readable) and self.change_set.changes.exclude(self.readable).exists(),
            **kwargs,
        )


class UndoView(undo.UndoMixin, ChangeSetMixin, TemplateView):
    pass


class UndoProgressView(undo.ProgressMixin, ChangeSetMixin, TemplateView):
    pass


class ReadersMenuItem(MenuItem):
    def is_shown(self, request):
        return may_read_anything(request.user)


class ChangeSetViewSet(ViewSet):
    name = "change_set"
    url_prefix = "register/changes"
    icon = "history"
    menu_label = _("Changes")
    menu_name = "register-changes"
    menu_order = 850
    menu_item_class = ReadersMenuItem

    def get_urlpatterns(self):
        return [
            path("", ChangeSetIndexView.as_view(), name="index"),
            path("results/", ChangeSetIndexView.as_view(results_only=True), name="index_results"),
            path("<int:pk>/", ChangeSetDetailView.as_view(), name="detail"),
            path("<int:pk>/undo/", UndoView.as_view(), name="undo"),
            path("<int:pk>/undo/progress/", UndoProgressView.as_view(), name="undo_progress"),
        ]
