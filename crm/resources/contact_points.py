"""The e-mail and phone columns of people and organisations."""

from django.utils.translation import gettext_lazy as _

from crm.models import ContactPoint
from crm.resources.base import Column
from crm.resources.widgets import EmailWidget, PhoneWidget

KINDS = {"email": ContactPoint.Kind.EMAIL, "mobile": ContactPoint.Kind.MOBILE, "phone": ContactPoint.Kind.PHONE}


def email_column():
    return Column(
        "email", _("E-mail"), "E-post", "E-postadress", "Epost", "Mejl", "Mail", "E-mail address", widget=EmailWidget(), related=True
    )


def mobile_column():
    return Column("mobile", _("Mobile"), "Mobil", "Mobiltelefon", "Mobilnummer", "Mobile phone", "Cell", widget=PhoneWidget(), related=True)


def phone_column():
    return Column(
        "phone", _("Phone"), "Telefon", "Telefonnummer", "Tel", "Tfn", "Business phone", "Phone number", widget=PhoneWidget(), related=True
    )


def _missing_points(owner, values):
    """Yield (column name, kind, typed value) for what the row holds and the owner doesn't have under any status."""
    known = set(owner.contact_points.values_list("kind", "normalised")) if owner.pk else set()
    for name, kind in KINDS.items():
        if name in values and (kind, ContactPoint.normalise(kind, values[name])) not in known:
            yield name, kind, values[name]


def point_changes(resource, owner):
    """List the addresses that a row would add. The ones there are stay, behind the new one."""
    changes = []
    for name, kind, value in _missing_points(owner, resource.values):
        current = owner.contact_points.usable().filter(kind=kind).first() if owner.pk else None
        changes.append((str(resource.columns[name].label), current.display if current else "", value))
    return changes


def save_points(resource, owner, *, source):
    for _name, kind, value in _missing_points(owner, resource.values):
        # New addresses are the ones to use first; the old ones still find the person.
        owner.contact_points.filter(kind=kind, is_primary=True).update(is_primary=False)
        owner_field = {owner._meta.model_name: owner}
        ContactPoint.objects.create(kind=kind, value=value, is_primary=True, source=source, **owner_field)
