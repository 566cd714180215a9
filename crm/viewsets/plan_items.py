"""The activity plan: as a list with a form for each item, and a page for each operating year to read and to print."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton

from crm.exceptions import RegisterError
from crm.exporting import PlanItemExport
from crm.filters.choices import RecordFilter
from crm.filters.plan_items import PlanItemFilterSet, plan_years
from crm.forms.lines import LinesPanel
from crm.models import Activity, ChangeSet, Contact, PlanItem, Project
from crm.services.ledger import change_set
from crm.services.plan_items import copy_plan, next_position, plan_of, set_state
from crm.services.rights import may, may_view
from crm.training import FocusArea
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.filter_widgets import ContactFilterWidget
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this
from crm.viewsets.initial import AddressMixin
from crm.viewsets.links import page_url_for
from crm.viewsets.list_columns import DayColumn, ListColumn
from crm.viewsets.list_groups import ChoiceGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin
from crm.years import OperatingYear


class PlanItemListFilterSet(PlanItemFilterSet):
    """The same filter, with a chooser, which copes with thousands."""

    responsible = RecordFilter(label=_("Responsible"), queryset=Contact.objects.all(), widget=ContactFilterWidget)


class YearColumn(ListColumn):
    def get_value(self, item):
        return str(item.year)


class PlanItemIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    add_item_label = _("Add an item")
    title_label = _("What")
    title_sort_key = "what"
    title_width = "40%"

    @cached_property
    def header_more_buttons(self):
        page = Button(_("The plan as a page"), url=reverse("planitem:plan"), icon_name="clipboard-list", priority=4)
        return [*super().header_more_buttons, page]


class PlanItemCreateView(ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        """Of the year and the focus area whose page one comes from, at the end of it."""
        try:
            year = OperatingYear.parse(self.request.GET.get("year", ""))
        except ValueError:
            year = OperatingYear.current()
        item = PlanItem(year=year)
        area = self.request.GET.get("focus_area", "")
        if area in {str(one) for one in FocusArea.values}:
            item.focus_area, item.position = int(area), next_position(year, int(area))
        return item


class PlanItemEditView(ReturningMixin, RegisterEditView):
    pass


class PlanMixin(WagtailAdminTemplateMixin):
    page_title = _("Activity plan")
    header_icon = "clipboard-list"

    def dispatch(self, request, *args, **kwargs):
        if not may_view(request.user, PlanItem):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def year(self):
        try:
            year = OperatingYear(self.kwargs["start"]) if "start" in self.kwargs else self.default_year
        except ValueError:
            raise Http404 from None
        if not 1900 <= year.start < 2100:
            raise Http404
        return year

    @property
    def default_year(self):
        """This one, or the latest that has a plan while nobody has written this year's."""
        years = plan_years()
        return OperatingYear.current() if OperatingYear.current() in years or not years else years[0]


class PlanView(PlanMixin, TemplateView):
    template_name = "admin/register/plan.html"

    def get_page_subtitle(self):
        return str(self.year)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title, "sublabel": str(self.year)}]

    @cached_property
    def header_buttons(self):
        if not may(self.request.user, "add", PlanItem):
            return []
        return [HeaderButton(gettext("Add an item"), url=self.add_url(), icon_name="plus")]

    @cached_property
    def header_more_buttons(self):
        return [Button(gettext("As a list"), url=f"{reverse('planitem:index')}?year={self.year}", icon_name="list-ul", priority=5)]

    @property
    def own_url(self):
        return reverse("planitem:plan", args=[self.year.start])

    def add_url(self, area=None):
        chosen = f"&focus_area={area.value}" if area else ""
        return f"{reverse('planitem:add')}?year={self.year}{chosen}&next={self.own_url}"

    def get_context_data(self, **kwargs):
        user = self.request.user
        plan = plan_of(self.year, timezone.localdate())
        sees = {model: may_view(user, model) for model in (Activity, Project, Contact)}
        for item in plan.items:
            item.edit_url = f"{reverse('planitem:edit', args=[item.pk])}?next={self.own_url}"
            item.shown_links = [link for link in item.fulfilled_by if sees[Activity if link.activity_id else Project]]
            for link in item.shown_links:
                record = link.activity or link.project
                link.url = page_url_for(user, type(record), record.pk)
        for area in plan.areas:
            area.add_url = self.add_url(area.area)
        years = plan_years()
        return super().get_context_data(
            plan=plan,
            may_see_people=sees[Contact],
            may_add=may(user, "add", PlanItem),
            may_change=may(user, "change", PlanItem),
            states=PlanItem.State.choices,
            years=[(str(year), reverse("planitem:plan", args=[year.start]), year == self.year) for year in self.shown_years(years)],
            copied_from=next((year for year in years if year < self.year), None),
            **kwargs,
        )

    def shown_years(self, years):
        """Those with a plan, this year, the one to come, and the one that is looked at."""
        current = OperatingYear.current()
        return sorted({*years, current, OperatingYear(current.start + 1), self.year}, reverse=True)


