from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList

from crm.exporting import EvidenceExport
from crm.filters.evidence import EvidenceFilterSet
from crm.forms.evidence import EvidenceForm
from crm.models import Activity, Evidence, Indicator, Project
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.costs import DocumentColumn
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, LinkColumn, ListColumn, NumberColumn
from crm.viewsets.list_groups import RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin


class EvidenceIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    title_label = _("What shows it")
    title_sort_key = "what"
    title_width = "30%"
    add_item_label = _("Add evidence")

    def order_queryset(self, queryset):
        return super().order_queryset(queryset) if self.ordering or self.grouping else queryset.newest_first()


class EvidenceCreateView(ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        indicator, activity = self.record_of("indicator", Indicator), self.record_of("activity", Activity)
        project = (indicator or activity).project if indicator or activity else self.record_of("project", Project)
        return Evidence(project=project, indicator=indicator, activity=activity, day=activity.day if activity else timezone.localdate())

    def save_instance(self):
        self.form.instance.added_by = self.request.user
        return super().save_instance()


class EvidenceEditView(ReturningMixin, RegisterEditView):
    pass


class EvidenceViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = Evidence
    icon = "doc-full"
    menu_label = _("Evidence")
    menu_order = 417
    index_view_class = EvidenceIndexView
    add_view_class = EvidenceCreateView
    edit_view_class = EvidenceEditView
    filterset_class = EvidenceFilterSet
    import_kind = "project_evidence"
    exportable_class = EvidenceExport
    list_display = [
        ListColumn("project", label=_("Project"), related=["project"], sort_key="project__sort_key"),
        ListColumn("indicator", label=_("Indicator"), related=["indicator"], sort_key="indicator__name"),
        DayColumn("day", label=_("Day"), sort_key="day"),
        NumberColumn("value", label=_("Reached"), sort_key="value", may_be_missing=True),
        DocumentColumn("document", label=_("Document of the project"), related=["document"], sort_key="document__title"),
    ]
    more_columns = [
        ListColumn("activity", label=_("Activity"), related=["activity"], sort_key="activity__sort_key"),
        LinkColumn("link", label=_("Link")),
        ListColumn("added_by", label=_("Added by"), related=["added_by"]),
    ]
    groupings = [RecordGrouping("project", _("Project"), Project, "project", "project__sort_key")]
    edit_handler = ObjectList(
        [
            FieldPanel("project"),
            FieldRowPanel([FieldPanel("indicator"), FieldPanel("activity")]),
            FieldRowPanel([FieldPanel("day"), FieldPanel("value")]),
            FieldPanel("what"),
            FieldRowPanel([FieldPanel("document"), FieldPanel("file")]),
            FieldPanel("link"),
        ],
        base_form_class=EvidenceForm,
    )
