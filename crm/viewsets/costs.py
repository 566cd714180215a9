from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.utils import set_query_params

from crm.exporting import CostExport
from crm.filters.costs import CostFilterSet
from crm.forms.costs import CostForm
from crm.models import Cost, Project
from crm.services.rights import may_view
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn
from crm.viewsets.list_groups import RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin


class DocumentColumn(ListColumn):
    """The document that proves it, to be downloaded by those who may see the project."""

    cell_template_name = "admin/register/holding_link_cell.html"

    def get_cell_context_data(self, record, parent_context):
        link = record.document or ""
        if link and may_view(parent_context["request"].user, Project):
            link = format_html('<a href="{}">{}</a>', reverse("project:document", args=[record.project_id, link.pk]), link)
        return {**super().get_cell_context_data(record, parent_context), "link": link}


class CostIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    title_label = _("What for")
    title_sort_key = "what"
    title_width = "34%"
    add_item_label = _("Enter a cost")

    def order_queryset(self, queryset):
        return super().order_queryset(queryset) if self.ordering or self.grouping else queryset.newest_first()

    def get_add_url(self):
        """Of a list of one project, a cost of that."""
        url, project = super().get_add_url(), self.request.GET.get("project", "")
        return set_query_params(url, {"project": project}) if url and project else url


class CostCreateView(ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return Cost(project=self.record_of("project", Project), day=self.day_of("day") or timezone.localdate())


class CostEditView(ReturningMixin, RegisterEditView):
    pass


class CostViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = Cost
    icon = "order-up"
    menu_label = _("Costs of projects")
    menu_order = 416
    index_view_class = CostIndexView
    add_view_class = CostCreateView
    edit_view_class = CostEditView
    filterset_class = CostFilterSet
    import_kind = "project_costs"
    exportable_class = CostExport
    list_display = [
        DayColumn("day", label=_("Day"), sort_key="day"),
        ListColumn("project", label=_("Project"), related=["project"], sort_key="project__sort_key"),
        NumberColumn("amount", label=_("Amount (SEK)"), sort_key="amount", has_total=True),
        DayColumn("reported_on", label=_("Reported to the funder"), sort_key="reported_on", may_be_missing=True),
        DocumentColumn("document", label=_("Evidence"), related=["document"], sort_key="document__title"),
    ]
    more_columns = [
        ListColumn("voucher", label=_("Voucher"), sort_key="voucher"),
        NumberColumn("used_so_far", label=_("Used so far (SEK)"), annotation=lambda day: Cost.running_total()),
    ]
    groupings = [RecordGrouping("project", _("Project"), Project, "project", "project__sort_key")]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("project"), FieldPanel("day")]),
            FieldPanel("what"),
            FieldRowPanel([FieldPanel("amount"), FieldPanel("voucher")]),
            FieldPanel("reported_on"),
            FieldRowPanel([FieldPanel("document"), FieldPanel("file")]),
        ],
        base_form_class=CostForm,
    )