class StateView(PlanMixin, View):
    """Says of one item how far it has come, where it stands on the page."""

    def post(self, request, pk):
        if not may(request.user, "change", PlanItem):
            raise PermissionDenied
        item = get_object_or_404(PlanItem, pk=min(pk, LARGEST_NUMBER))
        state = request.POST.get("state")
        if state not in PlanItem.State.values:
            raise Http404
        if item.state != state:
            with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
                set_state(item, state, acting_user=request.user)
                buttons = buttons_to_undo_this(request.user)
            words = {"what": Truncator(item.what).chars(60), "state": item.get_state_display()}
            messages.success(request, gettext("“%(what)s”: %(state)s.") % words, buttons=buttons)
        return HttpResponseRedirect(f"{reverse('planitem:plan', args=[item.year.start])}#item-{item.pk}")


class CopyView(PlanMixin, View):
    """Begins the year's plan with what is open in the latest one before it."""

    def post(self, request, start):
        if not may(request.user, "add", PlanItem):
            raise PermissionDenied
        source = next((year for year in plan_years() if year < self.year), None)
        if source is None:
            raise Http404
        try:
            with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
                with_done = "with_done" in request.POST
                copied = copy_plan(source, self.year, acting_user=request.user, with_done=with_done)
                buttons = buttons_to_undo_this(request.user)
        except RegisterError as error:
            messages.warning(request, str(error))
        else:
            sentence = ngettext("%(number)d item is copied from %(year)s.", "%(number)d items are copied from %(year)s.", len(copied))
            messages.success(request, sentence % {"number": len(copied), "year": source}, buttons=buttons)
        return redirect("planitem:plan", self.year.start)


class PlanItemViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = PlanItem
    icon = "clipboard-list"
    menu_label = _("Activity plan")
    menu_order = 442
    index_view_class = PlanItemIndexView
    add_view_class = PlanItemCreateView
    edit_view_class = PlanItemEditView
    filterset_class = PlanItemListFilterSet
    import_kind = "plan_items"
    exportable_class = PlanItemExport
    list_display = [
        YearColumn("year", label=_("Operating year"), sort_key="year"),
        ListColumn("focus_area", label=_("Focus area"), accessor="get_focus_area_display", sort_key="focus_area"),
        ListColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        DayColumn("target_day", label=_("To be done by"), sort_key="target_day", may_be_missing=True),
        ListColumn("responsible", label=_("Responsible"), related=["responsible"], sort_key="responsible__sort_key"),
    ]
    more_columns = [
        ListColumn("why", label=_("Why")),
        ListColumn("how", label=_("How")),
        ListColumn("outcome", label=_("Outcome")),
    ]
    groupings = [
        ChoiceGrouping("state", _("State"), PlanItem.State.choices, "state"),
    ]
    panels = [
        FieldRowPanel([FieldPanel("year"), FieldPanel("focus_area")]),
        FieldPanel("what"),
        FieldPanel("why"),
        FieldPanel("how"),
        FieldRowPanel([FieldPanel("state"), FieldPanel("target_day")]),
        FieldPanel("responsible"),
        FieldPanel("outcome"),
        FieldPanel("position"),
        LinesPanel(
            "links",
            heading=_("What fulfils it"),
            label=_("activity or project"),
            panels=[FieldRowPanel([FieldPanel("activity"), FieldPanel("project")])],
        ),
    ]

    def get_menu_item(self, order=None):
        """The page of the year: the list is one step from it."""
        item = super().get_menu_item(order)
        item.url = reverse("planitem:plan")
        return item

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("plan/", PlanView.as_view(), name="plan"),
            path("plan/<int:start>/", PlanView.as_view(), name="plan"),
            path("plan/<int:start>/copy/", CopyView.as_view(), name="copy_plan"),
            path("state/<int:pk>/", StateView.as_view(), name="set_state"),
        ]
