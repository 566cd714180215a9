from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group, more
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.roles import RoleFilterSet
from crm.models import Role


def holders(chunk):
    """Return {number of the role: people who hold it on the day}."""
    return dict(Role.objects.with_holders(chunk.asked_day).filter(pk__in=chunk.numbers).values_list("pk", "holders"))


class RoleRow:
    __slots__ = ("chunk", "role")

    def __init__(self, chunk, role):
        self.chunk, self.role = chunk, role


@exportable
class RoleExport(Exportable):
    kind = "roles"
    title = _("Roles")
    model = Role
    filterset_class = RoleFilterSet
    groups = (
        Group(
            _("Role"),
            [
                Field("name", _("Role"), lambda row: row.role.name),
                Field("name_en", _("In English"), lambda row: row.role.name_en),
                Field("expected_at_members", _("Every member should have one"), lambda row: row.role.expected_at_members),
                Field("post", _("At the association"), lambda row: word(Role.Post, row.role.post)),
                Field("seats", _("Seats on the board"), lambda row: row.role.seats),
                Field("rank", _("Order on the board"), lambda row: row.role.rank),
                more("holders", _("Number of people"), lambda row: row.chunk.related(holders)[row.role.pk]),
            ],
        ),
    )

    def rows(self, chunk):
        return [RoleRow(chunk, role) for role in super().rows(chunk)]
