from urllib.parse import urlencode

from django.db.models import DecimalField, ExpressionWrapper, F
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.widgets.button import Button

from crm.exporting import LicenceExport
from crm.filters.licences import LicenceFilterSet
from crm.models import Holding, Licence, Organisation
from crm.services.rights import may_view
from crm.viewsets.base import ArchivableViewSet, RegisterEditView, RegisterIndexView
from crm.viewsets.list_columns import DayColumn, ListColumn, NumberColumn, shown_number
from crm.viewsets.list_groups import ChoiceGrouping, RecordGrouping
from crm.viewsets.list_views import ListOptionsMixin, ListOptionsViewSetMixin

MONEY = DecimalField(max_digits=12, decimal_places=2)


def holders_url(licence, day=None):
    """The list of those who hold a licence on a day."""
    return f"{reverse('holding:index')}?{urlencode({'licence': licence.pk} | ({'on': day} if day else {}))}"


def value_in_use(day):
    return ExpressionWrapper(F("value") * Licence.held_on(day), output_field=MONEY)


class HeldColumn(NumberColumn):
    """The number of seats that are held, leading to who holds them."""

    def get_value(self, licence):
        number = super().get_value(licence)
        url = getattr(licence, "holders_url", "")
        return format_html('<a href="{}">{}</a>', url, number) if url else number


class FreeColumn(NumberColumn):
    def get_value(self, licence):
        if licence.free is None:
            return _("no limit")
        if licence.free < 0:
            too_few = _("%(number)s too few") % {"number": shown_number(-licence.free)}
            return format_html('<strong class="licence-over">{}</strong>', too_few)
        return super().get_value(licence)


class LicenceIndexView(ListOptionsMixin, RegisterIndexView):
    def get_table(self, object_list):
        if may_view(self.request.user, Holding):
            for licence in object_list:
                licence.holders_url = holders_url(licence, self.as_of) if licence.pk else ""
        return super().get_table(object_list)


class LicenceEditView(RegisterEditView):
    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if may_view(self.request.user, Holding):
            buttons = [Button(gettext("Who holds it"), url=holders_url(self.object), icon_name="group", priority=5), *buttons]
        return buttons


class LicenceViewSet(ListOptionsViewSetMixin, ArchivableViewSet):
    model = Licence
    icon = "lock"
    menu_label = _("Licences")
    menu_order = 430
    index_view_class = LicenceIndexView
    edit_view_class = LicenceEditView
    filterset_class = LicenceFilterSet
    import_kind = "licences"
    exportable_class = LicenceExport
    list_display = [
        ListColumn("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        NumberColumn("seats", label=_("Seats"), sort_key="seats", has_total=True, may_be_missing=True),
        HeldColumn("held", label=_("Held"), annotation=Licence.held_on, sort_key="held", has_total=True),
        FreeColumn("free", label=_("Free"), annotation=Licence.free_on, sort_key="free"),
        DayColumn("until", label=_("Agreement until"), sort_key="until", may_be_missing=True),
    ]
    more_columns = [
        ListColumn("supplier", label=_("Supplier"), related=["supplier"], sort_key="supplier__sort_key"),
        DayColumn("since", label=_("Agreement from"), sort_key="since", may_be_missing=True),
        NumberColumn("price", label=_("Price (SEK)"), sort_key="price", may_be_missing=True),
        NumberColumn("value", label=_("Value (SEK)"), sort_key="value", may_be_missing=True),
        NumberColumn(
            "value_in_use", label=_("Value of what is held (SEK)"), annotation=value_in_use, sort_key="value_in_use", has_total=True
        ),
        ListColumn("description", label=_("Description")),
    ]
    groupings = [
        ChoiceGrouping("kind", _("Kind"), Licence.Kind.choices, "kind"),
        RecordGrouping("supplier", _("Supplier"), Organisation, "supplier", "supplier__sort_key"),
    ]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("seats")]),
        FieldPanel("supplier"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldRowPanel([FieldPanel("price"), FieldPanel("value")]),
        FieldPanel("expected_at_members"),
        FieldPanel("description"),
        FieldPanel("note"),
    ]
