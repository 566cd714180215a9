from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.widgets.button import HeaderButton

from crm.exporting import NetworkExport
from crm.filters.networks import NetworkFilterSet
from crm.forms.records import NETWORK_SPOTS
from crm.models import Activity, Contact, Network, Seat
from crm.services.rights import may_view
from crm.viewsets.base import ArchivableViewSet, RegisterCreateView, RegisterEditView, RegisterIndexView
from crm.viewsets.invitations import CallView
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn
from crm.viewsets.list_groups import ChoiceGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.record import LeadsToRecordMixin, RecordListMixin, RecordView, RecordViewSetMixin


def seat_count(day):
    # A subquery, not a count over a join: that groups, and Django leaves a model's own order out of what is grouped.
    held = Seat.objects.on(day or timezone.localdate()).filter(network=OuterRef("pk")).order_by()
    return Coalesce(Subquery(held.values("network").annotate(seats=Count("pk")).values("seats")), 0)


def last_activity(day):
    held = Activity.objects.active().not_cancelled().filter(network=OuterRef("pk"), day__lte=day or timezone.localdate())
    return Subquery(held.order_by("-day").values("day")[:1])


class NetworkIndexView(RecordListMixin, ListOptionsMixin, RegisterIndexView):
    pass


class NetworkCreateView(LeadsToRecordMixin, RegisterCreateView):
    pass


class NetworkEditView(LeadsToRecordMixin, RegisterEditView):
    pass


class NetworkRecordView(RecordView):
    spots = NETWORK_SPOTS
    has_as_of = True

    @cached_property
    def header_buttons(self):
        user, network = self.request.user, self.object
        if network.is_archived or not user.has_perm("crm.add_activity") or not may_view(user, Contact):
            return super().header_buttons
        url = reverse("network:call", args=[network.pk])
        return [*super().header_buttons, HeaderButton(_("Call a meeting"), url=url, icon_name="mail")]

    def url_from_here(self, model, pk):
        return reverse("activity:meeting", args=[pk]) if model is Activity else super().url_from_here(model, pk)

    @property
    def head_lines(self):
        return [self.object.get_kind_display()]


class NetworkViewSet(ListOptionsViewSetMixin, RecordViewSetMixin, ArchivableViewSet):
    model = Network
    icon = "link"
    menu_label = _("Networks")
    menu_order = 400
    index_view_class = NetworkIndexView
    add_view_class = NetworkCreateView
    edit_view_class = NetworkEditView
    inspect_view_class = NetworkRecordView
    has_qr_code = False
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

    def get_urlpatterns(self):
        call = path(f"call/<{self.pk_path_converter}:pk>/", self.construct_view(CallView, header_icon="mail"), name="call")
        return [*super().get_urlpatterns(), call]
