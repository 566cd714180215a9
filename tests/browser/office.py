"""An office in which no page of the admin is empty, and what the addresses of those pages need."""

import datetime

from django.utils import timezone

from crm.figures import Period, figure_of
from crm.importing.jobs import check, match, upload
from crm.models import Change, ChangeSet, SavedView, Segment
from crm.services.archiving import archive
from crm.services.figures import freeze
from crm.services.ledger import change_set
from crm.years import OperatingYear
from newsletter.services.mailings import start_mailing
from newsletter.services.tokens import confirmation_token, unsubscribe_token
from tests.crm.spreadsheets import swedish_csv
from tests.factories.crm import (
    ActivityFactory,
    AffiliationFactory,
    BoardDocumentFactory,
    ContactFactory,
    CostFactory,
    CourseFactory,
    DocumentFactory,
    EmailFactory,
    EvidenceFactory,
    FeeFactory,
    FeeRuleFactory,
    HoldingFactory,
    IndicatorFactory,
    InterestFactory,
    MatchFactory,
    MembershipFactory,
    MobilityFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ParticipationFactory,
    PartnerFactory,
    PlanLinkFactory,
    ProjectRoleFactory,
    RelationshipFactory,
    RoleFactory,
    SeatFactory,
    SeatRequestFactory,
    SegmentExceptionFactory,
    TaggingFactory,
    TaskFactory,
)
from tests.factories.newsletter import SubscriptionFactory, create_issue

LISTS = (
    "contact",
    "organisation",
    "membership",
    "network",
    "project",
    "mobility",
    "cost",
    "evidence",
    "licence",
    "holding",
    "relationship",
    "planitem",
    "activity",
    "task",
    "course",
    "seatrequest",
    "need",
    "interest",
)


def furnish(boss):
    """Fill the register and the newsletter; return the examples that own_pages takes."""
    role = RoleFactory(name="Rektor", expected_at_members=True)
    fee = FeeFactory(membership=MembershipFactory(organisation=OrganisationFactory(name="Lärcentrum Skara")))
    membership = fee.membership
    held = AffiliationFactory(organisation=membership.organisation, role=role)
    contact = held.contact
    email = EmailFactory(contact=contact, is_primary=True)
    segment = Segment.objects.create(name="Rektorer", query=f"role={role.pk}")
    holding = HoldingFactory(contact=contact, organisation=membership.organisation, licence__seats=3)
    project = PartnerFactory(
        organisation=membership.organisation,
        places=2,
        project__budget=3_500_000,
        project__since=datetime.date(2017, 9, 1),
        project__until=datetime.date(2019, 8, 31),
    ).project
    records = {
        "contact": contact,
        "organisation": membership.organisation,
        "membership": membership,
        "network": SeatFactory(contact=contact).network,
        "project": project,
        "mobility": MobilityFactory(project=project, contact=contact, sending=membership.organisation),
        "evidence": EvidenceFactory(indicator__project=project, value=3),
        "cost": CostFactory(project=project, amount=175_000),
        "activity": ParticipationFactory(contact=contact, activity=ActivityFactory(subject="Årsmöte")).activity,
        "licence": holding.licence,
        "holding": holding,
        "task": TaskFactory(contact=contact, assignee=boss),
        "role": role,
        "tag": TaggingFactory(contact=contact).tag,
        "segment": segment,
        "municipality": MunicipalityFactory(),
        "relationship": RelationshipFactory(organisation=membership.organisation),
        "planitem": PlanLinkFactory(planitem__responsible=contact).planitem,
        **campus(project, membership.organisation, contact),
        "fee": fee,
        "feeround": FeeRuleFactory().fee_round,
    }
    ahead = ActivityFactory(network=records["network"], day=timezone.localdate() + datetime.timedelta(days=9))
    frozen = freeze("Verksamhetsberättelsen", Period(OperatingYear(2017)), [figure_of("contacts")], acting_user=boss)
    DocumentFactory(contact=contact)
    own = OrganisationFactory(name="Lärnätet Väst", kind="association", is_own=True)
    mandate = AffiliationFactory(contact=contact, organisation=own, role=RoleFactory(name="Ordförande", post="board", seats=1, rank=1))
    paper = BoardDocumentFactory(meeting=ActivityFactory(kind="board_meeting"))
    ProjectRoleFactory(project=project, contact=contact)
    IndicatorFactory(project=project, needed_percent=80)
    exception = SegmentExceptionFactory(segment=segment, contact=contact)
    with change_set(actor=boss, cause=ChangeSet.Cause.EDIT):
        contact.note = "Ring före tio."
        contact.save()
    return {
        **{kind: {"pk": record.pk} for kind, record in records.items()},
        **{f"{kind}:put_back": None for kind in records},  # a page within a history: looked at by name below
        **{f"{kind}:restore": {"pk": archive(record, acting_user=boss).pk} for kind, record in archivable().items()},
        **merges(contact, membership.organisation),
        **views(boss),
        **imports(boss),
        **newsletters(boss, contact, email),
        **{f"activity:{action}": {"pk": ahead.pk} for action in ("invite", "cancel", "tell_change", "tell_removed")},
        "activity:document": None,  # files
        "network:document": None,
        "fee:member_year": {"organisation": membership.organisation.pk, "start": 2017},
        "fee:member_year_pdf": None,  # files
        "fee:document": None,
        "feeround:documents": None,
        "figures": {"pk": frozen.pk, "key": "contacts"},
        "figures:delete_saved": None,
        "figures:export": None,  # a file
        "visit:people": None,  # a part of its page
        "meeting_reply": None,  # outside of the admin
        "needs": None,
        "need:company": {"pk": records["need"].pk},
        "planitem:plan": {"start": 2017},
        "planitem:copy_plan": {"start": 2018},
        "planitem:set_state": {"pk": records["planitem"].pk},
        "board": {"pk": mandate.pk},
        "boarddocument": {"pk": paper.pk},
        "boarddocument:put_back": None,
        "boarddocument:download": None,  # a file
        "activity_chooser": None,
        "contact:document": None,  # files
        "organisation:document": None,
        "project:document": None,
        "contact:picture": None,
        "organisation:picture": None,
        "contact:job_change_role": {"pk": contact.pk, "affiliation": held.pk},
        "segment:remove_exception": {"pk": segment.pk, "exception": exception.pk},
        "vacancies": {"organisation": membership.organisation.pk, "role": role.pk},
        "change_set": {"pk": Change.objects.latest("pk").change_set_id},
        "change_set:undo_progress": None,  # for large ones only
        "deleted:bring_back": None,
        "vacancies:export": None,  # a file
        "organisation_chooser": None,  # parts of forms, loaded into them
        "contact_chooser": None,
        "calendar_feed": None,
    }


