from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from crm.exporting import CourseExport
from crm.filters.courses import CourseFilterSet
from crm.models import ChangeSet, Course, Match, Need, Organisation, Project, SeatRequest
from crm.services.ledger import change_set
from crm.services.matching import needs_for
from crm.services.rights import may, may_view
from crm.services.seat_requests import lock_course, next_in_line, settle_state
from crm.training import Area, FocusArea, Level
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn, YesColumn
from crm.viewsets.list_groups import ChoiceGrouping, NumberGrouping, RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.plain_records import PlainRecordListMixin, PlainRecordView, PlainRecordViewSetMixin
from crm.viewsets.record import LeadsToRecordMixin


class LeftColumn(NumberColumn):
    def get_value(self, course):
        return _("no limit") if course.pk and course.left is None else super().get_value(course)


class CourseIndexView(PlainRecordListMixin, ListOptionsMixin, RegisterIndexView):
    title_label = _("Course")
    title_width = "26%"


class CourseCreateView(LeadsToRecordMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return Course(provider=self.record_of("provider", Organisation), project=self.record_of("project", Project))


class CourseEditView(LeadsToRecordMixin, RegisterEditView):
    def form_valid(self, form):
        """Nobody confirms a seat while the number of seats is changed."""
        with change_set(actor=self.request.user, cause=ChangeSet.Cause.EDIT):
            lock_course(self.object.pk)
            taken, seats = form.instance.seats_taken(), form.instance.seats
            if seats is not None and taken > seats:
                form.add_error("seats", _("%(taken)s seats are confirmed already.") % {"taken": taken})
                return self.form_invalid(form)
            return super().form_valid(form)

    def save_instance(self):
        course = super().save_instance()
        if "seats" in self.form.changed_data:
            settle_state(course)
        return course


class CourseView(PlainRecordView):
    template_name = "admin/register/course.html"

    @property
    def facts(self):
        course = self.object
        yield _("State"), course.get_state_display()
        yield _("When"), span(course)
        yield _("Apply by"), date_format(course.apply_by, "SHORT_DATE_FORMAT") if course.apply_by else ""
        yield _("Format"), ", ".join(filter(None, [course.get_format_display(), course.place]))
        yield _("Provider"), self.link(course.provider)
        yield _("Area of education"), course.get_area_display()
        yield _("SeQF level"), course.get_level_display() if course.level else ""
        yield _("Focus area"), course.get_focus_area_display() if course.focus_area else ""
        yield _("Pilot"), _("yes") if course.is_pilot else ""
        yield _("Project"), self.link(course.project)

    def get_context_data(self, **kwargs):
        course, user = self.object, self.request.user
        counted = Course.objects.with_seats().get(pk=course.pk)
        requests = (
            list(course.requests.select_related("organisation", "contact", "participant").first_come())
            if may_view(user, SeatRequest)
            else []
        )
        may_answer = may(user, "change", SeatRequest) and not course.is_archived
        return super().get_context_data(
            counted=counted,
            share=share_of(counted),
            requests=[(request, self.link(request.organisation), self.link(request.contact)) for request in requests],
            may_see_requests=may_view(user, SeatRequest),
            may_answer=may_answer,
            may_add=may(user, "add", SeatRequest) and not course.is_archived,
            next_in_line=next_in_line(course) if may_answer and course.takes_answers else None,
            matches=self.matches(),
            suggestions=needs_for(course) if self.may_match else [],
            may_see_needs=may_view(user, Need),
            **kwargs,
        )

    @property
    def may_match(self):
        is_ahead = Course.objects.ahead(timezone.localdate()).filter(pk=self.object.pk).exists()
        return may(self.request.user, "change", Need) and is_ahead and not self.object.is_archived

    def matches(self):
        if not may_view(self.request.user, Need):
            return []
        found = Match.objects.filter(course=self.object, need__archived_at=None).select_related("need__organisation")
        return [(one, self.link(one.need)) for one in found]


def span(course):
    days = [date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (course.since, course.until)]
    if days[0] == days[1]:
        return days[0]
    return " – ".join(days).strip() if any(days) else ""


def share_of(counted):
    """How many percent of the seats are confirmed, for the bar; None where there is no limit."""
    return None if not counted.seats else min(round(100 * counted.taken / counted.seats), 100)


class RequestsColumn(NumberColumn):
    """A number of seats, leading to the requests."""

    def get_cell_context_data(self, course, parent_context):
        context = super().get_cell_context_data(course, parent_context)
        if course.pk and course.taken and may_view(parent_context["request"].user, SeatRequest):
            url = f"{reverse('seatrequest:index')}?course={course.pk}&state=confirmed"
            context["value"] = format_html('<a href="{}">{}</a>', url, context["value"])
        return context


class CourseViewSet(ListOptionsViewSetMixin, PlainRecordViewSetMixin, ArchivableViewSet):
    model = Course
    icon = "desktop"
    menu_label = _("Campus")
    menu_order = 416
    index_view_class = CourseIndexView
    add_view_class = CourseCreateView
    edit_view_class = CourseEditView
    inspect_view_class = CourseView
    filterset_class = CourseFilterSet
    import_kind = "courses"
    exportable_class = CourseExport
    list_display = [
        ListColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        DayColumn("since", label=_("From"), sort_key="since", may_be_missing=True),
        ListColumn("format", label=_("Format"), accessor="get_format_display", sort_key="format"),
        ListColumn("provider", label=_("Provider"), related=["provider"], sort_key="provider__sort_key"),
        RequestsColumn("taken", label=pgettext_lazy("seats", "Taken"), annotation=Course.taken_of, sort_key="taken", has_total=True),
        LeftColumn("left", label=pgettext_lazy("seats", "Left"), annotation=Course.left_of, sort_key="left"),
    ]
    more_columns = [
        DayColumn("until", label=_("Until"), sort_key="until", may_be_missing=True),
        DayColumn("apply_by", label=_("Apply by"), sort_key="apply_by", may_be_missing=True),
        NumberColumn("seats", label=_("Seats"), sort_key="seats", has_total=True, may_be_missing=True),
        NumberColumn("waiting", label=_("Seats waited for"), annotation=Course.waiting_of, sort_key="waiting", has_total=True),
        ListColumn("area", label=_("Area of education"), accessor="get_area_display", sort_key="area"),
        ListColumn("level", label=_("SeQF level"), accessor="get_level_display", sort_key="level", may_be_missing=True),
        ListColumn("focus_area", label=_("Focus area"), accessor="get_focus_area_display", sort_key="focus_area", may_be_missing=True),
        YesColumn("is_pilot", label=_("Pilot"), sort_key="is_pilot"),
        ListColumn("place", label=_("Place"), sort_key="place"),
        ListColumn("project", label=_("Project"), related=["project"], sort_key="project__sort_key"),
    ]
    groupings = [
        ChoiceGrouping("state", _("State"), Course.State.choices, "state"),
        ChoiceGrouping("area", _("Area of education"), Area.choices, "area"),
        ChoiceGrouping("how", _("Format"), Course.Format.choices, "format"),
        NumberGrouping("level", _("SeQF level"), Level.choices, "level"),
        NumberGrouping("focus_area", _("Focus area"), FocusArea.choices, "focus_area"),
        RecordGrouping("provider", _("Provider"), Organisation, "provider", "provider__sort_key"),
        RecordGrouping("project", _("Project"), Project, "project", "project__sort_key"),
    ]
    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("state"), FieldPanel("is_pilot")]),
        FieldRowPanel([FieldPanel("provider"), FieldPanel("project")]),
        FieldRowPanel([FieldPanel("format"), FieldPanel("place")]),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldRowPanel([FieldPanel("apply_by"), FieldPanel("seats")]),
        FieldRowPanel([FieldPanel("area"), FieldPanel("level")]),
        FieldPanel("focus_area"),
        FieldPanel("description"),
    ]
