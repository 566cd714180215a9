"""From a list to a file: what the list shows, with the fields one chooses, in the format one needs.

The list's own address is the filter, so that the page is the same for a list, a search and a saved segment.
"""

from tempfile import TemporaryFile
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from crm.exporting import log
from crm.exporting.files import FORMATS, file_name, formats_of, parts, write_workbook
from crm.filters.descriptions import describe_with


class ExportForm(forms.Form):
    format = forms.ChoiceField(label=_("Format"), widget=forms.RadioSelect)
    fields_chosen = forms.MultipleChoiceField(label=_("Fields"), required=False)

    def __init__(self, *args, exportable, **kwargs):
        super().__init__(*args, **kwargs)
        self.exportable = exportable
        self.fields["format"].choices = [(key, one.label) for key, one in formats_of(exportable).items()]
        self.fields["fields_chosen"].choices = [(key, field.label) for key, field in exportable.fields.items()]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("fields_chosen") and not self.errors and not FORMATS[cleaned["format"]].version:
            self.add_error("fields_chosen", _("Choose at least one field."))
        return cleaned

    @property
    def formats(self):
        chosen = self["format"].value()
        offered = formats_of(self.exportable).values()
        return [{"key": one.key, "label": one.label, "help": one.help, "is_chosen": one.key == chosen} for one in offered]

    @property
    def groups(self):
        chosen = set(self["fields_chosen"].value() or ())
        return [
            {"label": group.label, "fields": [{"key": one.key, "label": one.label, "is_chosen": one.key in chosen} for one in group.fields]}
            for group in self.exportable.groups
        ]


class ExportView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    permission_required = "change"
    template_name = "admin/register/export.html"
    page_title = _("Export")
    header_icon = "download"
    model = None
    exportable = None
    listing = None  # the view function of the list
    index_url_name = None

    @cached_property
    def list_view(self):
        """The list as it would be shown at this address: search, filter and order are its own."""
        view = self.listing.view_class(**self.listing.view_initkwargs)
        view.setup(self.request)
        return view

    @cached_property
    def filter_errors(self):
        return filter_errors(self.list_view.filters)

    @cached_property
    def records(self):
        only = chosen_numbers(self.request.GET)
        return self.list_view.get_queryset().filter(pk__in=only) if only else self.list_view.get_queryset()

    @cached_property
    def count(self):
        return 0 if self.filter_errors else self.records.count()

    @cached_property
    def query(self):
        """What of the address decides which records come out, and in which order."""
        kept = QueryDict(mutable=True)
        filters = self.list_view.filters.base_filters if self.list_view.filters else ()
        for name in [*filters, "q", "ordering", "only"]:
            kept.setlist(name, [value for value in self.request.GET.getlist(name) if value])
        return kept.urlencode()

    def get(self, request):
        return self.render_to_response(self.get_context_data(form=self.form_with_last_choice()))

    def form_with_last_choice(self):
        last = log.last_choice(self.exportable.kind, self.request.user)
        known = [key for key in last.fields if key in self.exportable.fields] if last else []
        initial = {"format": last.format if last else "xlsx", "fields_chosen": known or self.exportable.default_keys}
        return ExportForm(initial=initial, exportable=self.exportable)

    def post(self, request):
        form = ExportForm(request.POST, exportable=self.exportable)
        if not form.is_valid() or not self.count:
            return self.render_to_response(self.get_context_data(form=form))
        file_format = FORMATS[form.cleaned_data["format"]]
        fields = () if file_format.version else self.exportable.pick(form.cleaned_data["fields_chosen"])
        export = log.begin(self.exportable, file_format=file_format, fields=fields, query=self.query, acting_user=request.user)
        return self.file_response(export, file_format, fields)

    def file_response(self, export, file_format, fields):
        day = getattr(self.list_view, "as_of", None)
        if file_format.key == "xlsx":
            output = TemporaryFile()  # noqa: SIM115 -- the response closes it
            log.finish(export, write_workbook(output, self.exportable, self.records, fields=fields, day=day))
            output.seek(0)
            return FileResponse(
                output, as_attachment=True, filename=file_name(self.exportable, file_format), content_type=file_format.content_type
            )
        made = parts(self.exportable, self.records, file_format=file_format, fields=fields, day=day)
        return download(log.counted(export, made), file_name(self.exportable, file_format), file_format)

    def get_breadcrumbs_items(self):
        url = reverse(self.index_url_name) + (f"?{self.query}" if self.query else "")
        items = [{"url": url, "label": capfirst(self.model._meta.verbose_name_plural)}, {"url": "", "label": self.page_title}]
        return [*super().get_breadcrumbs_items(), *items]

    def get_context_data(self, **kwargs):
        filters = self.list_view.filters
        return super().get_context_data(
            count=self.count,
            name=self.model._meta.verbose_name if self.count == 1 else self.model._meta.verbose_name_plural,
            rows_note=self.exportable.rows_note,
            conditions=describe_with(type(filters) if filters else None, [self.query])[0],
            filter_errors=self.filter_errors,
            list_url=f"{reverse(self.index_url_name)}?{self.query}",
            **kwargs,
        )


def chosen_numbers(params):
    """Return the primary keys of the rows that were chosen in a list: "only=3,17"; none of them means all."""
    return [int(number) for number in params.get("only", "").split(",") if number.isdecimal() and len(number) < 19]


def download(content, filename, file_format):
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(content, content_type=file_format.content_type, headers=headers)


def filter_errors(filters):
    """Return what is wrong with the filter of an address: "As of: This is not a date." """
    if not filters or filters.is_valid():
        return []
    return [f"{filters.form.fields[name].label}: {message}" for name, messages in filters.errors.items() for message in messages]


class ExportableIndexMixin:
    """A list with a way to the export page instead of Wagtail's own export, which asks nobody and logs nothing."""

    export_url_name = None
    show_export_buttons = False

    def get(self, request, *args, **kwargs):
        if not self.is_export:
            return super().get(request, *args, **kwargs)
        if not self.export_url_name:
            raise PermissionDenied
        return redirect(self.export_url)

    def as_spreadsheet(self, queryset, spreadsheet_format):
        raise PermissionDenied

    @cached_property
    def export_url(self):
        params = [(name, value) for name, values in self.request.GET.lists() for value in values]
        query = urlencode([pair for pair in params if pair[0] not in ("p", "export", "_w_filter_fragment") and pair[1]])
        return reverse(self.export_url_name) + (f"?{query}" if query else "")

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if self.export_url_name and self.user_has_permission("change"):
            buttons = [*buttons, Button(gettext("Export…"), url=self.export_url, icon_name="download", priority=6)]
        return buttons


class ExportableViewSetMixin:
    exportable_class = None

    def get_index_view_kwargs(self, **kwargs):
        if self.exportable_class:
            kwargs["export_url_name"] = self.get_url_name("export")
        return super().get_index_view_kwargs(**kwargs)

    @property
    def export_view(self):
        return self.construct_view(ExportView, exportable=self.exportable_class(), listing=self.index_view)

    def get_urlpatterns(self):
        patterns = super().get_urlpatterns()
        return [*patterns, path("export/", self.export_view, name="export")] if self.exportable_class else patterns
