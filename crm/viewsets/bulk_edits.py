"""Many rows of a list at once: choose rows, say what, look at the preview, do it.

Wagtail's own bulk actions carry numbers in the address and, with "all", ignore the list's filter. Here everything is posted: the
chosen numbers, or the list's own address, from which the same list is made anew.
"""

from copy import copy

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.filters.descriptions import describe_with
from crm.models import ChangeSet
from crm.services.bulk_edits import MOST, ChangedMeanwhile, carry_out
from crm.services.ledger import change_set
from crm.viewsets.bulk_actions import actions_for
from crm.viewsets.history import buttons_to_undo_this
from crm.viewsets.merges import merge_url

LARGEST_NUMBER = 2**63 - 1


class CheckboxColumn(BaseColumn):
    header_template_name = "admin/register/bulk_checkbox_header.html"
    cell_template_name = "admin/register/bulk_checkbox.html"


class BulkEditableIndexMixin:
    """A list with a box before each row, for those who may do something with it."""

    bulk_url_name = None

    @cached_property
    def bulk_actions(self):
        return actions_for(self.model, self.request.user) if self.bulk_url_name else {}

    @cached_property
    def columns(self):
        columns = super().columns
        return [CheckboxColumn("bulk", label=gettext("Choose")), *columns] if self.bulk_actions else columns

    def get_context_data(self, **kwargs):
        return super().get_context_data(bulk_groups=_grouped(self.bulk_actions), bulk_query=self._bulk_query, **kwargs) | (
            {"bulk_url": reverse(self.bulk_url_name)} if self.bulk_actions else {}
        )

    @property
    def _bulk_query(self):
        params = self.request.GET.copy()
        for name in ("p", "_w_filter_fragment"):
            params.pop(name, None)
        return params.urlencode()


def _grouped(actions):
    """Return [(what the group is called, its actions)] in the order of registration."""
    groups = {}
    for action in actions.values():
        groups.setdefault(str(action.group), []).append(action)
    return list(groups.items())


