"""The register's models. Import them from here; a module that is not named here does not exist for Django."""

from crm.models.activities import Activity, Participation
from crm.models.affiliations import Affiliation, Role
from crm.models.board_documents import BoardDocument
from crm.models.calendar_feeds import CalendarFeed
from crm.models.contact_points import ContactPoint, Reachable
from crm.models.contacts import Contact
from crm.models.costs import Cost
from crm.models.courses import Course, SeatRequest
from crm.models.documents import Document
from crm.models.evidence import Evidence
from crm.models.exports import Export
from crm.models.fee_rounds import FeeRound, FeeRule
from crm.models.fee_settings import FeeSettings
from crm.models.fees import Fee, FeeReminder
from crm.models.figures import FrozenFigure, FrozenReport, SavedReport
from crm.models.import_jobs import ImportJob, ImportMapping, ImportRow
from crm.models.indicators import Indicator
from crm.models.ledger import Change, ChangeSet
from crm.models.licences import Holding, Licence
from crm.models.meeting_mails import MeetingMail, MeetingMailing
from crm.models.memberships import Membership
from crm.models.merges import MergedRecord
from crm.models.mobilities import Mobility
from crm.models.municipalities import Municipality
from crm.models.needs import Interest, Match, Need
from crm.models.networks import Network, Seat
from crm.models.organisations import Organisation
from crm.models.pictures import Pictured, PictureField
from crm.models.plan_items import PlanItem, PlanLink
from crm.models.projects import Partner, Project, ProjectRole
from crm.models.recents import Recent
from crm.models.relationships import Relationship
from crm.models.reminders import Reminder
from crm.models.saved_views import DefaultView, SavedView
from crm.models.search import Searchable, forget_search_indexes, search_index_of, search_texts_refreshed_once
from crm.models.segments import Segment, SegmentException
from crm.models.tags import Tag, Tagging
from crm.models.tasks import Task
from crm.models.users import User

__all__ = [
    "Activity",
    "Affiliation",
    "BoardDocument",
    "CalendarFeed",
    "Change",
    "ChangeSet",
    "Contact",
    "ContactPoint",
    "Cost",
    "Course",
    "DefaultView",
    "Document",
    "Evidence",
    "Export",
    "Fee",
    "FeeReminder",
    "FeeRound",
    "FeeRule",
    "FeeSettings",
    "FrozenFigure",
    "FrozenReport",
    "Holding",
    "ImportJob",
    "ImportMapping",
    "ImportRow",
    "Indicator",
    "Interest",
    "Licence",
    "Match",
    "MeetingMail",
    "MeetingMailing",
    "Membership",
    "MergedRecord",
    "Mobility",
    "Municipality",
    "Need",
    "Network",
    "Organisation",
    "Participation",
    "Partner",
    "PictureField",
    "Pictured",
    "PlanItem",
    "PlanLink",
    "Project",
    "ProjectRole",
    "Reachable",
    "Recent",
    "Relationship",
    "Reminder",
    "Role",
    "SavedReport",
    "SavedView",
    "Searchable",
    "Seat",
    "SeatRequest",
    "Segment",
    "SegmentException",
    "Tag",
    "Tagging",
    "Task",
    "User",
    "forget_search_indexes",
    "search_index_of",
    "search_texts_refreshed_once",
]
