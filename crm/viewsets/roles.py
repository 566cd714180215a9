from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import BooleanColumn, Column

from crm.models import Role
from crm.resources import RoleResource
from crm.viewsets.base import RegisterViewSet


class RoleViewSet(RegisterViewSet):
    model = Role
    icon = "key"
    menu_label = _("Roles")
    menu_order = 600
    search_fields = ["name", "name_en"]
    resource_class = RoleResource
    list_display = [
        Column("name_en", label=_("In English"), sort_key="name_en"),
        BooleanColumn("expected_at_members", label=_("Every member should have one"), sort_key="expected_at_members"),
    ]
    panels = [FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]), FieldPanel("expected_at_members")]
