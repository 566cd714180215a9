import django_filters
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from crm.exporting import ProjectExport
from crm.filters.projects import ProjectFilterSet
from crm.forms.lines import LinesPanel
from crm.forms.records import PROJECT_SPOTS
from crm.models import Activity, Contact, Organisation, Partner, Project, ProjectRole
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn, shown_number
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.record import LeadsToRecordMixin, RecordListMixin, RecordView, RecordViewSetMixin


class ProjectListFilterSet(ProjectFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    partner = django_filters.ModelChoiceFilter(
        label=_("Partner"), queryset=Organisation.objects.all(), method="by_partner", widget=OrganisationFilterWidget
    )
    contact = django_filters.ModelChoiceFilter(
        label=_("Contact"), queryset=Contact.objects.all(), method="by_contact", widget=ContactFilterWidget
    )


def number_of(model, counted):
    """Return a function of the day: how many different organisations or people were in the project."""

    def annotation(day):
        held = model.objects.in_projects_on(day or timezone.localdate()).filter(project=OuterRef("pk")).order_by()
        return Coalesce(Subquery(held.values("project").annotate(number=Count(counted, distinct=True)).values("number")), 0)

    return annotation


def activities_by(day):
    return Activity.objects.active().not_cancelled().filter(project=OuterRef("pk"), day__lte=day or timezone.localdate()).order_by()


def activity_count(day):
    return Coalesce(Subquery(activities_by(day).values("project").annotate(number=Count("pk")).values("number")), 0)


def last_activity(day):
    return Subquery(activities_by(day).order_by("-day").values("day")[:1])


class ProjectIndexView(RecordListMixin, ListOptionsMixin, RegisterIndexView):
    title_width = "32%"


class ProjectCreateView(LeadsToRecordMixin, RegisterCreateView):
    pass


class ProjectEditView(LeadsToRecordMixin, RegisterEditView):
    pass


class ProjectRecordView(RecordView):
    spots = PROJECT_SPOTS
    has_as_of = True

    def value_of(self, spot):
        project = self.object
        if spot.key == "when":
            return span(project.since, project.until)
        if spot.key == "budget":
            return f"{shown_number(project.budget)} kr" if project.budget is not None else ""
        return super().value_of(spot)

    @property
    def head_lines(self):
        return [self.object.name] if self.object.short_name else []

    @property
    def linked_facts(self):
        return [(_("Funder"), self.object.funder), (_("Lead organisation"), self.object.lead)]


def span(since, until):
    days = [date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (since, until)]
    return " – ".join(days).strip() if any(days) else ""


class ProjectViewSet(ListOptionsViewSetMixin, RecordViewSetMixin, ArchivableViewSet):
    model = Project
    icon = "clipboard-list"
    menu_label = _("Projects")
    menu_order = 410
    index_view_class = ProjectIndexView
    add_view_class = ProjectCreateView
    edit_view_class = ProjectEditView
    inspect_view_class = ProjectRecordView
    has_qr_code = False
    filterset_class = ProjectListFilterSet
    import_kind = "projects"
    exportable_class = ProjectExport
    list_display = [
        ListColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        ListColumn("funder", label=_("Funder"), related=["funder"], sort_key="funder__sort_key"),
        DayColumn("since", label=_("From"), sort_key="since", may_be_missing=True),
        DayColumn("until", label=_("Until"), sort_key="until", may_be_missing=True),
        NumberColumn(
            "partners",
            label=_("Partners"),
            annotation=number_of(Partner, "organisation"),
            sort_key="partner_count",
            stored_as="partner_count",
        ),
    ]
    more_columns = [
        ListColumn("name", label=_("Full name")),
        ListColumn("programme", label=_("Programme")),
        ListColumn("number", label=_("Project number"), accessor="project_number", sort_key="project_number"),
        ListColumn("lead", label=_("Lead organisation"), related=["lead"], sort_key="lead__sort_key"),
        NumberColumn(
            "budget", label=_("Budget (SEK)"), accessor="budget", stored_as="budget", sort_key="budget", has_total=True, may_be_missing=True
        ),
        NumberColumn("people", label=_("People"), annotation=number_of(ProjectRole, "contact"), sort_key="people", has_total=True),
        NumberColumn(
            "activities",
            label=_("Activities"),
            annotation=activity_count,
            stored_as="activity_count",
            sort_key="activity_count",
            has_total=True,
        ),
        DayColumn("last_activity", label=_("Last activity"), annotation=last_activity, sort_key="last_activity"),
    ]
    groupings = [
        ChoiceGrouping("state", _("State"), Project.State.choices, "state"),
        RecordGrouping("funder", _("Funder"), Organisation, "funder", "funder__sort_key"),
        RecordGrouping("lead", _("Lead organisation"), Organisation, "lead", "lead__sort_key"),
    ]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("short_name"), FieldPanel("state")]),
        FieldRowPanel([FieldPanel("programme"), FieldPanel("project_number")]),
        FieldRowPanel([FieldPanel("funder"), FieldPanel("lead")]),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldRowPanel([FieldPanel("budget"), FieldPanel("granted_places")]),
        FieldPanel("description"),
        LinesPanel(
            "indicators",
            heading=_("Indicators"),
            label=_("indicator"),
            panels=[
                FieldRowPanel([FieldPanel("name"), FieldPanel("counted")]),
                FieldRowPanel([FieldPanel("target"), FieldPanel("needed_percent"), FieldPanel("value")]),
            ],
        ),
        LinesPanel(
            "partners",
            heading=_("Partners"),
            label=_("partner"),
            panels=[
                FieldRowPanel([FieldPanel("organisation"), FieldPanel("kind")]),
                FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
                FieldRowPanel([FieldPanel("places"), FieldPanel("note")]),
            ],
        ),
        LinesPanel(
            "roles",
            heading=_("People"),
            label=_("role in a project"),
            panels=[
                FieldRowPanel([FieldPanel("contact"), FieldPanel("organisation")]),
                FieldPanel("title"),
                FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
            ],
        ),
    ]