def campus(project, organisation, contact):
    course = CourseFactory(seats=10, provider=organisation, project=project)
    return {
        "course": course,
        "seatrequest": SeatRequestFactory(course=course, organisation=organisation, contact=contact),
        "need": MatchFactory(course=course).need,
        "interest": InterestFactory(project=project),
    }


def archivable():
    return {"contact": ContactFactory(last_name="Borta"), "organisation": OrganisationFactory(name="Nedlagd skola")}


def merges(contact, organisation):
    double = EmailFactory(contact__first_name="Anna", contact__last_name="Bergh", contact__note="Talar tyska.").contact
    others = {contact: double, organisation: OrganisationFactory(name="Komvux Skara")}
    return {f"{one._meta.model_name}:merge": {"pk": one.pk, "other": other.pk} for one, other in others.items()}


def views(boss):
    made = {kind: SavedView.objects.create(kind=kind, name="Alla", owner=boss) for kind in LISTS}
    actions = ("view_edit", "view_update", "view_default", "view_delete")
    return {f"{kind}:{action}": {"pk": view.pk} for kind, view in made.items() for action in actions}


def imports(boss):
    rows = ["Anna;Berg;anna@skara.example;Rektor", "Bo;Ek;fel;Vaktmästare"]
    content = swedish_csv(*rows, headings="Förnamn;Efternamn;E-post;Roll")
    job = upload("contacts", content=content, filename="kontakter.csv", acting_user=boss)
    check(match(job))
    return {"register_import": {"pk": job.pk, "file_format": "csv", "kind": "contacts"}}


def newsletters(boss, contact, email):
    issue = create_issue()
    subscription = SubscriptionFactory(newsletter=issue.newsletter, contact=contact, email=email.value)
    mailing = start_mailing(issue, acting_user=boss)
    about_mailings = ("report", "report_results", "progress", "pause", "resume", "cancel", "send_again", "count_as_sent")
    return {
        "newsletter_issues": {"pk": issue.pk},
        "newsletter_newsletters": {"pk": issue.newsletter_id},
        "newsletter": {"token": unsubscribe_token(subscription.pk)},
        "newsletter:confirm": {"token": confirmation_token(subscription)},
        **{f"newsletter_issues:{action}": {"pk": mailing.pk} for action in about_mailings},
    }
