"""What the register's lists and forms share: search, stable pages, export, and archiving instead of deleting."""

from django.contrib.admin.utils import quote
from django.db import IntegrityError, models
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.utils import set_query_params
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from crm.models import ChangeSet
from crm.recording import current_change_set
from crm.services.archiving import archive, restore
from crm.services.ledger import change_set
from crm.viewsets.exporting import ExportableIndexMixin, ExportableViewSetMixin, filter_errors
from crm.viewsets.history import HistoryMixin, buttons_to_undo_this, undo_buttons


class RegisterIndexView(ExportableIndexMixin, generic.IndexView):
    template_name = "admin/register/index.html"
    results_template_name = "admin/register/index_results.html"
    import_kind = None  # of the spreadsheets that such records can be imported from
    restore_url_name = None
    history_url_name = None
    table_classname = "listing register-listing"
    is_searchable = True
    any_permission_required = ("add", "change", "delete", "view")

    # The first column: what the record is called, leading to its form.
    title_label = gettext_lazy("Name")
    title_sort_key = "sort_key"
    title_width = "24%"

    @cached_property
    def columns(self):
        title_column = self._get_title_column_class(TitleColumn)(
            "title",
            label=self.title_label,
            accessor=str,
            sort_key=self.title_sort_key,
            get_url=self.get_title_url,
            width=self.title_width,
        )
        return [title_column, *self.list_display]

    def get_title_url(self, instance):
        return self.get_edit_url(instance)

    def get_base_queryset(self):
        queryset = self.model.objects.all()
        # Without a filter drawer there is nothing to ask for archived records with.
        return queryset if self.filterset_class else getattr(queryset, "active", queryset.all)()

    def search_queryset(self, queryset):
        if not self.is_searching:
            return queryset
        if hasattr(queryset, "search"):
            return queryset.search(self.search_query)
        return super().search_queryset(queryset)

    def order_queryset(self, queryset):
        # The primary key last: without a tie-breaker PostgreSQL may show a row on two pages and another on none.
        queryset = super().order_queryset(queryset)
        ordering = list(queryset.query.order_by or self.model._meta.ordering)
        return queryset.order_by(*[key for key in ordering if key not in ("pk", "-pk")], "pk")

    # As of a day

    @cached_property
    def as_of(self):
        """The day that the list is asked as of, or None: as it is today."""
        return getattr(self.filters, "as_of", None)

    def filter_queryset(self, queryset):
        # A filter that makes no sense shows nothing: everything would look as if it were filtered.
        return queryset.none() if self.filter_errors else super().filter_queryset(queryset)

    @cached_property
    def filter_errors(self):
        return filter_errors(self.filters)

    @property
    def as_of_text(self):
        """What a list of another day says of itself."""
        day = date_format(self.as_of)
        if self.is_future:
            return _("This is how it will be on %(day)s, as far as the register knows.") % {"day": day}
        return _("This is how it was on %(day)s.") % {"day": day}

    @property
    def is_future(self):
        return self.as_of > timezone.localdate()

    @cached_property
    def archived_count(self):
        """How many archived records match what has been searched for, where no active one does."""
        if not self.is_searching or self.filter_errors or "archived" not in getattr(self.filters, "filters", ()):
            return 0
        filters = self.filterset_class(self.archived_params, queryset=self.get_base_queryset(), request=self.request)
        return self.search_queryset(filters.qs).count() if not self.request.GET.get("archived") else 0

    @property
    def archived_params(self):
        params = self.request.GET.copy()
        params["archived"] = "archived"
        for name in ("p", "_w_filter_fragment"):
            params.pop(name, None)
        return params

    def get_context_data(self, **kwargs):
        today_params = self.request.GET.copy()
        for name in ("on", "p", "_w_filter_fragment"):
            today_params.pop(name, None)
        context = super().get_context_data(
            as_of=self.as_of,
            as_of_text=self.as_of_text if self.as_of else "",
            today_url=f"{self.index_url}?{today_params.urlencode()}",
            filter_errors=self.filter_errors,
            **kwargs,
        )
        if self.is_searching and not context["object_list"]:
            context["archived_count"] = self.archived_count
            context["archived_url"] = f"{self.index_url}?{self.archived_params.urlencode()}"
            if context.get("add_url"):
                context["add_this_url"] = set_query_params(context["add_url"], {"q": self.search_query})
        return context

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if self.import_kind and self.user_has_permission("add"):
            url = reverse("register_import:index") + f"?kind={self.import_kind}"
            buttons = [*buttons, Button(_("Import spreadsheet"), url=url, icon_name="upload", priority=5)]
        return buttons

    # Rows

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if self.history_url_name:
            url = reverse(self.history_url_name, args=[quote(instance.pk)])
            buttons.append(MenuItem(_("History"), url=url, icon_name="history", priority=25))
        if not self.restore_url_name or not self.user_has_permission("delete"):
            return buttons
        kept = [button for button in buttons if button.icon_name != "bin"]
        if instance.is_archived:
            url = reverse(self.restore_url_name, args=[quote(instance.pk)])
            return [*kept, MenuItem(_("Restore"), url=url, icon_name="undo", priority=30)]
        return [*kept, MenuItem(_("Archive"), url=self.get_delete_url(instance), icon_name="folder-inverse", priority=30)]


