"""The register's spreadsheets of which each row is one record; people have an importer of their own (crm.importing)."""

from crm.resources.municipalities import MunicipalityResource
from crm.resources.roles import RoleResource

from crm.resources.organisations import OrganisationResource  # isort: skip
from crm.resources.relationships import RelationshipResource  # isort: skip
from crm.resources.memberships import MembershipResource  # isort: skip
from crm.resources.networks import NetworkResource  # isort: skip
from crm.resources.licences import LicenceResource  # isort: skip
from crm.resources.holdings import HoldingResource  # isort: skip
from crm.resources.projects import PartnerResource, ProjectResource, ProjectRoleResource  # isort: skip
from crm.resources.mobilities import MobilityResource  # isort: skip
from crm.resources.costs import CostResource  # isort: skip
from crm.resources.indicators import EvidenceResource, IndicatorResource  # isort: skip
from crm.resources.activities import ActivityResource  # isort: skip
from crm.resources.courses import CourseResource  # isort: skip
from crm.resources.seat_requests import SeatRequestResource  # isort: skip
from crm.resources.needs import NeedResource  # isort: skip
from crm.resources.interests import InterestResource  # isort: skip
from crm.resources.mandates import MandateResource  # isort: skip
from crm.resources.plan_items import PlanItemResource  # isort: skip

__all__ = [
    "ActivityResource",
    "CostResource",
    "CourseResource",
    "EvidenceResource",
    "HoldingResource",
    "IndicatorResource",
    "InterestResource",
    "LicenceResource",
    "MandateResource",
    "MembershipResource",
    "MobilityResource",
    "MunicipalityResource",
    "NeedResource",
    "NetworkResource",
    "OrganisationResource",
    "PartnerResource",
    "PlanItemResource",
    "ProjectResource",
    "ProjectRoleResource",
    "RelationshipResource",
    "RoleResource",
    "SeatRequestResource",
]
