from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from crm.exceptions import RegisterError
from crm.exporting import NeedExport
from crm.filters.choices import RecordFilter
from crm.filters.needs import NeedFilterSet
from crm.forms.lines import LinesPanel
from crm.models import Activity, ChangeSet, Contact, Course, Match, Municipality, Need, Organisation
from crm.services.ledger import change_set
from crm.services.matching import courses_for
from crm.services.needs import add_company, assign_company, companies_like, contact_with, match_need
from crm.services.rights import may
from crm.training import Area, Level, Sector
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.history import LARGEST_NUMBER, buttons_to_undo_this
from crm.viewsets.holdings import LinkedColumn
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn
from crm.viewsets.list_groups import ChoiceGrouping, NumberGrouping, RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.plain_records import PlainRecordListMixin, PlainRecordView, PlainRecordViewSetMixin
from crm.viewsets.record import LeadsToRecordMixin


class NeedListFilterSet(NeedFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    organisation = RecordFilter(label=_("Company"), queryset=Organisation.objects.all(), widget=OrganisationFilterWidget)
    contact = RecordFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=ContactFilterWidget)


def matches_of(day):
    counted = Match.objects.filter(need=OuterRef("pk")).order_by().values("need").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


class NeedIndexView(PlainRecordListMixin, ListOptionsMixin, RegisterIndexView):
    title_label = _("Need")
    title_width = "30%"

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("organisation", "contact")


