"""Reports as they were printed, and what the register says of the same today."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from crm.figures.addresses import period_in_words
from crm.forms.figures import FreezeForm, ReportForm
from crm.models import FrozenReport
from crm.services.figures import (
    ARCHIVED,
    CHANGED,
    DELETED,
    MERGED,
    OTHER,
    REGISTERED,
    RESTORED,
    differences,
    figures_for,
    freeze,
    period_of,
)
from crm.services.rights import may_read_anything
from crm.services.saved_views import tidied
from crm.viewsets.figure_plots import list_url
from crm.viewsets.links import page_url_for
from crm.years import OperatingYear

MOST_ROWS = 50  # of those that have come or gone, of one figure
REASONS = {
    REGISTERED: _("registered later"),
    RESTORED: _("brought back"),
    CHANGED: _("changed"),
    ARCHIVED: _("archived"),
    DELETED: _("deleted"),
    MERGED: _("part of another record now"),
    OTHER: _("something that it depends on was changed"),
}


class FrozenMixin(WagtailAdminTemplateMixin):
    page_title = _("Frozen reports")
    header_icon = "lock"
    permission = "crm.view_frozenreport"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        figures = {"url": reverse("figures:index"), "label": gettext("The year in figures")}
        return [*self.breadcrumbs_items, figures, {"url": reverse("figures:frozen_list"), "label": gettext("Frozen reports")}]


class FreezeView(FrozenMixin, TemplateView):
    """Asks for a title, then keeps the figures of the report's address as they are."""

    template_name = "admin/figures/freeze.html"
    page_title = _("Freeze the figures")
    permission = "crm.add_frozenreport"

    @cached_property
    def report_form(self):
        params = self.request.POST if self.request.method == "POST" else self.request.GET
        form = ReportForm(params, figures=figures_for(self.request.user), default_year=OperatingYear.current())
        if not form.is_valid():
            raise Http404
        return form

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        period = self.report_form.period
        title = gettext("Yearly report %(year)s") % {"year": period.year}
        form = kwargs.pop("form", None) or FreezeForm(initial={"title": title})
        query = tidied(self.request.GET.urlencode())
        hidden = [(name, value) for name, values in self.request.GET.lists() if name in self.report_form.fields for value in values]
        chosen = [one for one in self.report_form.chosen if one.can_be_asked_of(period.scope)]
        words = ", ".join(period_in_words(period))
        return super().get_context_data(form=form, query=query, hidden=hidden, figures=chosen, words=words, **kwargs)

    def post(self, request):
        form = FreezeForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        title, note = form.cleaned_data["title"], form.cleaned_data["note"]
        report = freeze(title, self.report_form.period, self.report_form.chosen, acting_user=request.user, note=note)
        messages.success(request, gettext("The figures of “%(title)s” are frozen.") % {"title": report.title})
        return redirect("figures:frozen", pk=report.pk)


class FrozenListView(FrozenMixin, TemplateView):
    template_name = "admin/figures/frozen_list.html"

    def get_context_data(self, **kwargs):
        reports = FrozenReport.objects.select_related("frozen_by").annotate(number=Count("figures"))
        return super().get_context_data(reports=reports, **kwargs)


class FrozenReportView(FrozenMixin, TemplateView):
    template_name = "admin/figures/frozen.html"

    @cached_property
    def report(self):
        return get_object_or_404(FrozenReport.objects.select_related("frozen_by"), pk=self.kwargs["pk"])

    @property
    def page_title(self):
        return self.report.title

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.report.title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            report=self.report,
            at=timezone.localtime(self.report.frozen_at),
            words=self.words,
            figures=self.shown,
            different=sum(found.is_different for found, _rows, _url in self.shown),
            may_delete=self.request.user.has_perm("crm.delete_frozenreport"),
            **kwargs,
        )

    @cached_property
    def period(self):
        try:
            return period_of(self.report)
        except ValidationError:  # the project, say, is no more
            return None

    @property
    def words(self):
        if self.period is None:
            return f"{self.report.year}, {self.report.scope}"
        return ", ".join(period_in_words(self.period))

    @cached_property
    def shown(self):
        """[(Difference, rows that came and went, URL of what is counted today)]."""
        if self.period is None:
            return []
        figures = {one.key: one for one in figures_for(self.request.user)}
        found = differences(self.report, self.request.user)
        return [(one, self._rows(one), self._url(figures.get(one.frozen.key))) for one in found]

    def _url(self, figure):
        return list_url(figure, self.period) if figure else ""

    def _rows(self, found):
        """(sign, name, URL, why, URL of the change set) of the first rows."""
        signed = [("+", one) for one in found.came] + [("−", one) for one in found.went] + [("≠", one) for one in found.altered]
        return [self._row(sign, one) for sign, one in signed[:MOST_ROWS]]

    def _row(self, sign, one):
        url = page_url_for(self.request.user, type(one.record), one.record.pk) if one.record else ""
        why = str(REASONS[one.reason])
        if one.details:
            why = f"{why}: {one.details}"
        may_read = one.change_set is not None and may_read_anything(self.request.user)
        return sign, one.name, url, why, one.at, reverse("change_set:detail", args=[one.change_set.pk]) if may_read else ""


class FrozenDeleteView(FrozenMixin, View):
    http_method_names = ["post"]
    permission = "crm.delete_frozenreport"

    def post(self, request, pk):
        report = get_object_or_404(FrozenReport, pk=pk)
        report.delete()
        messages.success(request, gettext("“%(title)s” is deleted.") % {"title": report.title})
        return redirect("figures:frozen_list")
