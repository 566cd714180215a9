from crm.filters.as_of import AsOfFilterSet
from crm.models import Role


class RoleFilterSet(AsOfFilterSet):
    """Roles themselves know no time; a day tells how many people held them."""

    class Meta:
        model = Role
        fields = []
