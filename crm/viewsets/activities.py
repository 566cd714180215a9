from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.widgets.button import Button

from crm.exporting import ActivityExport
from crm.figures.activities import people_in
from crm.filters.activities import ActivityFilterSet
from crm.filters.choices import RecordFilter
from crm.forms.activities import ActivityForm
from crm.forms.lines import LinesPanel
from crm.models import Activity, Contact, Network, Organisation, Participation, Project
from crm.services.activities import add_next_step, people
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn, shown_number
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
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


class ParticipantsColumn(ListColumn):
    """Who took part, a line for each; of many, the first and how many more."""

    def get_value(self, activity):
        taking_part = list(activity.participations.all())
        names = [(str(one),) for one in taking_part[:MOST_NAMED]]
        if more := len(taking_part) - len(names):
            names.append((ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more},))
        if activity.head_count:
            names.append((ngettext("%(number)s person", "%(number)s persons", activity.head_count) % {"number": activity.head_count},))
        return format_html_join(mark_safe("<br>"), "{}", names)


def participations(day):
    return Prefetch("participations", Participation.objects.select_related("contact", "organisation"))


class ActivityIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    title_label = _("Subject")
    title_width = "30%"

    def order_queryset(self, queryset):
        if self.ordering:
            return super().order_queryset(queryset)
        # Newest first to the end: of one day, the latest hour.
        found = queryset.newest_first()
        return self.grouping.sorted(found, self.as_of) if self.grouping else found

    @cached_property
    def totals(self):
        """The people of the whole list, nobody twice, however many of its activities somebody took part in."""
        if "people" not in self.chosen_names:
            return super().totals
        listed = Activity.objects.filter(pk__in=self.object_list.order_by().values("pk"))
        return {**super().totals, "people": shown_number(people_in(listed.not_cancelled()))}


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


class ActivityViewSet(MeetingViewSetMixin, ListOptionsViewSetMixin, ArchivableViewSet):
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
        DayColumn("day", label=_("Day"), sort_key="day"),
        ListColumn("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        ParticipantsColumn("participants", label=_("Who took part"), prefetch=participations),
        ListColumn("network", label=_("Network"), sort_key="network__sort_key", related=("network",)),
        ListColumn("project", label=_("Project"), sort_key="project__sort_key", related=("project",)),
    ]
    more_columns = [
        NumberColumn("people", label=_("People"), annotation=lambda day: people(), stored_as="people_count", sort_key="people_count"),
        ListColumn("scope", label=_("Scope"), accessor="get_scope_display", sort_key="scope"),
        ListColumn("direction", label=_("Direction"), accessor="get_direction_display", sort_key="direction"),
        ListColumn("conference", label=_("Which conference"), accessor="get_conference_display", sort_key="conference"),
        ListColumn("place", label=_("Place"), sort_key="place"),
        ListColumn("text", label=_("What was said")),
        ListColumn("created_by", label=_("Logged by"), accessor="created_by.name", related=("created_by",)),
        DayColumn("cancelled_on", label=_("Cancelled"), sort_key="cancelled_on", may_be_missing=True),
    ]
    groupings = [
        ChoiceGrouping("kind", _("Kind"), Activity.Kind.choices, "kind"),
        ChoiceGrouping("scope", _("Scope"), Activity.Scope.choices, "scope"),
        RecordGrouping("project", _("Project"), Project, "project", "project__sort_key"),
        RecordGrouping("network", _("Network"), Network, "network", "network__sort_key"),
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
