from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import Column

from crm.exporting import MembershipExport
from crm.filters.memberships import MembershipFilterSet
from crm.models import Fee, Membership
from crm.viewsets.base import ArchivableViewSet, RegisterIndexView


class MembershipIndexView(RegisterIndexView):
    title_label = _("Organisation")
    title_sort_key = "organisation__sort_key"

    def get_base_queryset(self):
        fees = Fee.objects.begun_by(self.as_of) if self.as_of else Fee.objects.all()
        return super().get_base_queryset().select_related("organisation").prefetch_related(Prefetch("fees", fees))

    def get_table(self, object_list):
        for membership in object_list:
            membership.latest_fee = latest_fee(membership, self.as_of)
        return super().get_table(object_list)


def latest_fee(membership, day):
    """ "2017/2018: paid", of the newest year there is a fee for; the fees come prefetched, newest first."""
    fee = next(iter(membership.fees.all()), None)
    state = fee and (fee.state_on(day) if day else fee.state)
    return f"{fee.year}: {str(state).lower()}" if fee else ""


class MembershipViewSet(ArchivableViewSet):
    model = Membership
    icon = "clipboard-list"
    menu_label = _("Memberships and fees")
    menu_order = 300
    index_view_class = MembershipIndexView
    filterset_class = MembershipFilterSet
    import_kind = "memberships"
    exportable_class = MembershipExport
    list_display = [
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("since", label=_("Member from"), sort_key="since"),
        Column("until", label=_("Member until"), sort_key="until"),
        Column("fee", label=_("Latest fee"), accessor="latest_fee"),
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
