"""What is out of the lists, deleted or archived: found by name, and brought back."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.viewsets.base import ViewSet

from crm.exceptions import RegisterError
from crm.models import ChangeSet
from crm.services.archiving import restore
from crm.services.deletions import bring_back, describe, kinds_for, last_deletion, removed_records
from crm.services.ledger import change_set
from crm.services.rights import may, may_take_back, may_undo
from crm.viewsets.change_sets import ReadersMenuItem, ReadersOnlyMixin
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this, undo_buttons, url_of
from crm.viewsets.links import page_url

PER_PAGE = 50
STATES = {"archived": _("Archived"), "deleted": _("Deleted")}


class DeletedIndexView(ReadersOnlyMixin, TemplateView):
    template_name = "admin/register/deleted_index.html"
    page_title = _("Removed")
    header_icon = "bin"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        models = kinds_for(self.request.user)
        params = self.request.GET
        kind = next((model for model in models if model._meta.label_lower == params.get("kind")), None)
        state = params.get("state") if params.get("state") in STATES else ""
        text = params.get("q", "").strip()
        paginator = WagtailPaginator(removed_records([kind] if kind else models, text, state=state), PER_PAGE)
        page = paginator.get_page(params.get("p"))
        rows = describe(page.object_list, self.request.user)
        for row in rows:
            row.url = url_of("history", row.model, row.pk)
            if row.merge:
                row.merge.url = page_url(row.model, row.merge.survivor.pk)
                row.merge.may_undo = row.merge.change_set is not None and may_undo(self.request.user, row.merge.change_set)
        return super().get_context_data(
            rows=rows,
            page=page,
            elided_page_range=paginator.get_elided_page_range(params.get("p", 1)),
            kinds=[(model._meta.label_lower, capfirst(model._meta.verbose_name_plural)) for model in models],
            kind=kind._meta.label_lower if kind else "",
            states=STATES.items(),
            state=state,
            text=text,
            is_narrowed=bool(kind or state or text),
            **kwargs,
        )


class BringBackView(ReadersOnlyMixin, View):
    """Takes an archived record into the lists again, or restores a deleted one with its lines."""

    def post(self, request, kind, pk):
        model = next((model for model in kinds_for(request.user) if model._meta.label_lower == kind), None)
        if model is None or pk > LARGEST_NUMBER:
            raise Http404
        record = model._base_manager.filter(pk=pk).first()
        if record is None:
            self.restore_deleted(model, pk)
        elif getattr(record, "is_archived", False):
            if not may(request.user, "delete", model):
                raise PermissionDenied
            with change_set(actor=request.user, cause=ChangeSet.Cause.ARCHIVING):
                restore(record, acting_user=request.user)
                buttons = [*self.buttons(model, pk), *buttons_to_undo_this(request.user)]
            messages.success(request, gettext("“%(name)s” is back.") % {"name": record}, buttons=buttons)
        return redirect("deleted:index")

    def restore_deleted(self, model, pk):
        deletion = last_deletion(model, pk)
        if deletion is None:
            raise Http404
        if not may_take_back(self.request.user, deletion):
            raise PermissionDenied
        try:
            done = bring_back(deletion, acting_user=self.request.user)
        except RegisterError as error:
            messages.error(self.request, str(error))
            return
        record = model._base_manager.get(pk=pk)
        buttons = [*self.buttons(model, pk), *undo_buttons(done)]
        messages.success(self.request, gettext("“%(name)s” is back.") % {"name": record}, buttons=buttons)

    def buttons(self, model, pk):
        url = page_url(model, pk)
        return [messages.button(url, gettext("Open"))] if url else []


class DeletedViewSet(ViewSet):
    name = "deleted"
    url_prefix = "register/removed"
    icon = "bin"
    menu_label = _("Removed")
    menu_name = "register-removed"
    menu_order = 860
    menu_item_class = ReadersMenuItem

    def get_urlpatterns(self):
        return [
            path("", DeletedIndexView.as_view(), name="index"),
            path("<str:kind>/<int:pk>/bring-back/", BringBackView.as_view(), name="bring_back"),
        ]
