from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column

from crm.exporting import OrganisationExport
from crm.filters.organisations import OrganisationFilterSet
from crm.forms.contact_points import ContactPointPanel
from crm.models import ContactPoint, Organisation
from crm.viewsets.base import ArchivableViewSet, RegisterIndexView
from crm.viewsets.columns import PointColumn


class OrganisationIndexView(RegisterIndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().for_list()


class OrganisationViewSet(ArchivableViewSet):
    model = Organisation
    icon = "group"
    menu_label = _("Organisations")
    menu_order = 200
    index_view_class = OrganisationIndexView
    filterset_class = OrganisationFilterSet
    import_kind = "organisations"
    exportable_class = OrganisationExport
    list_display = [
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("municipality", label=_("Municipality"), sort_key="municipality__sort_key"),
        Column("parent", label=_("Belongs to"), sort_key="parent__sort_key"),
        PointColumn("email", ContactPoint.Kind.EMAIL, label=_("E-mail")),
        PointColumn("phone", ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE, label=_("Phone")),
    ]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("organisation_number")]),
        FieldPanel("parent"),
        FieldRowPanel([FieldPanel("municipality"), FieldPanel("country")]),
        ContactPointPanel(heading=_("E-mail and phone"), label=_("address or number")),
        MultiFieldPanel(
            [FieldPanel("website"), FieldPanel("street"), FieldRowPanel([FieldPanel("postcode"), FieldPanel("city")])],
            heading=_("Web site and postal address"),
        ),
        FieldPanel("quick_facts"),
        FieldPanel("note"),
    ]
