"""The person that a row speaks of, by name and address as far as they are given."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from crm.models import Contact, ContactPoint

_NOBODY = object()


def person_of(values, *, archived=False):
    """Return the contact of a row, or None when it names nobody; raise ValidationError when it is nobody or several.

    With `archived`, an archived one will do when there is no active one.
    """
    found = _person_of(values, Contact.objects.active())
    if archived and found is _NOBODY:
        found = _person_of(values, Contact.objects.archived())
    if found is _NOBODY:
        raise ValidationError(gettext("The person is not in the register. Import or add the contact first, and check name and address."))
    return found


def _person_of(values, people):
    """Return the contact of a row among some; None when it names nobody, and _NOBODY when nobody is called so."""
    if "first_name" in values or "last_name" in values:
        name = Contact(first_name=values.get("first_name", ""), last_name=values.get("last_name", ""))
        people = people.filter(sort_key=name.make_sort_key())
    elif "email" not in values:
        return None
    if "email" in values:
        address = ContactPoint.normalise(ContactPoint.Kind.EMAIL, values["email"])
        people = people.filter(contact_points__normalised=address)
    elif "organisation" in values:
        people = people.filter(affiliations__organisation=values["organisation"])
    return _only(people) or _NOBODY


def _only(contacts):
    """Return the one contact there is, None when there is none; several are for a person to tell apart."""
    found = list(contacts.distinct()[:2])
    if len(found) > 1:
        raise ValidationError(
            gettext("There is more than one %(name)s in the register. Give the number in the column No.") % {"name": found[0]}
        )
    return found[0] if found else None