class NeedCreateView(LeadsToRecordMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return Need(
            organisation=self.record_of("organisation", Organisation),
            contact=self.record_of("contact", Contact),
            activity=self.record_of("activity", Activity),
            source=self.choice_of("source"),
            received_on=self.day_of("received_on") or timezone.localdate(),
        )


class NeedEditView(LeadsToRecordMixin, RegisterEditView):
    pass


class NeedView(PlainRecordView):
    template_name = "admin/register/need.html"

    @property
    def facts(self):
        need = self.object
        yield _("Company"), self.link(need.organisation) or need.company_name
        yield _("Organisation number"), need.company_number if not need.organisation else ""
        yield _("Municipality"), str(need.whose_municipality or "")
        yield _("Contact"), self.link(need.contact) or need.contact_name
        yield _("E-mail, as written"), need.contact_email if not need.contact else ""
        yield _("Phone, as written"), need.contact_phone if not need.contact else ""
        yield _("State"), need.get_state_display()
        yield _("Area of education"), need.get_area_display()
        yield _("Sector"), need.get_sector_display() if need.sector else ""
        yield _("SeQF level"), need.get_level_display() if need.level else ""
        yield _("People"), str(need.people or "")
        yield _("When"), need.period
        yield _("Other words for it"), need.as_said
        yield _("Source"), need.get_source_display()
        yield _("Received"), date_format(need.received_on, "SHORT_DATE_FORMAT")
        yield _("Activity"), self.link(need.activity)
        yield _("Number of the answer"), need.answer_id

    def get_context_data(self, **kwargs):
        need, user = self.object, self.request.user
        may_change = self.user_has_permission("change") and not need.is_archived
        may_see_courses = may(user, "view", Course) or may(user, "change", Course)
        is_unknown = need.organisation is None
        return super().get_context_data(
            matches=[(one, self.link(one.course)) for one in need.matches.select_related("course__provider")],
            suggestions=courses_for(need) if may_see_courses and may_change and need.state in Need.TO_MEET else [],
            may_match=may_change,
            is_unknown=is_unknown,
            candidates=[(one, self.link(one)) for one in companies_like(need)] if is_unknown and may_change else [],
            may_add_company=is_unknown and may_change and may(user, "add", Organisation),
            known_contact=contact_with(need.contact_email) if need.contact is None and need.contact_email else None,
            **kwargs,
        )


class NeedActionView(View):
    """Does something with a need, in a change set that the message offers to undo, and goes back to its page."""

    def post(self, request, pk):
        if not may(request.user, "change", Need):
            raise PermissionDenied
        need = get_object_or_404(Need.objects.select_related("organisation", "municipality"), pk=min(pk, LARGEST_NUMBER))
        back = reverse("need:inspect", args=[need.pk])
        with change_set(actor=request.user, cause=ChangeSet.Cause.EDIT):
            try:
                done = self.do(need)
            except RegisterError as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(back)
            buttons = buttons_to_undo_this(request.user)
        messages.success(request, done, buttons=buttons)
        return HttpResponseRedirect((request.POST.get("back") == "course" and self.course_url) or back)

    course_url = ""

    def record(self, model, name):
        number = self.request.POST.get(name, "")
        if not number.isdecimal() or len(number) > 18:
            raise RegisterError(gettext("Choose what it is about."))
        return get_object_or_404(model, pk=number)


class MatchView(NeedActionView):
    def do(self, need):
        course = self.record(Course, "course")
        match_need(need, course, acting_user=self.request.user)
        self.course_url = reverse("course:inspect", args=[course.pk])
        return gettext("%(course)s is proposed to %(company)s.") % {"course": course, "company": need.company}


class CompanyView(NeedActionView):
    """Says which company it is: one of the register, or a new one."""

    def do(self, need):
        if "new" in self.request.POST:
            if not may(self.request.user, "add", Organisation):
                raise PermissionDenied
            if need.organisation is not None:
                raise RegisterError(gettext("Somebody else has just found out whose need it is."))
            company = add_company(need, acting_user=self.request.user)
            return gettext("%(company)s is in the register now.") % {"company": company}
        company = self.record(Organisation.objects.active(), "organisation")
        assign_company(need, company, acting_user=self.request.user)
        return gettext("The need is one of %(company)s.") % {"company": company}


class NeedViewSet(ListOptionsViewSetMixin, PlainRecordViewSetMixin, ArchivableViewSet):
    model = Need
    icon = "help"
    menu_label = _("Training needs")
    menu_order = 418
    index_view_class = NeedIndexView
    add_view_class = NeedCreateView
    edit_view_class = NeedEditView
    inspect_view_class = NeedView
    filterset_class = NeedListFilterSet
    import_kind = "needs"
    exportable_class = NeedExport
    list_display = [
        ListColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        ListColumn("level", label=_("SeQF level"), accessor="level", sort_key="level", may_be_missing=True),
        NumberColumn("people", label=_("People"), sort_key="people", has_total=True, may_be_missing=True),
        ListColumn("when", label=_("When"), accessor="shortly", sort_key="since", may_be_missing=True),
        ListColumn("source", label=_("Source"), accessor="get_source_display", sort_key="source"),
        DayColumn("received_on", label=_("Received"), sort_key="received_on"),
    ]
    more_columns = [
        LinkedColumn("organisation", label=_("Company"), sort_key="organisation__sort_key"),
        LinkedColumn("contact", label=_("Contact"), sort_key="contact__sort_key"),
        ListColumn("area", label=_("Area of education"), accessor="get_area_display", sort_key="area"),
        ListColumn("sector", label=_("Sector"), accessor="get_sector_display", sort_key="sector"),
        ListColumn(
            "municipality",
            label=_("Municipality"),
            accessor="whose_municipality",
            related=["municipality", "organisation__municipality"],
            sort_key="municipality__sort_key",
        ),
        ListColumn("text", label=_("What is needed")),
        NumberColumn("matched", label=_("Matched to courses"), annotation=matches_of, sort_key="matched"),
        DayColumn("since", label=_("From"), sort_key="since", may_be_missing=True),
        DayColumn("until", label=_("Until"), sort_key="until", may_be_missing=True),
        ListColumn("answer_id", label=_("Number of the answer"), sort_key="answer_id"),
    ]
    groupings = [
        ChoiceGrouping("state", _("State"), Need.State.choices, "state"),
        ChoiceGrouping("area", _("Area of education"), Area.choices, "area"),
        ChoiceGrouping("sector", _("Sector"), Sector.choices, "sector"),
        NumberGrouping("level", _("SeQF level"), Level.choices, "level"),
        ChoiceGrouping("source", _("Source"), Need.Source.choices, "source"),
        RecordGrouping("organisation", _("Company"), Organisation, "organisation", "organisation__sort_key"),
        RecordGrouping(
            "municipality",
            _("Municipality"),
            Municipality,
            lambda day: Coalesce("municipality", "organisation__municipality"),
            lambda day: Coalesce("municipality__sort_key", "organisation__municipality__sort_key"),
        ),
    ]
    panels = [
        FieldRowPanel([FieldPanel("organisation"), FieldPanel("contact")]),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("area"), FieldPanel("level")]),
        FieldRowPanel([FieldPanel("sector"), FieldPanel("people")]),
        FieldPanel("when"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldRowPanel([FieldPanel("state"), FieldPanel("source")]),
        FieldRowPanel([FieldPanel("received_on"), FieldPanel("activity")]),
        LinesPanel(
            "matches",
            heading=_("Matched to courses"),
            label=pgettext_lazy("line", "match"),
            panels=[
                FieldRowPanel([FieldPanel("course"), FieldPanel("state")]),
                FieldRowPanel([FieldPanel("matched_on"), FieldPanel("note")]),
            ],
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("company_name"), FieldPanel("company_number")]),
                FieldPanel("municipality"),
                FieldRowPanel([FieldPanel("contact_name"), FieldPanel("contact_email")]),
                FieldRowPanel([FieldPanel("contact_phone"), FieldPanel("answer_id")]),
                FieldPanel("as_said"),
            ],
            heading=_("As it was written"),
            classname="collapsed",
        ),
    ]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("match/<int:pk>/", MatchView.as_view(), name="match"),
            path("company/<int:pk>/", CompanyView.as_view(), name="company"),
        ]
