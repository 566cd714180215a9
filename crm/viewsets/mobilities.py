import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from crm.exporting import MobilityExport
from crm.filters.mobilities import MobilityFilterSet
from crm.models import Contact, Mobility, Organisation, Project
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterIndexView
from crm.viewsets.bulk_edits import BulkEditableIndexMixin, BulkEditableViewSetMixin
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping
from crm.viewsets.list_tables import ListTable
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin


class MobilityListFilterSet(MobilityFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    sending = django_filters.ModelChoiceFilter(
        label=_("Sending partner"), queryset=Organisation.objects.all(), widget=OrganisationFilterWidget
    )
    receiving = django_filters.ModelChoiceFilter(
        label=_("Receiving partner"), queryset=Organisation.objects.all(), widget=OrganisationFilterWidget
    )
    contact = django_filters.ModelChoiceFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=ContactFilterWidget)


class MobilityTable(ListTable):
    most_columns = 8  # a box, a code and a state take less than others


class MobilityIndexView(BulkEditableIndexMixin, ListOptionsMixin, RegisterIndexView):
    table_class = MobilityTable
    title_label = _("Who travels")
    title_sort_key = "participant"
    title_width = "18%"

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("contact")


class MobilityCreateView(AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return Mobility(
            project=self.record_of("project", Project),
            sending=self.record_of("sending", Organisation),
            contact=self.record_of("contact", Contact),
        )


class MobilityViewSet(BulkEditableViewSetMixin, ListOptionsViewSetMixin, ArchivableViewSet):
    model = Mobility
    icon = "globe"
    menu_label = _("Mobilities")
    menu_order = 415
    index_view_class = MobilityIndexView
    add_view_class = MobilityCreateView
    filterset_class = MobilityListFilterSet
    import_kind = "mobilities"
    exportable_class = MobilityExport
    list_display = [
        ListColumn("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        ListColumn("sending", label=_("Sending partner"), related=["sending"], sort_key="sending__sort_key"),
        ListColumn("receiving", label=_("Receiving partner"), related=["receiving"], sort_key="receiving__sort_key"),
        DayColumn("since", label=_("From"), sort_key="since", may_be_missing=True),
        ListColumn("project", label=_("Project"), related=["project"], sort_key="project__sort_key"),
    ]
    more_columns = [
        DayColumn("until", label=_("Until"), sort_key="until", may_be_missing=True),
        ListColumn("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        ListColumn("country", label=_("Country"), accessor="receiving.get_country_display", related=["receiving"]),
        ListColumn("note", label=_("Note")),
    ]
    groupings = [
        ChoiceGrouping("state", _("State"), Mobility.State.choices, "state"),
        RecordGrouping("project", _("Project"), Project, "project", "project__sort_key"),
        RecordGrouping("sending", _("Sending partner"), Organisation, "sending", "sending__sort_key"),
        RecordGrouping("receiving", _("Receiving partner"), Organisation, "receiving", "receiving__sort_key"),
    ]
    panels = [
        FieldRowPanel([FieldPanel("project"), FieldPanel("kind")]),
        FieldRowPanel([FieldPanel("contact"), FieldPanel("participant")]),
        FieldRowPanel([FieldPanel("sending"), FieldPanel("receiving")]),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldPanel("state"),
        FieldPanel("note"),
    ]
