"""What can be done with an import beside going on with it: throw it away, resume, take back, and fetch what was refused."""

from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from crm.exceptions import RegisterError, SpreadsheetError
from crm.exporting.files import FORMATS
from crm.exporting.spreadsheets import csv_parts, write_xlsx
from crm.importing.jobs import cancel, check, resume, undo_import
from crm.importing.outcomes import SKIP
from crm.models import ImportJob, ImportRow
from crm.services.rights import may_undo
from crm.viewsets.import_access import DONE, JobMixin, columns_of
from crm.viewsets.import_rows import numbers_of

State = ImportJob.State
Fate = ImportRow.Fate


class CancelView(JobMixin, View):
    def post(self, request, pk):
        try:
            cancel(self.job)
        except RegisterError as error:
            messages.error(request, str(error))
            return redirect("register_import:detail", pk)
        messages.success(request, gettext("The import is cancelled. Nothing was changed."))
        return redirect("register_import:index")


class ResumeView(JobMixin, View):
    """Tries again after a fault: goes on with the writing where that has begun, else checks the file once more."""

    def post(self, request, pk):
        try:
            resume(self.job) if self.job.change_set_id else check(self.job)
        except SpreadsheetError as error:
            messages.error(request, str(error))
            return redirect("register_import:columns", pk)
        except RegisterError as error:
            messages.error(request, str(error))
        return redirect("register_import:detail", pk)


class UndoView(JobMixin, TemplateView):
    """Stops an import that is being written, or was stopped by a fault, and takes back what it has written."""

    template_name = "admin/register/import_undo.html"
    page_title = _("Undo the import")
    header_icon = "undo"

    def dispatch(self, request, *args, **kwargs):
        if self.kinds and self.job.change_set and not may_undo(request.user, self.job.change_set):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        if self.job.state not in (State.IMPORTING, State.FAILED) or not self.job.change_set:
            return redirect("register_import:detail", self.job.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(step=DONE, **kwargs)

    def post(self, request, pk):
        try:
            job = undo_import(self.job, acting_user=request.user)
        except RegisterError as error:
            messages.error(request, str(error))
        else:
            if job.state == State.UNDONE:
                messages.success(request, gettext("The import is undone."))
        return redirect("register_import:detail", pk)


class RefusedView(JobMixin, View):
    """The rows that don't come in, as a spreadsheet with the reason beside each: to be corrected and uploaded again."""

    def get(self, request, pk, file_format):
        if file_format not in ("csv", "xlsx"):
            raise Http404
        content = BytesIO()
        if file_format == "csv":
            content.writelines(part for part, _count in csv_parts(*self.table))
        else:
            write_xlsx(content, gettext("Rows left out"), *self.table)
        stem = self.job.filename.rpartition(".")[0] or self.job.filename
        response = HttpResponse(content.getvalue(), content_type=FORMATS[file_format].content_type)
        name = gettext("%(file)s – rows left out") % {"file": stem}
        response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{file_format}")
        return response

    @cached_property
    def table(self):
        """Headings and, in one piece, the rows."""
        rows = [row for row in self.job.rows.filter(fate__in=[Fate.REFUSED, Fate.ASKED, Fate.SKIPPED]) if not is_left_out(row)]
        labels = {name: str(column.label) for name, column in self.importer.columns.items()}
        columns = columns_of(self.job)
        for row in rows:  # what somebody has typed in columns that the file lacks
            columns |= {name: labels.get(name, name) for name in row.corrections if name not in columns}
        numbers = numbers_of(self.job)
        cells = [
            [str(numbers.get(row.number, row.number)), *((row.cells or {}).get(name, "") for name in columns), reason(row, labels)]
            for row in rows
        ]
        return [gettext("Row"), *columns.values(), gettext("Why")], [cells]


def is_left_out(row):
    """Whether somebody has chosen to leave a row out, rather than that nobody has decided about it."""
    return row.fate == Fate.SKIPPED and SKIP in row.answer.split()


def reason(row, labels):
    sentences = [f"{labels.get(column, column)}: {sentence}" if column else sentence for column, sentence in row.messages]
    if not sentences and row.question:
        sentences = [row.question["text"]]
    return " ".join(sentences)
