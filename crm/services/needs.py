"""What becomes of a need: whose it is, and which course it is matched to."""

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.exceptions import RegisterError
from crm.models import ChangeSet, Contact, Match, Need, Organisation
from crm.services.guesses import guess_period
from crm.services.ledger import change_set
from crm.text import name_words, search_words

MOST = 5
# What many companies have in their names, and what therefore says nothing.
_EVERYBODYS = {"ab", "hb", "kb", "aktiebolag", "handelsbolag", "och", "i", "the", "and", "foretag", "firma", "sweden", "sverige"}


def match_need(need, course, *, acting_user):
    """Note that a course is proposed for a need; again changes nothing."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        match, _created = Match.objects.get_or_create(need=need, course=course)
        if need.state in (Need.State.NEW, Need.State.OPEN):
            need.state = Need.State.MATCHED
            need.save(update_fields=["state"])
    return match


def companies_like(need):
    """Return organisations that a need's company may be, the one with its number first, then those that are called like it."""
    found = []
    if need.company_number:
        found += Organisation.objects.active().filter(organisation_number=need.company_number)
    words = [word for word in search_words(need.company_name) if word not in _EVERYBODYS]
    if words:
        telling = sorted(words, key=len, reverse=True)[:2]
        named = Organisation.objects.active().filter(Q(*[Q(search_text__contains=word) for word in telling], _connector=Q.OR))
        mine = set(name_words(need.company_name))
        found += sorted(named.select_related("municipality")[:50], key=lambda one: -len(mine & set(name_words(one.name))))
    return list(dict.fromkeys(found))[:MOST]


def assign_company(need, organisation, *, acting_user):
    """Say which organisation of the register the need is of; what was written stays as it was written."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        need.organisation = organisation
        if need.contact is None and need.contact_email:
            need.contact = contact_with(need.contact_email)
        if need.state == Need.State.NEW:
            need.state = Need.State.OPEN
        need.save()
    return need


def add_company(need, *, acting_user):
    """Add the company that a need names to the register."""
    if need.company_number and Organisation.objects.filter(organisation_number=need.company_number).exists():
        raise RegisterError(_("An organisation with this number is in the register already. Choose that one."))
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        company = Organisation.objects.create(
            name=need.company_name,
            kind=Organisation.Kind.COMPANY,
            organisation_number=need.company_number,
            municipality=need.municipality,
        )
        assign_company(need, company, acting_user=acting_user)
    return company


def contact_with(address):
    """Return the one active contact with an e-mail address, or None."""
    found = list(Contact.objects.active().filter(contact_points__normalised=address.strip().lower()).distinct()[:2])
    return found[0] if len(found) == 1 else None


def receive_need(*, answer_id, **values):
    """Take in what a company has sent from the site, as something new to look at; return it. The same sent twice is one need.

    Which company it is, and whether the sender speaks for it, a person finds out.
    """
    sent = Need.objects.filter(source=Need.Source.FORM, answer_id=answer_id)
    if found := sent.first():
        return found
    first, last = guess_period(values.get("when", ""))
    try:
        with change_set(cause=ChangeSet.Cause.EDIT, note=_("Form on the site")):
            return Need.objects.create(
                source=Need.Source.FORM, state=Need.State.NEW, answer_id=answer_id, since=first, until=last, **values
            )
    except IntegrityError:  # sent twice at the same moment
        return sent.get()
