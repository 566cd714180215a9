from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import Column

from crm.filters.memberships import MembershipFilterSet
from crm.models import Membership
from crm.resources import MembershipResource
from crm.viewsets.base import ArchivableViewSet, RegisterIndexView


class MembershipIndexView(RegisterIndexView):
    title_label = _("Organisation")
    title_sort_key = "organisation__sort_key"

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("organisation").prefetch_related("fees")


def latest_fee(membership):
    """ "2017/2018: paid", of the newest year there is a fee for; the fees come prefetched, newest first."""
    fee = next(iter(membership.fees.all()), None)
    return f"{fee.year}: {str(fee.state).lower()}" if fee else ""


class MembershipViewSet(ArchivableViewSet):
    model = Membership
    icon = "clipboard-list"
    menu_label = _("Memberships and fees")
    menu_order = 300
    index_view_class = MembershipIndexView
    filterset_class = MembershipFilterSet
    resource_class = MembershipResource
    list_display = [
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("since", label=_("Member from"), sort_key="since"),
        Column("until", label=_("Member until"), sort_key="until"),
        Column("fee", label=_("Latest fee"), accessor=latest_fee),
    ]
    panels = [
        FieldPanel("organisation"),
        FieldPanel("kind"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        InlinePanel(
            "fees",
            heading=_("Fees"),
            label=_("fee"),
            panels=[
                FieldRowPanel([FieldPanel("year"), FieldPanel("amount")]),
                FieldRowPanel([FieldPanel("invoiced_on"), FieldPanel("due_on"), FieldPanel("paid_on")]),
            ],
        ),
    ]
