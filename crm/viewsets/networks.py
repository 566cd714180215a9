from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel

from crm.exporting import NetworkExport
from crm.filters.networks import NetworkFilterSet
from crm.models import Activity, Network, Seat
from crm.viewsets.base import ArchivableViewSet, RegisterIndexView
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn
from crm.viewsets.list_groups import ChoiceGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin


def seat_count(day):
    # A subquery, not a count over a join: that groups, and Django leaves a model's own order out of what is grouped.
    held = Seat.objects.on(day or timezone.localdate()).filter(network=OuterRef("pk")).order_by()
    return Coalesce(Subquery(held.values("network").annotate(seats=Count("pk")).values("seats")), 0)


def last_activity(day):
    held = Activity.objects.active().filter(network=OuterRef("pk"), day__lte=day or timezone.localdate())
    return Subquery(held.order_by("-day").values("day")[:1])


class NetworkIndexView(ListOptionsMixin, RegisterIndexView):
    pass


class NetworkViewSet(ListOptionsViewSetMixin, ArchivableViewSet):
    model = Network
    icon = "link"
    menu_label = _("Networks")
    menu_order = 400
    index_view_class = NetworkIndexView
    filterset_class = NetworkFilterSet
    import_kind = "networks"
    exportable_class = NetworkExport
    list_display = [
        ListColumn("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        NumberColumn("seats", label=_("Seats"), annotation=seat_count, stored_as="current_seats", sort_key="current_seats", has_total=True),
    ]
    more_columns = [
        ListColumn("description", label=_("Description")),
        DayColumn("last_activity", label=_("Last activity"), annotation=last_activity, sort_key="last_activity"),
    ]
    groupings = [ChoiceGrouping("kind", _("Kind"), Network.Kind.choices, "kind")]
    panels = [
        FieldPanel("name"),
        FieldPanel("kind"),
        FieldPanel("expected_at_members"),
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
