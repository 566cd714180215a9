from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from crm.figures.registry import Places, figure
from crm.models import Activity, Network, Organisation, Participation

ATTENDED = Participation.How.ATTENDED


def held(period, **conditions):
    """Activities that took place in the period; what was cancelled did not."""
    return Activity.objects.active().not_cancelled().filter(day__range=period.days, **conditions)


def people_in(activities):
    """How many people took part: those with names once each, whatever number of activities, and the unnamed of each head count."""
    named = Participation.objects.filter(activity__in=activities.order_by().values("pk"), how=ATTENDED).exclude(contact=None).order_by()
    known = named.aggregate(people=Count("contact", distinct=True))["people"]
    counted = (
        activities.order_by()
        .exclude(head_count=None)
        .annotate(names=Count("participations__contact", filter=Q(participations__how=ATTENDED), distinct=True))
    )
    unnamed = counted.aggregate(people=Sum(Greatest(F("head_count") - F("names"), 0)))["people"]
    return known + (unnamed or 0)


def participants_places(rows, period):
    """Where activities are: where the organisations that took part lie."""
    return Places(Participation.objects.filter(how=ATTENDED), "organisation__municipality", "activity")


def company_places(rows, period):
    companies = Participation.objects.filter(how=ATTENDED, organisation__kind=Organisation.Kind.COMPANY)
    return Places(companies, "organisation__municipality", "activity")


# Meetings and conferences


@figure(
    "board_meetings",
    label=_("Board meetings"),
    definition=_("Board meetings in the year that were held. The annual conference is none."),
    unit=_("meetings"),
    subject="meetings",
)
def board_meetings(period):
    return held(period, kind=Activity.Kind.BOARD_MEETING)


@figure(
    "annual_conference_participants",
    label=_("Participants in the annual conference"),
    definition=_("People who took part in the year’s annual conference, each counted once. Those invited or registered only do not count."),
    unit=_("people"),
    subject="meetings",
    measure=people_in,
)
def annual_conference_participants(period):
    return held(period, kind=Activity.Kind.CONFERENCE, conference=Activity.Conference.ANNUAL)


@figure(
    "partner_conference_participants",
    label=_("Participants in the partner conference"),
    definition=_("People who took part in the year’s partner conferences: those with names once each, and the others by number."),
    unit=_("people"),
    subject="meetings",
    measure=people_in,
    project="project",
)
def partner_conference_participants(period):
    return held(period, kind=Activity.Kind.CONFERENCE, conference=Activity.Conference.PARTNER)


@figure(
    "network_meetings",
    label=_("Meetings of company networks"),
    definition=_("Meetings in the year of networks of the kind company network."),
    unit=_("meetings"),
    subject="meetings",
    places=participants_places,
    project="project",
)
def network_meetings(period):
    return held(period, kind=Activity.Kind.MEETING, network__kind=Network.Kind.COMPANY)


# Companies


@figure(
    "company_visits",
    label=_("Visits to companies"),
    definition=_(
        "Visits in the year at which a company took part, in a project of the programme Interreg: what its competence brokers do."
    ),
    unit=_("visits"),
    subject="companies",
    places=company_places,
    project="project",
)
def company_visits(period):
    visited = Participation.objects.filter(activity=OuterRef("pk"), how=ATTENDED, organisation__kind=Organisation.Kind.COMPANY)
    visits = held(period, kind=Activity.Kind.VISIT, project__programme__icontains="Interreg")
    return visits.filter(Exists(visited))


# Job shadowing


def shadowings(period, **conditions):
    return held(period, kind=Activity.Kind.JOB_SHADOWING, **conditions)


@figure(
    "job_shadowing_regional",
    label=_("Regional job shadowings"),
    definition=_("Job shadowings in the year between members."),
    unit=_("job shadowings"),
    subject="projects",
    places=participants_places,
    project="project",
)
def job_shadowing_regional(period):
    return shadowings(period, scope=Activity.Scope.REGIONAL)


@figure(
    "job_shadowing_regional_people",
    label=_("People in regional job shadowings"),
    definition=_("Who took part in the year’s regional job shadowings, each counted once. The hosts are named as organisations."),
    unit=_("people"),
    subject="projects",
    measure=people_in,
    project="project",
)
def job_shadowing_regional_people(period):
    return shadowings(period, scope=Activity.Scope.REGIONAL)


@figure(
    "job_shadowing_transnational",
    label=_("Transnational job shadowings"),
    definition=_("Job shadowings in the year across a border, in either direction."),
    unit=_("job shadowings"),
    subject="projects",
    places=participants_places,
    project="project",
)
def job_shadowing_transnational(period):
    return shadowings(period, scope=Activity.Scope.TRANSNATIONAL)


@figure(
    "job_shadowing_outgoing",
    label=_("Outgoing job shadowings"),
    definition=_("Transnational job shadowings in the year in which ours went to others."),
    unit=_("job shadowings"),
    subject="projects",
    places=participants_places,
    project="project",
)
def job_shadowing_outgoing(period):
    return shadowings(period, scope=Activity.Scope.TRANSNATIONAL, direction=Activity.Direction.OUTGOING)


@figure(
    "job_shadowing_incoming",
    label=_("Incoming job shadowings"),
    definition=_("Transnational job shadowings in the year in which others came to us."),
    unit=_("job shadowings"),
    subject="projects",
    places=participants_places,
    project="project",
)
def job_shadowing_incoming(period):
    return shadowings(period, scope=Activity.Scope.TRANSNATIONAL, direction=Activity.Direction.INCOMING)
