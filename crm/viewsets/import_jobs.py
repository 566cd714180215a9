"""Import inside the admin: upload, see what each row would do, confirm."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from tablib import Dataset
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from crm.exceptions import RegisterError, SpreadsheetError
from crm.models import ImportJob
from crm.resources.import_jobs import cancel, confirm, upload
from crm.resources.registry import get_importer, importers
from crm.services.spreadsheets import write_xlsx
from crm.viewsets.base import CONTENT_TYPES

FATES = {"created": _("New"), "changed": _("Changed"), "unchanged": _("Unchanged"), "refused": _("Refused")}
ROWS_PER_PAGE = 200


def may_import(user, kind):
    """Whether somebody may both add and change what a kind of spreadsheet holds."""
    options = get_importer(kind)._meta.model._meta
    return user.has_perms([f"{options.app_label}.add_{options.model_name}", f"{options.app_label}.change_{options.model_name}"])


def kinds_for(user):
    return {kind: resource for kind, resource in importers().items() if may_import(user, kind)}


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file?"))
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX, with headings in the first row. CSV from a Swedish Excel works as it is.")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, resource.title) for kind, resource in kinds_for(user).items()]
        self.fields["file"].error_messages["empty"] = _("The file is empty. Save the spreadsheet once more and upload it again.")


class ImportMixin(WagtailAdminTemplateMixin):
    page_title = _("Import")
    header_icon = "upload"

    def dispatch(self, request, *args, **kwargs):
        if not kinds_for(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        items = [{"url": reverse("register_import:index"), "label": gettext("Import")}]
        return [*super().get_breadcrumbs_items(), *items]


class IndexView(ImportMixin, TemplateView):
    template_name = "admin/register/import_index.html"

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", UploadForm(user=self.request.user, initial={"kind": self.request.GET.get("kind", "contacts")}))
        jobs = ImportJob.objects.filter(kind__in=kinds_for(self.request.user)).select_related("user").defer("report")
        for job in (page := Paginator(jobs, 20).get_page(self.request.GET.get("p"))):
            job.title = get_importer(job.kind).title
        return super().get_context_data(jobs=page, kinds=kinds_for(self.request.user), **kwargs)

    def post(self, request):
        form = UploadForm(request.POST, request.FILES, user=request.user)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                job = upload(form.cleaned_data["kind"], content=file.read(), filename=file.name, acting_user=request.user)
            except SpreadsheetError as error:
                form.add_error("file", str(error))
            else:
                return redirect("register_import:detail", job.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class JobMixin(ImportMixin):
    @cached_property
    def job(self):
        job = get_object_or_404(ImportJob, pk=self.kwargs["pk"])
        if not may_import(self.request.user, job.kind):
            raise PermissionDenied
        return job


class DetailView(JobMixin, TemplateView):
    """The preview before confirmation, and the record of what happened after it."""

    template_name = "admin/register/import_detail.html"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.job.filename}]

    def get_context_data(self, **kwargs):
        job = self.job
        counts = {fate: getattr(job, f"{fate}_count") for fate in FATES}
        fate = self.request.GET.get("fate", "")
        rows = [row for row in job.report["rows"] if fate not in FATES or row["fate"] == fate]
        return super().get_context_data(
            job=job,
            title=get_importer(job.kind).title,
            tabs=[("", gettext("All"), job.row_count), *((key, label, counts[key]) for key, label in FATES.items())],
            fate=fate,
            fates=FATES,
            rows=Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("p")),
            something_to_do=job.created_count + job.changed_count,
            **kwargs,
        )


class ConfirmView(JobMixin, View):
    def post(self, request, pk):
        try:
            job = confirm(self.job, acting_user=request.user)
        except RegisterError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                gettext("Imported: %(created)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused.")
                % {fate: getattr(job, f"{fate}_count") for fate in FATES},
            )
        return redirect("register_import:detail", pk)


class CancelView(JobMixin, View):
    def post(self, request, pk):
        try:
            cancel(self.job)
        except RegisterError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("The import is cancelled. Nothing was changed."))
        return redirect("register_import:index")


class TemplateFileView(ImportMixin, View):
    """An empty workbook with the right headings, to fill in."""

    def get(self, request, kind):
        if kind not in kinds_for(request.user):
            raise PermissionDenied
        resource = get_importer(kind)()
        headings = [str(column.label) for name, column in resource.columns.items() if name != "id"]
        title = str(resource.title)
        return HttpResponse(
            write_xlsx(Dataset(headers=headings), title=title),
            content_type=CONTENT_TYPES["xlsx"],
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
            path("<int:pk>/", DetailView.as_view(), name="detail"),
            path("<int:pk>/confirm/", ConfirmView.as_view(), name="confirm"),
            path("<int:pk>/cancel/", CancelView.as_view(), name="cancel"),
            path("template/<slug:kind>/", TemplateFileView.as_view(), name="template"),
        ]
