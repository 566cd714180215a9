"""Step 2 of an import: how the file is read, what its columns mean, and what is wished."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin import messages

from crm.exceptions import RegisterError, SpreadsheetError
from crm.forms.imports import ReadingForm, WishesForm
from crm.importing.headings import problems, remembered
from crm.importing.jobs import check, head, match, read_differently
from crm.models import ImportJob
from crm.services.tables import Options
from crm.viewsets.import_access import COLUMNS, JobMixin, wishes_of

SAMPLES, SHEETS = 3, 5
State = ImportJob.State


@dataclass
class Heading:
    """A heading of the file as the page shows it."""

    field: str
    text: str
    samples: list
    column: str
    label: str


class ColumnsView(JobMixin, TemplateView):
    template_name = "admin/register/import_columns.html"

    def dispatch(self, request, *args, **kwargs):
        if self.kinds and not self.is_open:
            return redirect("register_import:detail", self.job.pk)
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_open(self):
        return self.job.state in (State.UPLOADED, State.CHECKED, State.FAILED) and not self.job.change_set_id and bool(self.job.file)

    @cached_property
    def table(self):
        return head(self.job)

    @cached_property
    def is_card(self):
        return self.job.options.get("format") == "vcard"

    @cached_property
    def has_wishes(self):
        return self.job.kind == "contacts"

    def reading_form(self, data=None):
        return ReadingForm(data, options=Options.from_json(self.job.options), sheets=self.table.sheets)

    def wishes_form(self, data=None):
        if not self.has_wishes:
            return None
        may_add = self.request.user.has_perm("crm.add_organisation")
        return WishesForm(data, wishes=wishes_of(self.job), may_add_organisations=may_add)

    def other_sheets(self):
        return [name for name in self.table.sheets if name != self.table.options.sheet][:SHEETS]

    def fits_badly(self):
        """Whether the sheet that is read hardly is the one that was meant."""
        return bool(problems(self.importer, self.job.mapping))

    def headings(self):
        rows = self.table.sample()
        for index, text in enumerate(self.job.headings):
            samples = list(dict.fromkeys(cells[index] for _number, cells in rows if index < len(cells) and cells[index]))[:SAMPLES]
            column = self.job.mapping.get(text, "")
            known = self.importer.columns.get(column)
            yield Heading(f"column-{index}", text, samples, column, known.label if known else "")

    def get_context_data(self, **kwargs):
        headings = list(self.headings())
        kwargs.setdefault("reading", self.reading_form())
        kwargs.setdefault("wishes", self.wishes_form())
        return super().get_context_data(
            headings=headings,
            columns=[(name, column.label) for name, column in self.importer.columns.items()],
            unknown_count=sum(1 for heading in headings if not heading.column),
            is_card=self.is_card,
            is_remembered=remembered(self.job.kind, self.job.headings) is not None,
            other_sheets=self.other_sheets(),
            reading_is_open=bool(kwargs["reading"].errors) or (self.fits_badly() and not self.is_card),
            step=COLUMNS,
            **kwargs,
        )

    def get(self, request, *args, **kwargs):
        try:
            return self.render_to_response(self.get_context_data())
        except SpreadsheetError as error:  # the file can no longer be read
            messages.error(request, str(error))
            return redirect("register_import:index")

    def post(self, request, pk):
        try:
            return self.read() if "read" in request.POST else self.match()
        except SpreadsheetError as error:
            return self.again(str(error))
        except RegisterError as error:
            messages.error(request, str(error))
            return redirect("register_import:detail", pk)

    def read(self):
        form = self.reading_form(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(reading=form), status=422)
        try:
            read_differently(self.job, form.chosen())
        except SpreadsheetError as error:
            form.add_error(None, str(error))
            self.job.refresh_from_db()
            return self.render_to_response(self.get_context_data(reading=form), status=422)
        return redirect("register_import:columns", self.job.pk)

    def match(self):
        wishes = self.wishes_form(self.request.POST)
        if wishes is not None and not wishes.is_valid():
            return self.render_to_response(self.get_context_data(wishes=wishes), status=422)
        match(self.job, mapping=None if self.is_card else self.posted_mapping(), wishes=wishes.chosen() if wishes else None)
        check(self.job)
        return redirect("register_import:detail", self.job.pk)

    def posted_mapping(self):
        chosen = {text: self.request.POST.get(f"column-{index}", "") for index, text in enumerate(self.job.headings)}
        if any(column and column not in self.importer.columns for column in chosen.values()):
            raise Http404
        return chosen

    def again(self, sentence):
        return self.render_to_response(self.get_context_data(fault=sentence), status=422)
