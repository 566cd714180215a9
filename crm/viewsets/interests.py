from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from crm.exporting import InterestExport
from crm.filters.choices import RecordFilter
from crm.filters.interests import InterestFilterSet
from crm.models import Contact, Interest, Municipality, Organisation, Project
from crm.viewsets.base import RegisterCreateView, RegisterEditView, RegisterIndexView, RegisterViewSet
from crm.viewsets.filter_widgets import ContactFilterWidget, OrganisationFilterWidget
from crm.viewsets.holdings import LinkedColumn
from crm.viewsets.initial import AddressMixin
from crm.viewsets.list_columns import DayColumn, ListColumn
from crm.viewsets.list_groups import RecordGrouping, SubregionGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin
from crm.viewsets.returning import ReturningListMixin, ReturningMixin


class InterestListFilterSet(InterestFilterSet):
    """The same filter, with choosers, which cope with thousands."""

    organisation = RecordFilter(label=_("Organisation"), queryset=Organisation.objects.all(), widget=OrganisationFilterWidget)
    contact = RecordFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=ContactFilterWidget)


class InterestIndexView(ReturningListMixin, ListOptionsMixin, RegisterIndexView):
    title_label = _("Organisation")
    title_sort_key = "organisation__sort_key"
    title_width = "32%"

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("organisation", "contact", "project").order_by("organisation__sort_key")


class InterestCreateView(ReturningMixin, AddressMixin, RegisterCreateView):
    def instance_from_address(self):
        return Interest(
            project=self.record_of("project", Project),
            organisation=self.record_of("organisation", Organisation),
            contact=self.record_of("contact", Contact),
            day=self.day_of("day") or timezone.localdate(),
        )


class InterestEditView(ReturningMixin, RegisterEditView):
    pass


class InterestViewSet(ListOptionsViewSetMixin, RegisterViewSet):
    model = Interest
    icon = "pick"
    menu_label = _("Interests in projects")
    menu_order = 412
    index_view_class = InterestIndexView
    add_view_class = InterestCreateView
    edit_view_class = InterestEditView
    filterset_class = InterestListFilterSet
    import_kind = "interests"
    exportable_class = InterestExport
    list_display = [
        LinkedColumn("project", label=_("Project"), sort_key="project__sort_key"),
        ListColumn(
            "municipality",
            label=_("Municipality"),
            accessor="organisation.municipality",
            related=["organisation__municipality"],
            sort_key="organisation__municipality__sort_key",
        ),
        DayColumn("day", label=_("Day"), sort_key="day", may_be_missing=True),
        LinkedColumn("contact", label=_("Contact"), sort_key="contact__sort_key"),
    ]
    more_columns = [
        LinkedColumn("organisation", label=_("Organisation"), sort_key="organisation__sort_key"),
        ListColumn("number", label=_("Organisation number"), accessor="organisation.organisation_number"),
        ListColumn(
            "subregion",
            label=_("Sub-region"),
            accessor="organisation.municipality.subregion",
            related=["organisation__municipality"],
            sort_key="organisation__municipality__subregion",
        ),
        ListColumn("note", label=_("Note"), sort_key="note"),
    ]
    groupings = [
        RecordGrouping("project", _("Project"), Project, "project", "project__sort_key"),
        RecordGrouping(
            "municipality",
            _("Municipality"),
            Municipality,
            "organisation__municipality",
            "organisation__municipality__sort_key",
        ),
        SubregionGrouping("subregion", _("Sub-region"), "organisation__municipality__subregion"),
    ]
    panels = [
        FieldRowPanel([FieldPanel("project"), FieldPanel("organisation")]),
        FieldRowPanel([FieldPanel("contact"), FieldPanel("day")]),
        FieldPanel("note"),
    ]
