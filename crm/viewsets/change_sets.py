"""All that has been changed in the register: a list, and what each change set did."""

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from crm.forms.dates import DayRangeField, DayRangeWidget
from crm.models import Change, ChangeSet
from crm.services.change_sets import COUNTED, counts_by_action, groups_of, records_of, search, whats
from crm.services.deletions import kinds_for
from crm.services.plans import unbroken, when
from crm.services.rights import may_read_anything, may_undo, readable_changes
from crm.services.undo import is_undone
from crm.services.wording import actor_of, cause_of
from crm.viewsets import undo
from crm.viewsets.history import LARGEST_NUMBER, url_of

RECORDS_PER_PAGE = 25
# Of the things done to one record.
MOST_NAMED = 4


def actor_choices():
    names = ChangeSet.objects.exclude(actor_name="").order_by("actor_name").values_list("actor_name", flat=True).distinct()
    return [(name, name) for name in names]


class DayRangeFilter(django_filters.DateFromToRangeFilter):
    field_class = DayRangeField


class ChangeSetFilterSet(WagtailFilterSet):
    cause = django_filters.MultipleChoiceFilter(label=_("Cause"), choices=ChangeSet.Cause, widget=forms.CheckboxSelectMultiple)
    at = DayRangeFilter(label=_("When"), widget=DayRangeWidget)
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


def cause_and_note(change_set):
    cause = change_set.get_cause_display()
    if not change_set.note:
        return cause
    return format_html('{}<span class="change-set-note">{}</span>', cause, change_set.note)


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
        TitleColumn("at", label=_("When"), accessor=lambda one: unbroken(when(one.at)), url_name="change_set:detail"),
        Column("actor", label=_("By"), accessor=actor_of),
        Column("cause", label=_("Cause"), accessor=cause_and_note),
        Column("records", label=_("What"), accessor="what", width="40%"),
    ]

    def get_base_queryset(self):
        found = ChangeSet.objects.all()
        if self.readable:
            found = found.filter(pk__in=Change.objects.filter(self.readable).order_by().values("change_set"))
        return found

    def order_queryset(self, queryset):
        return queryset.order_by("-at", "-pk")

    def search_queryset(self, queryset):
        return search(queryset, self.search_query, kinds_for(self.request.user)) if self.is_searching else queryset

    def get_table(self, object_list):
        found = whats(object_list, self.readable)
        for one in object_list:
            one.what = in_words(found[one.pk]) if one.pk in found else ""
        return super().get_table(object_list)


def in_words(what):
    """ "Frida Edvardsson: title, note", "Frida Edvardsson and 36 more"."""
    if what.records is None:
        number = number_format(COUNTED, force_grouping=True)
        return gettext("%(name)s and others, more than %(number)s changes") % {"name": what.name, "number": number}
    if what.records > 1:
        sentence = ngettext("%(name)s and %(number)s more", "%(name)s and %(number)s more", what.records - 1)
        return sentence % {"name": what.name, "number": number_format(what.records - 1, force_grouping=True)}
    did = list(what.did)
    shown = ", ".join(did[:MOST_NAMED]) + ("…" if len(did) > MOST_NAMED else "")
    return f"{what.name}: {shown}" if did else what.name


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
    def is_undone(self):
        return is_undone(self.change_set)

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
        if not self.may_undo or self.is_undone:
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
            undone_by=[(one, is_undone(one)) for one in self.change_set.undone_by.order_by("pk")],
            is_undone=self.is_undone,
            undoes=self.undoes,
            import_job=getattr(self.change_set, "import_job", None),
            is_partly_hidden=bool(self.readable) and self.change_set.changes.exclude(self.readable).exists(),
            **kwargs,
        )

    @property
    def undoes(self):
        """What it undid, as the end of a sentence: "the edit of 25 November 2026 19:32"."""
        other = self.change_set.undoes
        return other and gettext("%(cause)s of %(when)s") % {"cause": cause_of(other), "when": when(other.at)}


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