class BulkEditView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """Three steps in one view: what it has to be told, the preview, the doing. Nothing is written before the last."""

    any_permission_required = ("view", "change")
    model = None
    listing = None  # the view function of the list
    index_url_name = None
    export_url_name = None
    header_icon = "list-ul"
    template_name = "admin/register/bulk_options.html"

    def get(self, request):
        return redirect(self.index_url_name)

    def post(self, request):
        if problem := self._problem():
            messages.error(request, problem)
            return redirect(self.list_url)
        if self.action.leads_to:
            return redirect(self.action.leads_to(self))
        step = request.POST.get("step", "")
        form = self._form(bound=bool(step))
        if (not step and form.fields) or (form.is_bound and not form.is_valid()):
            return self._show("admin/register/bulk_options.html", form=form)
        edit = self.action.make(self.model, request.user, form.cleaned_data if form.is_bound else {})
        return self._do(form, edit) if step == "do" else self._preview(form, edit)

    # What is asked for

    @cached_property
    def action(self):
        action = actions_for(self.model, self.request.user).get(self.request.POST.get("action", ""))
        if action is None:
            raise PermissionDenied
        return action

    @cached_property
    def query(self):
        return self.request.POST.get("query", "")

    @property
    def takes_all(self):
        return bool(self.request.POST.get("all"))

    @cached_property
    def list_view(self):
        """The list as it is at the address that one comes from: search, filter and order are its own."""
        request = copy(self.request)
        request.GET, request.method = QueryDict(self.query), "GET"
        view = self.listing.view_class(**self.listing.view_initkwargs)
        view.setup(request)
        return view

    @cached_property
    def numbers(self):
        """The primary keys of the chosen rows."""
        if self.takes_all:
            bare = self.list_view.get_queryset().select_related(None).prefetch_related(None)
            return list(bare.values_list("pk", flat=True)[: MOST + 1])
        typed = self.request.POST.getlist("pk")
        return list(dict.fromkeys(int(pk) for pk in typed if pk.isdecimal() and len(pk) < 20 and int(pk) <= LARGEST_NUMBER))

    def _problem(self):
        """Why nothing can be done, or ""."""
        if not self.request.POST.get("action"):
            return gettext("Choose what to do with the rows.")
        self.action  # noqa: B018 -- refuses whoever may not, before anything is told
        if self.takes_all and self.list_view.filter_errors:
            return self.list_view.filter_errors[0]
        if not self.numbers:
            return gettext("Choose at least one row.")
        if self.action.exactly and len(self.numbers) != self.action.exactly:
            return gettext("Choose exactly %(number)d rows for that.") % {"number": self.action.exactly}
        if len(self.numbers) > MOST:
            return gettext("At most %(number)d at once. Narrow the list down by a filter first.") % {"number": MOST}
        return ""

    def _form(self, *, bound):
        form_class = self.action.form_class
        if form_class is None:
            return NoForm(bound)
        return form_class(self.request.POST if bound else None, user=self.request.user)

    # The steps

    def _preview(self, form, edit):
        return self._show("admin/register/bulk_preview.html", form=form, plan=edit.plan(self.numbers), edit=edit)

    def _do(self, form, edit):
        user = self.request.user
        try:
            with change_set(actor=user, cause=ChangeSet.Cause.BULK_EDIT, note=str(edit.sentence)):
                plan = carry_out(edit, self.numbers, mark=self.request.POST.get("mark", ""), acting_user=user)
                buttons = buttons_to_undo_this(user)
        except (ChangedMeanwhile, IntegrityError):  # somebody was faster, by a minute or by a millisecond
            messages.warning(self.request, gettext("Something has changed since the preview. Look at it once more; nothing is done yet."))
            return self._preview(form, edit)
        number = len(plan.changes)
        sentence = ngettext("%(what)s. Done for %(number)d record.", "%(what)s. Done for %(number)d records.", number)
        messages.success(self.request, sentence % {"what": edit.sentence, "number": number}, buttons=buttons)
        return redirect(self.list_url)

    def _show(self, template_name, **context):
        self.template_name = template_name
        return self.render_to_response(self.get_context_data(**context))

    # What the pages show

    @property
    def page_title(self):
        return self.action.title

    @property
    def list_url(self):
        return reverse(self.index_url_name) + (f"?{self.query}" if self.query else "")

    @property
    def export_url(self):
        """The export page of exactly these rows."""
        params = QueryDict(self.query, mutable=True)
        if not self.takes_all:
            params["only"] = ",".join(str(number) for number in self.numbers)
        return f"{reverse(self.export_url_name)}?{params.urlencode()}"

    @property
    def merge_url(self):
        """The page that makes the two chosen rows one. The older one stays, or the one that is not archived."""
        stays = self.model.objects.filter(pk__in=self.numbers, archived_at=None).order_by("pk").values_list("pk", flat=True).first()
        kept, gone = sorted(self.numbers, key=lambda number: (number != stays, number))
        return merge_url(self.model, kept, gone)

    def get_context_data(self, **kwargs):
        count = len(self.numbers)
        names = self.model._meta
        filters = self.list_view.filters if self.takes_all else None
        return super().get_context_data(
            action=self.action,
            count=count,
            name=names.verbose_name if count == 1 else names.verbose_name_plural,
            numbers=[] if self.takes_all else self.numbers,
            takes_all=self.takes_all,
            conditions=describe_with(type(filters), [self.query])[0] if filters else [],
            query=self.query,
            list_url=self.list_url,
            **kwargs,
        )

    def get_breadcrumbs_items(self):
        label = capfirst(self.model._meta.verbose_name_plural)
        return [*super().get_breadcrumbs_items(), {"url": self.list_url, "label": label}, {"url": "", "label": self.page_title}]


class NoForm:
    """In place of a form, for an action that has nothing to ask."""

    fields = ()
    cleaned_data = {}
    media = ""

    def __init__(self, is_bound):
        self.is_bound = is_bound

    def __iter__(self):
        return iter(())

    def is_valid(self):
        return True


class BulkEditableViewSetMixin:
    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(bulk_url_name=self.get_url_name("bulk"), **kwargs)

    def get_urlpatterns(self):
        view = self.construct_view(BulkEditView, listing=self.index_view, export_url_name=self.get_url_name("export"))
        return [*super().get_urlpatterns(), path("bulk/", view, name="bulk")]
