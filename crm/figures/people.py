from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.figures.registry import Places, figure
from crm.models import Affiliation, Contact, Organisation, Partner, ProjectRole, Role


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


def _with_post(held, post):
    return Contact.objects.filter(pk__in=held.at_association(post).order_by().values("contact"))


@figure(
    "employees",
    label=_("Employees"),
    definition=_("People who were employed by the association on the last day, whatever share of full time, each counted once."),
    unit=_("people"),
    subject="people",
)
def employees(period):
    return _with_post(Affiliation.objects.held_by_active_contacts(period.day), Role.Post.EMPLOYEE)


@figure(
    "seconded_staff",
    label=_("Staff lent by members"),
    definition=_("People whom members lent to the association for some of the year, each counted once."),
    unit=_("people"),
    subject="people",
)
def seconded_staff(period):
    return _with_post(Affiliation.objects.during(*period.days), Role.Post.SECONDED)
