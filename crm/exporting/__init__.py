"""What can be taken out of the register, in the order in which an empty one is filled; and how it is written to files."""

from crm.exporting.municipalities import MunicipalityExport
from crm.exporting.roles import RoleExport

from crm.exporting.organisations import OrganisationExport  # isort: skip
from crm.exporting.relationships import RelationshipExport  # isort: skip
from crm.exporting.contacts import ContactExport  # isort: skip
from crm.exporting.memberships import MembershipExport  # isort: skip
from crm.exporting.fee_rounds import FeeRoundExport  # isort: skip
from crm.exporting.fee_reminders import FeeReminderExport  # isort: skip
from crm.exporting.networks import NetworkExport  # isort: skip
from crm.exporting.licences import LicenceExport  # isort: skip
from crm.exporting.holdings import HoldingExport  # isort: skip
from crm.exporting.projects import PartnerExport, ProjectExport, ProjectRoleExport  # isort: skip
from crm.exporting.mobilities import MobilityExport  # isort: skip
from crm.exporting.costs import CostExport  # isort: skip
from crm.exporting.indicators import EvidenceExport, IndicatorExport  # isort: skip
from crm.exporting.courses import CourseExport  # isort: skip
from crm.exporting.seat_requests import SeatRequestExport  # isort: skip
from crm.exporting.needs import NeedExport  # isort: skip
from crm.exporting.interests import InterestExport  # isort: skip
from crm.exporting.segments import SegmentExport  # isort: skip
from crm.exporting.activities import ActivityExport  # isort: skip
from crm.exporting.mandates import MandateExport  # isort: skip
from crm.exporting.plan_items import PlanItemExport  # isort: skip
from crm.exporting.tasks import TaskExport  # isort: skip

__all__ = [
    "ActivityExport",
    "ContactExport",
    "CostExport",
    "CourseExport",
    "EvidenceExport",
    "FeeReminderExport",
    "FeeRoundExport",
    "HoldingExport",
    "IndicatorExport",
    "InterestExport",
    "LicenceExport",
    "MandateExport",
    "MembershipExport",
    "MobilityExport",
    "MunicipalityExport",
    "NeedExport",
    "NetworkExport",
    "OrganisationExport",
    "PartnerExport",
    "PlanItemExport",
    "ProjectExport",
    "ProjectRoleExport",
    "RelationshipExport",
    "RoleExport",
    "SeatRequestExport",
    "SegmentExport",
    "TaskExport",
]
