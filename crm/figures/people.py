from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.figures.registry import Places, figure
from crm.models import Affiliation, Contact, Organisation, Partner, ProjectRole


def held_roles(rows, period):
    """Where people are: at the organisation of the role that they hold on the day."""
    held = Affiliation.objects.held_by_active_contacts(period.day).at_active_organisations(period.day)
    return Places(held, "organisation__municipality", "contact")


def organisations_places(rows, period):
    return Places(rows, "municipality")


def people_in_project(rows, period):
    roles = ProjectRole.objects.in_projects_on(period.day).filter(project=period.scope.key).order_by()
    return rows.filter(pk__in=roles.values("contact"))


def organisations_in_project(rows, period):
    partners = Partner.objects.in_projects_on(period.day).filter(project=period.scope.key).order_by()
    return rows.filter(Q(pk__in=partners.values("organisation")) | Q(led_projects=period.scope.key)).distinct()


@figure(
    "contacts",
    label=_("Contact persons"),
    definition=_("Contacts who are not archived and hold a role at an active organisation on the last day."),
    unit=_("people"),
    subject="people",
    places=held_roles,
    project=people_in_project,
)
def contacts(period):
    return Contact.objects.in_role(period.day)


@figure(
    "contact_organisations",
    label=_("Organisations with contact persons"),
    definition=_("Active organisations where at least one active contact person holds a role on the last day."),
    unit=_("organisations"),
    subject="people",
    places=organisations_places,
    project=organisations_in_project,
)
def contact_organisations(period):
    return Organisation.objects.with_contacts(period.day)
