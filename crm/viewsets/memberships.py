from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel

from crm.exporting import MembershipExport
from crm.filters.memberships import MembershipFilterSet
from crm.models import Fee, Membership, Municipality
from crm.viewsets.base import ArchivableViewSet, RegisterIndexView
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping, SubregionGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin


def latest_amount(day):
    fees = Fee.objects.begun_by(day) if day else Fee.objects.all()
    return Subquery(fees.filter(membership=OuterRef("pk")).order_by("-year", "pk").values("amount")[:1])


class MembershipIndexView(ListOptionsMixin, RegisterIndexView):
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


class MembershipViewSet(ListOptionsViewSetMixin, ArchivableViewSet):
    model = Membership
    icon = "clipboard-list"
    menu_label = _("Memberships and fees")
    menu_order = 300
    index_view_class = MembershipIndexView
    filterset_class = MembershipFilterSet
    import_kind = "memberships"
    exportable_class = MembershipExport
    list_display = [
        ListColumn("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        DayColumn("since", label=_("Member from"), sort_key="since", may_be_missing=True),
        DayColumn("until", label=_("Member until"), sort_key="until", may_be_missing=True),
        ListColumn("fee", label=_("Latest fee"), accessor="latest_fee"),
    ]
    more_columns = [
        NumberColumn("amount", label=_("Amount of the latest fee"), annotation=latest_amount, sort_key="amount", has_total=True),
        ListColumn(
            "municipality",
            label=_("Municipality"),
            accessor="organisation.municipality",
            related=["organisation__municipality"],
            sort_key="organisation__municipality__sort_key",
            may_be_missing=True,
        ),
        ListColumn("number", label=_("Organisation number"), accessor="organisation.organisation_number"),
    ]
    groupings = [
        ChoiceGrouping("kind", _("Kind"), Membership.Kind.choices, "kind"),
        SubregionGrouping("subregion", _("Sub-region"), "organisation__municipality__subregion"),
        RecordGrouping(
            "municipality", _("Municipality"), Municipality, "organisation__municipality", "organisation__municipality__sort_key"
        ),
    ]
    panels = [
        FieldPanel("organisation"),
        FieldPanel("kind"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldPanel("fee_contact"),
        InlinePanel(
            "fees",
            heading=_("Fees"),
            label=_("fee"),
            panels=[
                FieldRowPanel([FieldPanel("year"), FieldPanel("amount"), FieldPanel("number")]),
                FieldRowPanel([FieldPanel("invoiced_on"), FieldPanel("due_on"), FieldPanel("paid_on")]),
            ],
        ),
    ]
