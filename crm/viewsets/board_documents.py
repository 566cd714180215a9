"""The papers of the board, a collection of its own: for whoever has been given the permission, and nobody else."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.filters.board_documents import BoardDocumentFilterSet
from crm.forms.board_documents import BoardDocumentForm
from crm.models import Activity, BoardDocument
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.history import LARGEST_NUMBER
from crm.viewsets.initial import AddressMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin


class BoardDocumentIndexView(ReturningListMixin, RegisterIndexView):
    add_item_label = _("Add a board document")
    title_label = _("Document")
    title_sort_key = "title"

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("meeting")

    def get_title_url(self, instance):
        return reverse("boarddocument:download", args=[instance.pk])


class BoardDocumentCreateView(ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return BoardDocument(meeting=self.record_of("meeting", Activity), day=self.day_of("day") or timezone.localdate())

    def save_instance(self):
        self.form.instance.added_by = self.request.user
        return super().save_instance()


class BoardDocumentEditView(ReturningMixin, RegisterEditView):
    pass


class DownloadView(PermissionCheckedMixin, View):
    model = None
    any_permission_required = ("view", "change")

    def get(self, request, pk):
        document = get_object_or_404(BoardDocument, pk=min(pk, LARGEST_NUMBER))
        # A file that came from outside must not do anything in our name, whatever it is.
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        }
        try:
            content = document.file.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(
            content, as_attachment=True, filename=document.filename, content_type="application/octet-stream", headers=headers
        )


def file_of(document):
    return format_html("{} {}", document.ending, filesizeformat(document.size))


class BoardDocumentViewSet(RegisterViewSet):
    model = BoardDocument
    icon = "doc-full"
    menu_label = _("Board documents")
    menu_order = 441
    index_view_class = BoardDocumentIndexView
    add_view_class = BoardDocumentCreateView
    edit_view_class = BoardDocumentEditView
    filterset_class = BoardDocumentFilterSet
    search_fields = ["title", "filename"]
    list_display = [
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("day", label=_("Day"), sort_key="day"),
        Column("meeting", label=_("Board meeting"), accessor="meeting"),
        Column("size", label=_("File"), accessor=file_of, sort_key="size"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("file"),
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("day")]),
            FieldPanel("meeting"),
        ],
        base_form_class=BoardDocumentForm,
    )

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("download/<int:pk>/", self.construct_view(DownloadView), name="download")]
