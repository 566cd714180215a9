from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import Column

from crm.filters.networks import NetworkFilterSet
from crm.models import Network
from crm.resources import NetworkResource
from crm.viewsets.base import ArchivableViewSet, RegisterIndexView


class NetworkIndexView(RegisterIndexView):
    def get_base_queryset(self):
        today = timezone.localdate()
        held = (Q(seats__since=None) | Q(seats__since__lte=today)) & (Q(seats__until=None) | Q(seats__until__gte=today))
        return super().get_base_queryset().annotate(current_seats=Count("seats", filter=held))

    def as_spreadsheet(self, queryset, spreadsheet_format):
        """The rows of the file are the seats of the networks in the list."""
        seats = NetworkResource().get_queryset().filter(network__in=queryset.values("pk"))
        return super().as_spreadsheet(seats, spreadsheet_format)


class NetworkViewSet(ArchivableViewSet):
    model = Network
    icon = "link"
    menu_label = _("Networks")
    menu_order = 400
    index_view_class = NetworkIndexView
    filterset_class = NetworkFilterSet
    resource_class = NetworkResource
    list_display = [
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("seats", label=_("Seats today"), accessor="current_seats", sort_key="current_seats"),
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