class UndoableMixin:
    """Does it in a change set, and the message offers to undo that."""

    cause = ChangeSet.Cause.EDIT

    def form_valid(self, form):
        success_url = self.get_success_url()
        with change_set(actor=self.request.user, cause=self.cause):
            self.delete_action()
            buttons = buttons_to_undo_this(self.request.user)
        messages.success(self.request, self.get_success_message(), buttons=buttons)
        return self.run_after_hook() or HttpResponseRedirect(success_url)


class DeleteUnusedView(UndoableMixin, generic.DeleteView):
    """Deletes what nothing else needs, and otherwise says what does."""

    template_name = "admin/register/confirm_delete.html"
    success_message = gettext_lazy("“%(object)s” is deleted. You find it under Removed.")

    # What it is called within a sentence, and the lists of what protects it: {(model, field): (URL name, filter)}.
    KINDS = {
        "role": gettext_lazy("the role"),
        "municipality": gettext_lazy("the municipality"),
        "segment": gettext_lazy("the segment"),
        "task": gettext_lazy("the task"),
        "holding": gettext_lazy("the licence holding"),
        "cost": gettext_lazy("the cost"),
        "evidence": gettext_lazy("the evidence"),
        "seatrequest": gettext_lazy("the seat request"),
        "interest": gettext_lazy("the interest"),
        "relationship": gettext_lazy("the relation"),
        "boarddocument": gettext_lazy("the board document"),
        "planitem": gettext_lazy("the item of the plan"),
    }
    LISTS = {("affiliation", "role"): ("contact:index", "role"), ("organisation", "municipality"): ("organisation:index", "municipality")}

    def get_context_data(self, **kwargs):
        kind = self.KINDS.get(self.model._meta.model_name, self.model._meta.verbose_name)
        return super().get_context_data(kind=kind, users=list(self.users()), **kwargs)

    def users(self):
        """Yield (number, what they are called, URL of their list or "") of what needs the record."""
        for relation in self.model._meta.related_objects:
            model, field = relation.related_model, relation.field.name
            if relation.on_delete is not models.PROTECT or not (number := model._base_manager.filter(**{field: self.object}).count()):
                continue
            url_name, name = self.LISTS.get((model._meta.model_name, field), ("", ""))
            url = f"{reverse(url_name)}?{name}={self.object.pk}" if url_name else ""
            yield number, model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural, url

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except models.ProtectedError as error:
            users = ", ".join(sorted({str(capfirst(record._meta.verbose_name_plural)) for record in error.protected_objects}))
            messages.error(
                self.request,
                _("“%(name)s” is still in use by: %(users)s. Change those first.") % {"name": self.object, "users": users},
            )
            return HttpResponseRedirect(reverse(self.edit_url_name, args=[quote(self.object.pk)]))


