from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from crm.figures.registry import Places, figure
from crm.models import Activity, Network, Organisation, Participation

ATTENDED = Participation.How.ATTENDED


def held(period, **conditions):
    """Activities that took place in the period; what was cancelled did not."""
    return Activity.objects.active().not_cancelled().filter(day__range=period.days, **conditions)


def participants_places(rows, period):
    """Where activities are: where the organisations that took part lie."""
    return Places(Participation.objects.filter(how=ATTENDED), "organisation__municipality", "activity")


def company_places(rows, period):
    companies = Participation.objects.filter(how=ATTENDED, organisation__kind=Organisation.Kind.COMPANY)
    return Places(companies, "organisation__municipality", "activity")


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
