from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button

from crm.exporting import ActivityExport
from crm.filters.activities import ActivityFilterSet
from crm.filters.choices import RecordFilter
from crm.forms.activities import ActivityForm
from crm.forms.lines import LinesPanel
from crm.models import Activity, Contact, Network, Organisation, Participation, Project
from crm.services.activities import add_next_step
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.initial import AddressMixin
from crm.viewsets.meetings import MeetingViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin

# Of those who took part, in a cell of the list.
MOST_NAMED = 4


class ActivityListFilterSet(ActivityFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    organisation = RecordFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="by_participant", widget=OrganisationFilterWidget
    )
    contact = RecordFilter(label=_("Contact"), queryset=Contact.objects.all(), method="by_participant", widget=ContactFilterWidget)


class ParticipantsColumn(Column):
    """Who took part, a line for each; of many, the first and how many more."""

    def get_value(self, activity):
        taking_part = list(activity.participations.all())
        names = [(str(one),) for one in taking_part[:MOST_NAMED]]
        if more := len(taking_part) - len(names):
            names.append((ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more},))
        if activity.head_count:
            names.append((ngettext("%(number)s person", "%(number)s persons", activity.head_count) % {"number": activity.head_count},))
        return format_html_join(mark_safe("<br>"), "{}", names)


class ActivityIndexView(ReturningListMixin, RegisterIndexView):
    title_label = _("Subject")
    title_width = "30%"

    def get_base_queryset(self):
        participations = Participation.objects.select_related("contact", "organisation")
        return super().get_base_queryset().select_related("network", "project").prefetch_related(Prefetch("participations", participations))

    def order_queryset(self, queryset):
        # Newest first to the end: of one day, the latest hour.
        return super().order_queryset(queryset) if self.ordering else queryset.newest_first()


class NextStepMixin:
    def save_instance(self):
        activity = super().save_instance()
        cleaned = self.form.cleaned_data
        if cleaned.get("next_step"):
            add_next_step(activity, what=cleaned["next_step"], due=cleaned.get("next_step_due"), acting_user=self.request.user)
        return activity


class ActivityCreateView(NextStepMixin, ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        activity = Activity(
            kind=self.choice_of("kind"),
            subject=self.text_of("subject"),
            day=self.day_of("day") or timezone.localdate(),
            network=self.record_of("network", Network),
            project=self.record_of("project", Project),
        )
        contact, organisation = self.record_of("contact", Contact), self.record_of("organisation", Organisation)
        if contact or organisation:
            activity.participations = [Participation(contact=contact, organisation=organisation)]
        return activity

    def save_instance(self):
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class ActivityEditView(NextStepMixin, ReturningMixin, RegisterEditView):
    @cached_property
    def header_more_buttons(self):
        url = reverse("activity:meeting", args=[self.object.pk])
        return [*super().header_more_buttons, Button(_("Invitations, attendance and notes"), url=url, icon_name="group", priority=5)]


class ActivityViewSet(MeetingViewSetMixin, ArchivableViewSet):
    model = Activity
    icon = "comment"
    menu_label = _("Activities")
    menu_order = 420
    index_view_class = ActivityIndexView
    add_view_class = ActivityCreateView
    edit_view_class = ActivityEditView
    filterset_class = ActivityListFilterSet
    exportable_class = ActivityExport
    list_display = [
        Column("day", label=_("Day"), sort_key="day"),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        ParticipantsColumn("participants", label=_("Who took part")),
        Column("network", label=_("Network"), sort_key="network__sort_key"),
        Column("project", label=_("Project"), sort_key="project__sort_key"),
    ]
    import_kind = "activities"
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("kind"), FieldPanel("day")]),
            FieldRowPanel([FieldPanel("scope"), FieldPanel("direction")], attrs={"data-only-of": "kind:job_shadowing"}),
            FieldPanel("conference", attrs={"data-only-of": "kind:conference"}),
            FieldPanel("subject", heading=_("Subject")),
            FieldPanel("text"),
            LinesPanel(
                "participations",
                heading=_("Who took part"),
                label=_("participant"),
                panels=[FieldRowPanel([FieldPanel("contact"), FieldPanel("organisation")]), FieldPanel("how")],
            ),
            FieldPanel("head_count"),
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("minutes")]),
            FieldPanel("place"),
            FieldRowPanel([FieldPanel("network"), FieldPanel("project")]),
            FieldRowPanel([FieldPanel("next_step", permission="crm.add_task"), FieldPanel("next_step_due", permission="crm.add_task")]),
        ],
        base_form_class=ActivityForm,
    )
