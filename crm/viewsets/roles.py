from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column

from crm.exporting import RoleExport
from crm.filters.roles import RoleFilterSet
from crm.models import Role
from crm.viewsets.base import RegisterIndexView, RegisterViewSet


class RoleIndexView(RegisterIndexView):
    title_width = "34%"  # long words

    def get_base_queryset(self):
        return super().get_base_queryset().with_holders(self.as_of)

    def get_table(self, object_list):
        for role in object_list:
            role.holders_url = self.contacts_url(role)
        return super().get_table(object_list)

    def contacts_url(self, role):
        """The list of those who hold the role on the same day."""
        params = {"role": role.pk} | ({"on": self.as_of} if self.as_of else {})
        return f"{reverse('contact:index')}?{urlencode(params)}"


def holders(role):
    return format_html('<a href="{}">{}</a>', role.holders_url, role.holders) if role.holders else 0


def expected(role):
    return _("yes") if role.expected_at_members else "–"


BOARD_PANELS = [FieldPanel("post"), FieldRowPanel([FieldPanel("seats"), FieldPanel("rank")])]


class RoleViewSet(RegisterViewSet):
    model = Role
    icon = "key"
    menu_label = _("Roles")
    menu_order = 600
    search_fields = ["name", "name_en"]
    index_view_class = RoleIndexView
    filterset_class = RoleFilterSet
    import_kind = "roles"
    exportable_class = RoleExport
    list_display = [
        Column("holders", label=_("People"), accessor=holders, sort_key="holders"),
        Column("name_en", label=_("In English"), sort_key="name_en"),
        Column("expected_at_members", label=_("Every member should have one"), accessor=expected, sort_key="expected_at_members"),
        Column("post", label=_("At the association"), accessor="get_post_display", sort_key="post"),
    ]
    panels = [FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]), FieldPanel("expected_at_members"), *BOARD_PANELS]
