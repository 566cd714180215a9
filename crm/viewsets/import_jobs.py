"""Imports: the upload, the list of imports, and the addresses of the pages that follow."""

from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from crm.exceptions import SpreadsheetError
from crm.exporting.files import FORMATS
from crm.exporting.spreadsheets import write_xlsx
from crm.forms.imports import UploadForm
from crm.importing.jobs import upload
from crm.importing.registry import get_importer
from crm.models import ImportJob
from crm.viewsets import import_columns, import_preview, import_results
from crm.viewsets.import_access import FILE, ImportMixin, kinds_for
from crm.viewsets.import_rows import FATES

JOBS_PER_PAGE = 20


class IndexView(ImportMixin, TemplateView):
    template_name = "admin/register/import_index.html"

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", UploadForm(kinds=self.kinds, initial={"kind": self.request.GET.get("kind", "contacts")}))
        visible = ImportJob.objects.filter(kind__in=self.kinds)
        mine = visible.filter(user=self.request.user)
        whose = "all" if self.request.GET.get("whose") == "all" else ""
        shown = (visible if whose else mine).select_related("user").defer("unknown", "values", "mapping", "headings", "notes")
        page = Paginator(shown, JOBS_PER_PAGE).get_page(self.request.GET.get("p"))
        for job in page:
            job.title = self.kinds[job.kind]
            job.figures = [(label, job.counts[fate]) for fate, label in FATES.items()]
        return super().get_context_data(
            jobs=page,
            kinds=self.kinds,
            fates=FATES.values(),
            whose=whose,
            tabs=[("", _("Mine"), mine.count()), ("all", _("Everybody’s"), visible.count())],
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            step=FILE,
            **kwargs,
        )

    def post(self, request):
        form = UploadForm(request.POST, request.FILES, kinds=self.kinds)
        if form.is_valid():
            try:
                content, filename = form.upload()
                job = upload(form.cleaned_data["kind"], content=content, filename=filename, acting_user=request.user)
            except SpreadsheetError as error:
                form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
            else:
                return redirect("register_import:columns", job.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class TemplateFileView(ImportMixin, View):
    """An empty workbook with the right headings, to fill in."""

    def get(self, request, kind):
        if kind not in self.kinds:
            raise PermissionDenied
        importer = get_importer(kind)()
        headings = [str(column.label) for name, column in importer.columns.items() if name != "id"]
        title = str(importer.title)
        content = BytesIO()
        write_xlsx(content, title, headings, [])
        return HttpResponse(
            content.getvalue(),
            content_type=FORMATS["xlsx"].content_type,
            headers={"Content-Disposition": f'attachment; filename="{slugify(title)}.xlsx"'},
        )


class ImportMenuItem(MenuItem):
    def is_shown(self, request):
        return bool(kinds_for(request.user))


class ImportViewSet(ViewSet):
    name = "register_import"
    url_prefix = "register/import"
    icon = "upload"
    menu_label = _("Import")
    menu_name = "register-import"
    menu_order = 800
    menu_item_class = ImportMenuItem

    def get_urlpatterns(self):
        return [
            path("", IndexView.as_view(), name="index"),
            path("<int:pk>/", import_preview.DetailView.as_view(), name="detail"),
            path("<int:pk>/columns/", import_columns.ColumnsView.as_view(), name="columns"),
            path("<int:pk>/decide/", import_preview.DecideView.as_view(), name="decide"),
            path("<int:pk>/confirm/", import_preview.ConfirmView.as_view(), name="confirm"),
            path("<int:pk>/progress/", import_preview.ProgressView.as_view(), name="progress"),
            path("<int:pk>/cancel/", import_results.CancelView.as_view(), name="cancel"),
            path("<int:pk>/resume/", import_results.ResumeView.as_view(), name="resume"),
            path("<int:pk>/undo/", import_results.UndoView.as_view(), name="undo"),
            path("<int:pk>/refused/<slug:file_format>/", import_results.RefusedView.as_view(), name="refused"),
            path("template/<slug:kind>/", TemplateFileView.as_view(), name="template"),
        ]
