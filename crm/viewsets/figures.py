"""The year in figures: choosing and comparing them, opening what they count, and keeping the choice."""

from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from crm.exporting.files import FORMATS
from crm.exporting.spreadsheets import csv_parts, write_xlsx
from crm.figures.addresses import period_in_words
from crm.figures.registry import SUBJECTS
from crm.forms.figures import ReportForm, SaveReportForm
from crm.models import SavedReport
from crm.services.figures import count, figures_for
from crm.services.saved_views import tidied
from crm.viewsets.figure_plots import cards_of, list_url
from crm.viewsets.frozen_figures import FreezeView, FrozenDeleteView, FrozenListView, FrozenReportView
from crm.viewsets.links import page_url_for
from crm.years import OperatingYear

PER_PAGE = 100
FILES = ("xlsx", "csv")


class FiguresMixin(WagtailAdminTemplateMixin):
    """A page for everybody who may see at least one kind of what is counted."""

    page_title = _("The year in figures")
    header_icon = "order"

    def dispatch(self, request, *args, **kwargs):
        if not self.figures:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def figures(self):
        return figures_for(self.request.user)

    @cached_property
    def form(self):
        return ReportForm(self.request.GET, figures=self.figures, default_year=OperatingYear.current())

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": reverse("figures:index"), "label": gettext("The year in figures")}]

    @property
    def query(self):
        return tidied(self.request.GET.urlencode())


class ReportView(FiguresMixin, TemplateView):
    template_name = "admin/figures/index.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        context = super().get_context_data(
            form=self.form,
            media=self.form.media,
            is_valid=self.form.is_valid(),
            query=self.query,
            saved=SavedReport.objects.seen_by(user).select_related("owner"),
            save_form=SaveReportForm(),
            may_freeze=user.has_perm("crm.add_frozenreport"),
            may_see_frozen=user.has_perm("crm.view_frozenreport"),
            user_id=user.pk,
            **kwargs,
        )
        if not context["is_valid"]:
            return context
        cleaned = self.form.cleaned_data
        counted = count(self.form.chosen, self.form.period, years=cleaned["years"], by=cleaned["by"])
        cards = cards_of(counted, plot=cleaned["plot"], by=cleaned["by"])
        return context | {
            "groups": [(label, [card for card in cards if card.figure.subject == key]) for key, label in SUBJECTS.items()],
            "period_words": list(period_in_words(self.form.period)),
            "by": cleaned["by"],
            "exports": [(FORMATS[key].label, f"{reverse('figures:export')}?{self._with_format(key)}") for key in FILES],
        }

    def _with_format(self, key):
        params = QueryDict(self.query, mutable=True)
        params["format"] = key
        return params.urlencode()


class ReportExportView(FiguresMixin, View):
    """The same as a file: a row for each figure, with a column for each year that it is compared with."""

    def get(self, request):
        if not self.form.is_valid() or request.GET.get("format") not in FILES:
            raise Http404
        file_format = FORMATS[request.GET["format"]]
        name = f"{slugify(gettext('figures'))}-{str(self.form.period.year).replace('/', '-')}.{file_format.key}"
        if file_format.key == "csv":
            content = b"".join(part for part, _number in csv_parts(self.headings, [self.rows]))
            disposition = f'attachment; filename="{name}"'
            return HttpResponse(content, content_type=file_format.content_type, headers={"Content-Disposition": disposition})
        output = TemporaryFile()  # noqa: SIM115 -- the response closes it
        write_xlsx(output, gettext("Figures"), self.headings, [self.rows])
        output.seek(0)
        return FileResponse(output, as_attachment=True, filename=name, content_type=file_format.content_type)

    @cached_property
    def counted(self):
        cleaned = self.form.cleaned_data
        return count(self.form.chosen, self.form.period, years=cleaned["years"], by=cleaned["by"])

    @cached_property
    def years(self):
        return [year for year, _value in self.counted[0].earlier[:-1]] if self.counted else []

    @cached_property
    def areas(self):
        """The parts that occur, in the order of their names."""
        cards = cards_of(self.counted, plot="", by=self.form.cleaned_data["by"])
        return sorted({name for card in cards for name, _number, _url in card.areas})

    @property
    def headings(self):
        words = ", ".join(period_in_words(self.form.period))
        fixed = [gettext("Key"), gettext("Figure"), words, gettext("Unit")]
        return [*fixed, *map(str, self.years), *self.areas, gettext("Definition")]

    @property
    def rows(self):
        cards = cards_of(self.counted, plot="", by=self.form.cleaned_data["by"])
        return [self._row(card) for card in cards]

    def _row(self, card):
        figure, counted = card.figure, card.counted
        earlier = [value for _year, value in counted.earlier[:-1]]
        numbers = {name: number for name, number, _url in card.areas}
        parts = [numbers.get(name, 0) if card.areas else None for name in self.areas]
        return [figure.key, str(figure.label), counted.value, str(figure.unit), *earlier, *parts, str(figure.definition)]


