"""The log of exports: who took what out of the register, when, and how many."""

from collections import defaultdict

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.viewsets.base import ViewSet

from crm.exporting.files import FORMATS
from crm.exporting.register import WHOLE_REGISTER
from crm.exporting.registry import exportables
from crm.filters.descriptions import describe_with
from crm.models import Export


def may_export(user):
    """Whether somebody may export anything at all; then the log is theirs to read."""
    return any(user.has_perm(f"{one.model._meta.app_label}.change_{one.model._meta.model_name}") for one in exportables().values())


def moment(export):
    return f"{timezone.localtime(export.at):%Y-%m-%d %H:%M}"


def person(export):
    return export.user_name or gettext("command line")


def what(export):
    if export.kind == WHOLE_REGISTER:
        return gettext("The whole register")
    exportable = exportables().get(export.kind)
    return exportable.title if exportable else export.kind


def chosen_fields(export):
    """The number of columns, and behind it what they are called."""
    exportable = exportables().get(export.kind)
    if not export.fields or not exportable:
        return ""
    labels = [str(exportable.fields[key].label) if key in exportable.fields else key for key in export.fields]
    number = ngettext("%(number)d field", "%(number)d fields", len(labels)) % {"number": len(labels)}
    return format_html("<details><summary>{}</summary>{}</details>", number, ", ".join(labels))


def number_of(export):
    """The number of the record, when it was not a list that was exported but one record; else ""."""
    number = QueryDict(export.query).get("id", "")
    return number if number.isdecimal() and len(number) < 19 else ""


def names_of(exportable, exports):
    """Return {number: name} of the single records that were exported and are still there."""
    numbers = {int(number_of(export)) for export in exports if number_of(export)}
    if not exportable or not numbers:
        return {}
    return {str(pk): str(record) for pk, record in exportable.model._default_manager.in_bulk(numbers).items()}


def one_record(export, names):
    number = number_of(export)
    return names.get(number) or (f"{gettext('No.')} {number}" if number else "")


def file_format(export):
    return FORMATS[export.format].label if export.format in FORMATS else export.format


class ExportLogView(BaseListingView):
    model = Export
    page_title = _("Exports")
    header_icon = "download"
    paginate_by = 50
    is_searchable = False
    template_name = "admin/register/exports.html"
    table_classname = "listing register-listing"
    index_url_name = "register_exports:index"
    index_results_url_name = "register_exports:index_results"
    verbose_name_plural = Export._meta.verbose_name_plural
    default_ordering = ("-at", "-pk")
    columns = [
        Column("at", label=_("When"), accessor=moment),
        Column("who", label=_("By"), accessor=person),
        Column("kind", label=_("What"), accessor=what),
        Column("format", label=_("Format"), accessor=file_format),
        Column("filter", label=_("Filter"), accessor="conditions"),
        Column("fields", label=_("Fields"), accessor=chosen_fields),
        Column("row_count", label=_("Rows"), accessor="row_count"),
    ]

    def dispatch(self, request, *args, **kwargs):
        if not may_export(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_table(self, object_list):
        by_kind = defaultdict(list)
        for export in object_list:
            by_kind[export.kind].append(export)
        for kind, exports in by_kind.items():
            filterset_class = getattr(exportables().get(kind), "filterset_class", None)
            names = names_of(exportables().get(kind), exports)
            for export, conditions in zip(exports, describe_with(filterset_class, [one.query for one in exports]), strict=True):
                export.conditions = capfirst("; ".join(conditions)) or one_record(export, names) or "–"
        return super().get_table(object_list)


class ExportMenuItem(MenuItem):
    def is_shown(self, request):
        return may_export(request.user)


class ExportViewSet(ViewSet):
    name = "register_exports"
    url_prefix = "register/exports"
    icon = "download"
    menu_label = _("Exports")
    menu_name = "register-exports"
    menu_order = 810
    menu_item_class = ExportMenuItem

    def get_urlpatterns(self):
        return [
            path("", ExportLogView.as_view(), name="index"),
            path("results/", ExportLogView.as_view(results_only=True), name="index_results"),
        ]
