"""The menu of the register."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from crm.viewsets.activities import ActivityViewSet
from crm.viewsets.board import BoardViewSet
from crm.viewsets.board_documents import BoardDocumentViewSet
from crm.viewsets.change_sets import ChangeSetViewSet
from crm.viewsets.contacts import ContactViewSet
from crm.viewsets.costs import CostViewSet
from crm.viewsets.courses import CourseViewSet
from crm.viewsets.deleted import DeletedViewSet
from crm.viewsets.evidence import EvidenceViewSet
from crm.viewsets.exports import ExportViewSet
from crm.viewsets.fee_rounds import FeeRoundViewSet
from crm.viewsets.fees import FeeViewSet
from crm.viewsets.figures import FiguresViewSet
from crm.viewsets.holdings import HoldingViewSet
from crm.viewsets.import_jobs import ImportViewSet
from crm.viewsets.interests import InterestViewSet
from crm.viewsets.licences import LicenceViewSet
from crm.viewsets.memberships import MembershipViewSet
from crm.viewsets.mobilities import MobilityViewSet
from crm.viewsets.municipalities import MunicipalityViewSet
from crm.viewsets.needs import NeedViewSet
from crm.viewsets.networks import NetworkViewSet
from crm.viewsets.organisations import OrganisationViewSet
from crm.viewsets.plan_items import PlanItemViewSet
from crm.viewsets.projects import ProjectViewSet
from crm.viewsets.relationship_map import RelationshipMapViewSet
from crm.viewsets.relationships import RelationshipViewSet
from crm.viewsets.roles import RoleViewSet
from crm.viewsets.seat_requests import SeatRequestViewSet
from crm.viewsets.segments import SegmentViewSet
from crm.viewsets.tags import TagViewSet
from crm.viewsets.tasks import TaskViewSet
from crm.viewsets.tidying import TidyingViewSet
from crm.viewsets.vacancies import VacancyViewSet


class RegisterGroup(ViewSetGroup):
    menu_label = _("Register")
    menu_icon = "group"
    menu_order = 150
    items = (
        ContactViewSet,
        OrganisationViewSet,
        RelationshipViewSet,
        RelationshipMapViewSet,
        MembershipViewSet,
        FeeViewSet,
        FeeRoundViewSet,
        NetworkViewSet,
        LicenceViewSet,
        HoldingViewSet,
        ProjectViewSet,
        MobilityViewSet,
        CostViewSet,
        EvidenceViewSet,
        InterestViewSet,
        CourseViewSet,
        SeatRequestViewSet,
        NeedViewSet,
        ActivityViewSet,
        FiguresViewSet,
        TaskViewSet,
        BoardViewSet,
        BoardDocumentViewSet,
        PlanItemViewSet,
        SegmentViewSet,
        TidyingViewSet,
        RoleViewSet,
        VacancyViewSet,
        TagViewSet,
        MunicipalityViewSet,
        ImportViewSet,
        ExportViewSet,
        ChangeSetViewSet,
        DeletedViewSet,
    )
