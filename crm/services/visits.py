"""A visit to a company, written down in one go: the company and the person too where they are new, and the next step."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext

from crm.exceptions import RegisterError
from crm.models import (
    Activity,
    Affiliation,
    Change,
    ChangeSet,
    Contact,
    ContactPoint,
    Need,
    Organisation,
    Participation,
    Project,
    search_texts_refreshed_once,
)
from crm.recording import current_change_set
from crm.services.activities import add_next_step
from crm.services.ledger import change_set
from crm.services.rights import may_view
from crm.services.search import some_matches
from crm.text import fold

SUGGESTED = 6
_LEGAL_FORMS = {"ab", "hb", "kb", "ek", "for", "publ", "aktiebolag", "handelsbolag", "as", "aps", "oy"}


@dataclass(frozen=True)
class Person:
    """Somebody who was met and may not be in the register yet."""

    first_name: str
    last_name: str
    phone: str = ""
    email: str = ""


class VisitTakenBackError(RegisterError):
    """A phone sends once more what somebody has undone, or deleted, in the meantime."""


def may_log_visits(user):
    """Whoever writes down a visit looks for the company, and may be asked which one is meant."""
    return user.has_perm("crm.add_activity") and may_view(user, Organisation)


@dataclass(frozen=True)
class Visit:
    """What somebody writes down. The organisation may be a new one; `training` holds area, level and people of a need, if there is one."""

    key: str
    day: datetime.date
    organisation: Organisation
    contact: Contact | None = None
    person: Person | None = None
    need: str = ""
    training: dict | None = None
    project: Project | None = None
    head_count: int | None = None
    next_step: str = ""
    due: datetime.date | None = None


def log_visit(visit, *, acting_user):
    """Write down a visit and return (activity, change set that it belongs to).

    With the key of a visit that is there already nothing is written, and the change set is None: a phone that got no answer sends
    it again. One that has been taken back since is not written anew: VisitTakenBackError.
    """
    if there := visit_with_key(visit.key):
        return there, None
    if was_taken_back(visit.key):
        raise VisitTakenBackError(gettext("The visit was taken back in the register and is not saved again."))
    try:
        with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT), search_texts_refreshed_once():
            return _write(visit, acting_user), current_change_set.get()
    except IntegrityError:
        if there := visit_with_key(visit.key):  # the same, sent twice at once
            return there, None
        raise


def _write(visit, acting_user):
    organisation, contact = visit.organisation, visit.contact
    if organisation.pk is None:
        organisation.save()
    if visit.person is not None:
        contact = contact_at(organisation, visit.person) or add_person(organisation, visit.person)
    activity = Activity.objects.create(
        key=visit.key,
        kind=Activity.Kind.VISIT,
        subject=organisation.name,
        day=visit.day,
        text=visit.need,
        project=visit.project,
        head_count=visit.head_count,
        created_by=acting_user,
    )
    Participation.objects.create(activity=activity, contact=contact, organisation=organisation)
    if visit.training:
        about = {"organisation": organisation, "contact": contact, "activity": activity}
        Need.objects.create(source=Need.Source.VISIT, received_on=visit.day, text=visit.need, **about, **visit.training)
    if visit.next_step:
        add_next_step(activity, what=visit.next_step, due=visit.due, acting_user=acting_user)
    return activity


def visit_with_key(key):
    return Activity.objects.filter(key=key).first()


def was_taken_back(key):
    return Change.objects.filter(model=Activity._meta.label_lower, action=Change.Action.DELETED, before__key=key).exists()


# Which company


def companies_called(name):
    """Return the active organisations of exactly this name, capitals aside."""
    key = Organisation(name=name).make_sort_key()
    return list(Organisation.objects.active().filter(sort_key=key).select_related("municipality")[:SUGGESTED])


def companies_like(name):
    """Return the active organisations whose name is this one with or without "AB" and the like."""
    wanted = _bare(name)
    if not wanted:
        return []
    found = [one for one in some_matches(Organisation, wanted) if not one.is_archived]
    return [one for one in found if _bare(one.name) == wanted][:SUGGESTED]


def _bare(name):
    return " ".join(word for word in fold(name).replace(".", " ").split() if word not in _LEGAL_FORMS)


# Who was met


def people_at(organisation, day):
    """Return those who work at an organisation on a day, each with what they are there as `label`."""
    held = Affiliation.objects.held_by_active_contacts(day).filter(organisation=organisation).select_related("contact", "role")
    people = {}
    for one in held.order_by("contact__sort_key", "pk"):
        contact = people.setdefault(one.contact_id, one.contact)
        contact.label = getattr(contact, "label", "") or one.label
    return list(people.values())


def contact_at(organisation, person):
    """Return who is meant: somebody of that name who works there, or who has that address or number; None for nobody."""
    key = Contact(first_name=person.first_name, last_name=person.last_name).make_sort_key()
    same_name = Contact.objects.active().filter(sort_key=key)
    points = [
        Q(contact_points__normalised=ContactPoint.normalise(kind, value))
        for kind, value in ((ContactPoint.Kind.EMAIL, person.email), (ContactPoint.Kind.MOBILE, person.phone))
        if value
    ]
    there = Q(affiliations__in=Affiliation.objects.current().filter(organisation=organisation))
    return same_name.filter(Q(there, *points, _connector=Q.OR)).distinct().order_by("pk").first()


def add_person(organisation, person):
    source = gettext("visit")
    contact = Contact.objects.create(first_name=person.first_name, last_name=person.last_name, source=source)
    Affiliation.objects.create(contact=contact, organisation=organisation, source=source)
    for kind, value in ((ContactPoint.Kind.EMAIL, person.email), (ContactPoint.Kind.MOBILE, person.phone)):
        if value:
            ContactPoint.objects.create(contact=contact, kind=kind, value=value, is_primary=True, source=source)
    return contact
