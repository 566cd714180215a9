"""Who may import what, and what the pages of one import have in common."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from crm.importing.registry import about, get_importer, importers
from crm.importing.wishes import Wishes
from crm.models import ImportJob, Organisation

# Of the steps that somebody goes through.
FILE, COLUMNS, ROWS, DONE = 1, 2, 3, 4


def may_import(user, kind):
    """Whether somebody may both add and change what a kind of file holds."""
    _title, model, permissions = about(kind)
    options = model._meta
    needed = [f"{options.app_label}.add_{options.model_name}", f"{options.app_label}.change_{options.model_name}"]
    return user.has_perms([*needed, *permissions])


def kinds_for(user):
    """Return {kind: title} of what somebody may import."""
    return {kind: about(kind)[0] for kind in importers() if may_import(user, kind)}


def columns_of(job):
    """Return {column name: heading} as they stand in the file. PostgreSQL keeps no order in the JSON of a mapping or a row."""
    return {job.mapping[heading]: heading for heading in job.headings if job.mapping.get(heading)}


def wishes_of(job):
    """What is wished of an import. As long as nobody has said, new organisations are what the register has most of."""
    return Wishes.from_json({"organisation_kind": Organisation.Kind.LEARNING_CENTRE, **job.wishes})


class ImportMixin(WagtailAdminTemplateMixin):
    page_title = _("Import")
    header_icon = "upload"

    @cached_property
    def kinds(self):
        return kinds_for(self.request.user)

    def dispatch(self, request, *args, **kwargs):
        if not self.kinds:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        items = [{"url": reverse("register_import:index"), "label": gettext("Import")}]
        return [*super().get_breadcrumbs_items(), *items]


class JobMixin(ImportMixin):
    """A page of one import. Whoever may import its kind may see it and go on with it."""

    @cached_property
    def job(self):
        job = get_object_or_404(ImportJob.objects.select_related("user", "change_set"), pk=self.kwargs["pk"])
        if job.kind not in importers():
            raise Http404
        if job.kind not in self.kinds:
            raise PermissionDenied
        return job

    @cached_property
    def importer(self):
        return get_importer(self.job.kind)()

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.job.filename}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(job=self.job, title=self.importer.title, **kwargs)
