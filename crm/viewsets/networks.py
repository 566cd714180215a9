from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import Column

from crm.exporting import NetworkExport
from crm.filters.networks import NetworkFilterSet
from crm.models import Network
from crm.viewsets.base import ArchivableViewSet, RegisterIndexView


class NetworkIndexView(RegisterIndexView):
    def get_base_queryset(self):
        day = self.as_of or timezone.localdate()
        held = (Q(seats__since=None) | Q(seats__since__lte=day)) & (Q(seats__until=None) | Q(seats__until__gte=day))
        return super().get_base_queryset().annotate(current_seats=Count("seats", filter=held))


class NetworkViewSet(ArchivableViewSet):
    model = Network
    icon = "link"
    menu_label = _("Networks")
    menu_order = 400
    index_view_class = NetworkIndexView
    filterset_class = NetworkFilterSet
    import_kind = "networks"
    exportable_class = NetworkExport
    list_display = [
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("seats", label=_("Seats"), accessor="current_seats", sort_key="current_seats"),
    ]
    panels = [
        FieldPanel("name"),
        FieldPanel("kind"),
        FieldPanel("description"),
        InlinePanel(
            "seats",
            heading=_("Seats"),
            label=_("seat"),
            panels=[
                FieldRowPanel([FieldPanel("organisation"), FieldPanel("contact")]),
                FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
            ],
        ),
    ]
