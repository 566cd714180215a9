"""Steps 3 and 4 of an import: the fate of its rows before they are written, progress, and what has come of it."""

from contextlib import closing, suppress

from django.db.models import Count, Q
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from crm.exceptions import RegisterError, SpreadsheetError
from crm.importing.jobs import can_resume, confirm, decide, head
from crm.importing.work import AT_ONCE
from crm.models import ImportJob, Organisation, Role
from crm.services.rights import may_undo
from crm.viewsets.choosers import organisation_chooser
from crm.viewsets.import_access import DONE, ROWS, JobMixin, columns_of, wishes_of
from crm.viewsets.import_decisions import Decisions
from crm.viewsets.import_progress import progress_of
from crm.viewsets.import_rows import JOB_QUESTION, Fate, RowsMixin

State = ImportJob.State
UNKNOWN_SHOWN = 20


class UnknownMixin:
    """Names in the file that the register lacks, and those that somebody has decided about."""

    def unknown_context(self):
        user = self.request.user
        return {
            "unknown": [one for one in (self.unknown(Organisation), self.unknown(Role)) if one["names"]],
            "translated": self.translated(),
            "organisation_kinds": Organisation.Kind.choices,
            "organisation_kind": wishes_of(self.job).organisation_kind,
            "may_add_organisations": user.has_perm("crm.add_organisation"),
        }

    def unknown(self, model):
        name = model._meta.model_name
        found = self.job.unknown.get(name, {})
        texts = sorted(found, key=lambda text: (-found[text]["count"], text))
        return {
            "name": name,
            "title": _("Organisations that the register lacks") if model is Organisation else _("Roles that the register lacks"),
            "names": [
                {"text": text, **found[text], "chooser": self.chooser(model, index)} for index, text in enumerate(texts[:UNKNOWN_SHOWN])
            ],
            "more": max(len(texts) - UNKNOWN_SHOWN, 0),
            "may_add": self.request.user.has_perm(f"crm.add_{name}"),
            "roles": list(Role.objects.values_list("pk", "name")) if model is Role and found else [],
        }

    def chooser(self, model, index):
        if model is Role:
            return ""
        name = f"other-organisation-{index}"
        return organisation_chooser.widget_class().render(name, None, attrs={"id": f"id_{name}"})

    def translated(self):
        """Return [(column, text in the file, what it stands for), …] of what has been decided, now or with an earlier file."""
        words = {"new": gettext("new"), "skip": gettext("left empty"), "title": gettext("written as the title")}
        found, is_met = [], self.names_met() if any(self.job.values.values()) else None
        for model in (Organisation, Role):
            decided = self.job.values.get(model._meta.model_name, {})
            if is_met:
                decided = {text: one for text, one in decided.items() if is_met(model, text)}
            names = dict(model.objects.filter(pk__in=[one for one in decided.values() if isinstance(one, int)]).values_list("pk", "name"))
            found += [(model._meta.model_name, text, words.get(value) or names.get(value, "–")) for text, value in sorted(decided.items())]
        return found

    def names_met(self):
        """Return a function that tells whether the file names something; None for a file too long to look through once more."""
        if self.job.row_total > AT_ONCE or not self.job.file:
            return None
        columns = columns_of(self.job)
        indexes = {name: self.job.headings.index(columns[name]) for name in ("organisation", "role") if name in columns}
        met = {(name, in_short(text)) for typed in self.job.rows.values_list("corrections", flat=True) for name, text in typed.items()}
        with suppress(SpreadsheetError), closing(head(self.job).rows()) as rows:
            met |= {(name, in_short(cells[index])) for _number, cells in rows for name, index in indexes.items() if index < len(cells)}
        return lambda model, text: (model._meta.model_name, in_short(text)) in met


def in_short(text):
    return " ".join(text.split()).casefold()


class DetailView(JobMixin, RowsMixin, UnknownMixin, TemplateView):
    """The page of an import; what it shows depends on how far the import has come."""

    def get(self, request, *args, **kwargs):
        if self.job.state == State.UPLOADED:
            return redirect("register_import:columns", self.job.pk)
        return super().get(request, *args, **kwargs)

    def get_template_names(self):
        if self.job.is_working:
            return "admin/register/import_progress.html"
        return f"admin/register/import_{'preview' if self.job.state == State.CHECKED else 'result'}.html"

    def get_context_data(self, **kwargs):
        if self.job.is_working:
            kwargs |= {"progress": progress_of(self.job), "step": ROWS if self.job.state == State.CHECKING else DONE}
        elif self.job.state == State.CHECKED:
            kwargs |= {"step": ROWS, **self.rows_context(), **self.unknown_context(), **self.questions_context()}
            kwargs["media"] = organisation_chooser.widget_class().media
        else:
            is_before_writing = self.job.state == State.FAILED and not self.job.change_set
            kwargs |= {"step": ROWS if is_before_writing else DONE, **self.rows_context(), "can_resume": can_resume(self.job)}
        kwargs["may_undo"] = bool(self.job.change_set) and may_undo(self.request.user, self.job.change_set)
        return super().get_context_data(**kwargs)

    def questions_context(self):
        if not self.job.asked_count:
            return {"job_questions": 0, "person_questions": 0}
        asked = self.job.rows.filter(fate=Fate.ASKED)
        about_jobs = asked.aggregate(number=Count("pk", filter=Q(**JOB_QUESTION)))["number"]
        return {"job_questions": about_jobs, "person_questions": self.job.asked_count - about_jobs}


@method_decorator(never_cache, "dispatch")
class ProgressView(JobMixin, TemplateView):
    """How far a worker has come, which the page asks for while it is shown."""

    template_name = "admin/register/import_progress_bar.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(progress=progress_of(self.job), **kwargs)


class DecisionsMixin(JobMixin):
    def save(self):
        """Save what is new in the form and check again; return whether there was anything."""
        decisions = Decisions(self.job, self.request.POST, importer=self.importer, user=self.request.user)
        if decisions.is_empty:
            return False
        decide(self.job, **decisions.arguments())
        return True

    def back(self):
        response = redirect("register_import:detail", self.job.pk)
        if query := self.request.GET.urlencode():
            response["Location"] += f"?{query}"
        return response


class DecideView(DecisionsMixin, View):
    def post(self, request, pk):
        try:
            if self.save():
                messages.success(request, gettext("Saved, and the rows are checked again."))
            else:
                messages.info(request, gettext("Nothing new was filled in."))
        except (RegisterError, SpreadsheetError) as error:
            messages.error(request, str(error))
        return self.back()


class ConfirmView(DecisionsMixin, View):
    """Imports what the page showed. What has been filled in and not saved is saved instead, so that its effect is seen first."""

    def post(self, request, pk):
        try:
            if self.job.state == State.CHECKED and self.save():
                messages.warning(
                    request, gettext("What you filled in is saved and the rows are checked again. Look once more, then import.")
                )
                return self.back()
            confirm(self.job, acting_user=request.user)
        except (RegisterError, SpreadsheetError) as error:
            messages.error(request, str(error))
        return redirect("register_import:detail", pk)
