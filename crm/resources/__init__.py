"""The register's spreadsheets, in the order in which an empty register is filled from them."""

from crm.resources.municipalities import MunicipalityResource
from crm.resources.roles import RoleResource

from crm.resources.organisations import OrganisationResource  # isort: skip
from crm.resources.contacts import ContactResource  # isort: skip
from crm.resources.memberships import MembershipResource  # isort: skip
from crm.resources.networks import NetworkResource  # isort: skip

__all__ = ["ContactResource", "MembershipResource", "MunicipalityResource", "NetworkResource", "OrganisationResource", "RoleResource"]