class ArchiveView(UndoableMixin, generic.DeleteView):
    template_name = "admin/register/confirm_archive.html"
    page_title = gettext_lazy("Archive")
    success_message = gettext_lazy("“%(object)s” is archived. You find it under Removed.")
    cause = ChangeSet.Cause.ARCHIVING

    def delete_action(self):
        archive(self.object, acting_user=self.request.user)


class RestoreView(UndoableMixin, generic.DeleteView):
    template_name = "admin/register/confirm_restore.html"
    page_title = gettext_lazy("Restore")
    success_message = gettext_lazy("“%(object)s” is back.")
    cause = ChangeSet.Cause.ARCHIVING

    def delete_action(self):
        restore(self.object, acting_user=self.request.user)

    def get_delete_url(self):
        return self.request.path

    def get_success_url(self):
        return reverse(self.edit_url_name, args=[quote(self.object.pk)])


class RegisterFormMixin:
    success_message = gettext_lazy("%(model_name)s “%(object)s” is saved.")
    error_message = gettext_lazy("Nothing is saved yet. Correct the errors below and save again.")


class ConflictMixin:
    """Says in the form what only the database has noticed: two lines that exchange their values, two people saving at once."""

    def form_valid(self, form):
        try:
            with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
                return super().form_valid(form)
        except IntegrityError:
            form.add_error(None, _("This contradicts what is stored already. If two lines exchange their values, save one of them first."))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


class RegisterCreateView(RegisterFormMixin, ConflictMixin, generic.CreateView):
    pass


class RegisterEditView(RegisterFormMixin, ConflictMixin, generic.EditView):
    template_name = "admin/register/edit.html"
    restore_url_name = None

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if history_url := self.get_history_url():
            buttons.append(Button(_("History"), url=history_url, icon_name="history", priority=12))
        if not self.restore_url_name or not self.can_delete:
            return buttons
        kept = [button for button in buttons if button.icon_name != "bin"]
        if self.object.is_archived:
            return [*kept, Button(_("Restore"), url=self.restore_url, icon_name="undo", priority=20)]
        return [*kept, Button(_("Archive"), url=self.get_delete_url(), icon_name="folder-inverse", priority=20)]

    def get_success_buttons(self):
        opened = current_change_set.get()
        return super().get_success_buttons() + (undo_buttons(opened) if opened and opened.changes.exists() else [])

    @cached_property
    def restore_url(self):
        return reverse(self.restore_url_name, args=[quote(self.object.pk)]) if self.restore_url_name else ""


class RegisterViewSet(ExportableViewSetMixin, HistoryMixin, ModelViewSet):
    """A list and forms for one kind of record.

    The models are not in Wagtail's search index nor its reference index: both rewrite several rows on every save.
    """

    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = 50
    index_view_class = RegisterIndexView
    add_view_class = RegisterCreateView
    edit_view_class = RegisterEditView
    delete_view_class = DeleteUnusedView
    import_kind = None

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(import_kind=self.import_kind, **kwargs)

    def get_common_view_kwargs(self, **kwargs):
        view_kwargs = super().get_common_view_kwargs(**kwargs)
        view_kwargs.pop("usage_url_name")  # usage is told from the reference index, where the register is not
        return view_kwargs

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "usage"]


class ArchivableViewSet(RegisterViewSet):
    """As above, for records that are archived instead of deleted and can be restored."""

    delete_view_class = ArchiveView

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(restore_url_name=self.get_url_name("restore"), **kwargs)

    def get_edit_view_kwargs(self, **kwargs):
        return super().get_edit_view_kwargs(restore_url_name=self.get_url_name("restore"), **kwargs)

    @property
    def restore_view(self):
        return self.construct_view(RestoreView, edit_url_name=self.get_url_name("edit"))

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path(f"restore/<{self.pk_path_converter}:pk>/", self.restore_view, name="restore")]