class FigureView(FiguresMixin):
    """A page about one figure."""

    @cached_property
    def figure(self):
        found = next((one for one in self.figures if one.key == self.kwargs["key"]), None)
        if found is None or not self.form.is_valid() or not found.can_be_asked_of(self.form.period.scope):
            raise Http404
        return found


class RowsView(FigureView, TemplateView):
    """What a figure counts, where there is no list that can say it."""

    template_name = "admin/figures/rows.html"

    @property
    def page_title(self):
        return self.figure.label

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.figure.label}]

    def get_context_data(self, **kwargs):
        rows = self.figure.rows  # asked first: it is where a senseless address ends
        period = self.form.period
        paginator = WagtailPaginator(rows(period), PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        rows = [(str(one), page_url_for(self.request.user, type(one), one.pk)) for one in page.object_list]
        words = ", ".join(period_in_words(period))
        value = self.figure.value(period)
        return super().get_context_data(
            figure=self.figure, words=words, value=value, rows=rows, page=page, number=paginator.count, **kwargs
        )


class AreaView(FigureView, View):
    """Leads from a part of the association to its rows."""

    def get(self, request, key):
        return redirect(list_url(self.figure, self.form.period))


class SaveReportView(FiguresMixin, View):
    http_method_names = ["post"]

    def post(self, request):
        report = SavedReport(owner=request.user, query=tidied(request.POST.get("query", "")))
        form = SaveReportForm(request.POST, instance=report)
        if form.is_valid():
            form.save()
            messages.success(request, gettext("The report “%(name)s” is saved.") % {"name": report.name})
        else:
            messages.error(request, " ".join(message for several in form.errors.values() for message in several))
        return redirect(f"{reverse('figures:index')}?{report.query}")


class DeleteSavedReportView(FiguresMixin, View):
    http_method_names = ["post"]

    def post(self, request, pk):
        report = get_object_or_404(SavedReport, owner=request.user, pk=pk)
        report.delete()
        messages.success(request, gettext("The report “%(name)s” is deleted.") % {"name": report.name})
        return redirect("figures:index")


class FiguresMenuItem(MenuItem):
    def is_shown(self, request):
        return bool(figures_for(request.user))


class FiguresViewSet(ViewSet):
    name = "figures"
    url_prefix = "register/figures"
    icon = "order"
    menu_label = _("The year in figures")
    menu_name = "register-figures"
    menu_order = 430
    menu_item_class = FiguresMenuItem

    def get_urlpatterns(self):
        return [
            path("", ReportView.as_view(), name="index"),
            path("export/", ReportExportView.as_view(), name="export"),
            path("save/", SaveReportView.as_view(), name="save"),
            path("saved/<int:pk>/delete/", DeleteSavedReportView.as_view(), name="delete_saved"),
            path("rows/<slug:key>/", RowsView.as_view(), name="rows"),
            path("area/<slug:key>/", AreaView.as_view(), name="area"),
            path("freeze/", FreezeView.as_view(), name="freeze"),
            path("frozen/", FrozenListView.as_view(), name="frozen_list"),
            path("frozen/<int:pk>/", FrozenReportView.as_view(), name="frozen"),
            path("frozen/<int:pk>/delete/", FrozenDeleteView.as_view(), name="frozen_delete"),
        ]
