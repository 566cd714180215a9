from django.utils.translation import gettext_lazy as _

from crm.figures.people import held_roles, organisations_places
from crm.figures.registry import figure
from crm.models import Contact, Fee, Holding, Licence, Organisation


@figure(
    "paying_member_municipalities",
    label=_("Member municipalities that have paid"),
    definition=_("Municipalities with a membership in the year whose fee for it is paid."),
    unit=_("municipalities"),
    subject="membership",
    places=organisations_places,
    depends_on=((Fee, "membership__organisation"),),
)
def paying_member_municipalities(period):
    paid = Fee.objects.paid(period.as_of).filter(year=period.year, membership__archived_at=None)
    return Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY, pk__in=paid.order_by().values("membership__organisation"))


@figure(
    "licence_users",
    label=_("Users of the survey tool"),
    definition=_("Contacts who hold a licence for a survey tool on the last day, each counted once."),
    unit=_("people"),
    subject="membership",
    places=held_roles,
)
def licence_users(period):
    held = Holding.objects.on(period.day).filter(licence__kind=Licence.Kind.SURVEY, contact__isnull=False)
    return Contact.objects.filter(pk__in=held.order_by().values("contact"))
