from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from crm.exporting import RelationshipExport
from crm.filters.choices import RecordFilter
from crm.filters.relationships import RelationshipFilterSet
from crm.models import Organisation, Relationship
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.filter_widgets import OrganisationFilterWidget
from crm.viewsets.holdings import LinkedColumn
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin


class RelationshipListFilterSet(RelationshipFilterSet):
    """The same filter, with a chooser, which copes with thousands."""

    organisation = RecordFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="by_organisation", widget=OrganisationFilterWidget
    )


class RelationshipIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    add_item_label = _("Add a relation")
    title_label = _("Relation")
    title_sort_key = "organisation__sort_key"
    title_width = "40%"

    def get_base_queryset(self):
        relations = super().get_base_queryset().select_related("organisation", "other")
        return relations.order_by("organisation__sort_key", "kind", "other__sort_key")


class RelationshipCreateView(ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return Relationship(
            organisation=self.record_of("organisation", Organisation),
            other=self.record_of("other", Organisation),
            kind=self.choice_of("kind"),
            since=self.day_of("since"),
        )


class RelationshipEditView(ReturningMixin, RegisterEditView):
    pass


class RelationshipViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = Relationship
    icon = "link"
    menu_label = _("Relations")
    menu_order = 205
    index_view_class = RelationshipIndexView
    add_view_class = RelationshipCreateView
    edit_view_class = RelationshipEditView
    filterset_class = RelationshipListFilterSet
    import_kind = "relationships"
    exportable_class = RelationshipExport
    list_display = [
        DayColumn("since", label=_("From"), sort_key="since", may_be_missing=True),
        DayColumn("until", label=_("Until"), sort_key="until", may_be_missing=True),
        ListColumn("note", label=_("Note"), sort_key="note"),
    ]
    more_columns = [
        LinkedColumn("organisation", label=_("Organisation"), sort_key="organisation__sort_key"),
        LinkedColumn("other", label=_("Other organisation"), sort_key="other__sort_key"),
        ListColumn("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        ListColumn(
            "municipality",
            label=_("Municipality"),
            accessor="organisation.municipality",
            related=["organisation__municipality"],
            sort_key="organisation__municipality__sort_key",
        ),
        ListColumn("source", label=_("Source"), sort_key="source"),
    ]
    groupings = [
        ChoiceGrouping("kind", _("Kind"), Relationship.Kind.choices, "kind"),
        RecordGrouping("organisation", _("Organisation"), Organisation, "organisation", "organisation__sort_key"),
        RecordGrouping("other", _("Other organisation"), Organisation, "other", "other__sort_key"),
    ]
    panels = [
        FieldPanel("organisation"),
        FieldPanel("kind"),
        FieldPanel("other"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldPanel("note"),
        FieldPanel("source"),
    ]
