from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.resources.base import Column, RegisterResource
from crm.resources.registry import importer
from crm.resources.widgets import ChoiceWidget, WholeNumberWidget, YesNoWidget
from crm.text import swedish_sort_key


@importer
class RoleResource(RegisterResource):
    kind = "roles"
    title = _("Roles")

    name = Column("name", _("Role"), "Roll", "Namn", "Name", required=True)
    name_en = Column("name_en", _("In English"), "Engelska")
    expected_at_members = Column(
        "expected_at_members", _("Every member should have one"), "Bör finnas hos varje medlem", widget=YesNoWidget()
    )
    post = Column("post", _("At the association"), "I föreningen", widget=ChoiceWidget(Role.Post))
    seats = Column("seats", _("Seats on the board"), "Platser i styrelsen", widget=WholeNumberWidget())
    rank = Column("rank", _("Order on the board"), "Ordning i styrelsen", widget=WholeNumberWidget())

    class Meta(RegisterResource.Meta):
        model = Role
        fields = ("name", "name_en", "expected_at_members", "post", "seats", "rank")

    def find(self, values):
        return Role.objects.filter(sort_key=swedish_sort_key(values["name"])).first()
