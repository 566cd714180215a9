"""The company that a row speaks of: by its number, then by its name, else a new one."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from crm.models import Organisation


def company_of(name, number="", municipality=None):
    """Return the organisation, which may be a new one that is not saved yet; raise ValidationError when it is doubtful."""
    if number and (found := Organisation.objects.filter(organisation_number=number).first()):
        return found
    new = Organisation(name=name, kind=Organisation.Kind.COMPANY, organisation_number=number, municipality=municipality)
    called_so = Organisation.objects.filter(sort_key=new.make_sort_key())
    # One that has another number is another company.
    found = [one for one in called_so[:10] if not (number and one.organisation_number)]
    active = [one for one in found if not one.is_archived]
    if len(active) > 1:
        raise ValidationError(gettext("There is more than one “%(value)s” in the register. Give its number.") % {"value": name})
    if active or found:
        return (active or found)[0]
    new.full_clean(exclude=["parent"])
    return new


def is_new(company):
    return company.pk is None
