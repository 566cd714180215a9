from django.utils.translation import gettext_lazy as _

from crm.figures.people import organisations_places
from crm.figures.registry import Places, figure
from crm.models import Course, Interest, Organisation, Relationship


def provider_places(rows, period):
    return Places(rows, "provider__municipality")


def either_side_places(rows, period):
    return Places(rows, "organisation__municipality")


@figure(
    "collaborations",
    label=_("Collaborations"),
    definition=_(
        "Collaborations that began in the year between a public provider (municipality, learning centre, federation) and somebody else."
    ),
    unit=_("collaborations"),
    subject="companies",
    places=either_side_places,
)
def collaborations(period):
    return Relationship.objects.collaborations_begun(*period.days)


@figure(
    "pilot_projects",
    label=_("Pilot courses"),
    definition=_("Courses marked as pilots that were given live-streamed and began in the year."),
    unit=_("courses"),
    subject="companies",
    places=provider_places,
    project="project",
)
def pilot_projects(period):
    return Course.objects.active().pilots().given().filter(format=Course.Format.STREAMED, since__range=period.days)


def interested_in_project(rows, period):
    interested = Interest.objects.filter(project=period.scope.key).order_by()
    return rows.filter(pk__in=interested.values("organisation"))


@figure(
    "westkomp_interested_companies",
    label=_("Companies interested in the ESF project"),
    definition=_("Companies that had said by the last day that they want to take part in a project of the Social Fund, each counted once."),
    unit=_("companies"),
    subject="companies",
    places=organisations_places,
    project=interested_in_project,
)
def westkomp_interested_companies(period):
    said = Interest.objects.filter(project__programme__icontains="socialfond", project__archived_at=None).exclude(day__gt=period.day)
    return Organisation.objects.filter(kind=Organisation.Kind.COMPANY, pk__in=said.order_by().values("organisation"))
