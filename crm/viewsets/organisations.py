from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from crm.exporting import OrganisationExport
from crm.filters.organisations import OrganisationFilterSet
from crm.forms.contact_points import ContactPointPanel
from crm.forms.records import ORGANISATION_SPOTS
from crm.forms.tags import TaggedViewSetMixin
from crm.models import ContactPoint, Organisation
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.bulk_edits import BulkEditableIndexMixin, BulkEditableViewSetMixin
from crm.viewsets.columns import PointColumn
from crm.viewsets.list_columns import ListColumn
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.merges import FollowsMergeMixin, MergeableRecordMixin, MergeableViewSetMixin
from crm.viewsets.organisation_columns import ORGANISATION_COLUMNS, ORGANISATION_GROUPINGS
from crm.viewsets.record import LeadsToRecordMixin, RecordListMixin, RecordView, RecordViewSetMixin


class OrganisationIndexView(BulkEditableIndexMixin, RecordListMixin, ListOptionsMixin, RegisterIndexView):
    pass


class OrganisationCreateView(LeadsToRecordMixin, RegisterCreateView):
    pass


class OrganisationEditView(FollowsMergeMixin, LeadsToRecordMixin, RegisterEditView):
    pass


class OrganisationRecordView(FollowsMergeMixin, MergeableRecordMixin, RecordView):
    spots = ORGANISATION_SPOTS


class OrganisationViewSet(
    MergeableViewSetMixin,
    BulkEditableViewSetMixin,
    TaggedViewSetMixin,
    ListOptionsViewSetMixin,
    RecordViewSetMixin,
    ArchivableViewSet,
):
    model = Organisation
    icon = "group"
    menu_label = _("Organisations")
    menu_order = 200
    index_view_class = OrganisationIndexView
    filterset_class = OrganisationFilterSet
    import_kind = "organisations"
    exportable_class = OrganisationExport
    add_view_class = OrganisationCreateView
    edit_view_class = OrganisationEditView
    inspect_view_class = OrganisationRecordView
    list_display = [
        ListColumn("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        ListColumn("municipality", label=_("Municipality"), sort_key="municipality__sort_key", related=["municipality"]),
        ListColumn("parent", label=_("Belongs to"), sort_key="parent__sort_key", related=["parent"]),
        PointColumn("email", ContactPoint.Kind.EMAIL, label=_("E-mail")),
        PointColumn("phone", ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE, label=_("Phone")),
    ]
    more_columns = ORGANISATION_COLUMNS
    groupings = ORGANISATION_GROUPINGS
    panels = [
        FieldPanel("name"),
        FieldPanel("logo"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("organisation_number")]),
        FieldPanel("parent"),
        FieldRowPanel([FieldPanel("municipality"), FieldPanel("country")]),
        ContactPointPanel(heading=_("E-mail and phone"), label=_("address or number")),
        MultiFieldPanel(
            [FieldPanel("website"), FieldPanel("street"), FieldRowPanel([FieldPanel("postcode"), FieldPanel("city")])],
            heading=_("Web site and postal address"),
        ),
        FieldPanel("tag_names"),
        FieldPanel("is_own"),
        FieldPanel("quick_facts"),
        FieldPanel("note"),
    ]
