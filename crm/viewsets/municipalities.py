from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column

from crm.exporting import MunicipalityExport
from crm.models import Municipality
from crm.viewsets.base import RegisterViewSet
from crm.viewsets.list_columns import NumberColumn


class MunicipalityViewSet(RegisterViewSet):
    model = Municipality
    icon = "globe"
    menu_label = _("Municipalities")
    menu_order = 700
    search_fields = ["name", "code", "subregion", "county"]
    import_kind = "municipalities"
    exportable_class = MunicipalityExport
    list_display = [
        Column("code", label=_("Code"), sort_key="code"),
        Column("subregion", label=_("Sub-region"), sort_key="subregion"),
        Column("county", label=_("County"), sort_key="county"),
        NumberColumn("population", label=_("Inhabitants"), sort_key="population", may_be_missing=True),
    ]
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("code")]),
        FieldRowPanel([FieldPanel("county"), FieldPanel("subregion")]),
        FieldPanel("population"),
        FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
    ]
