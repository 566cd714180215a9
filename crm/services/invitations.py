"""Calling a network to a meeting: whom that means, who is left out and why, and writing it down with the mails to be sent."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Affiliation, ChangeSet, Contact, ContactPoint, MeetingMail, MeetingMailing, Organisation, Participation
from crm.services.ledger import change_set
from crm.services.meeting_mails import current_sequence, queue_mailing


class Reason(models.TextChoices):
    """Why somebody who sits in the network gets no invitation."""

    NO_ADDRESS = "no_address", _("No e-mail address")
    BOUNCED = "bounced", _("The address bounces")
    ARCHIVED = "archived", _("Archived")
    ALREADY = "already", _("Is invited already")
    SAME_ADDRESS = "same_address", _("Somebody above has the same address")
    NOBODY = "nobody", _("Nobody there has one of the chosen roles")


@dataclass
class Guest:
    """Somebody to call, for an organisation or not; or with a reason, somebody who is not."""

    contact: Contact | None
    organisation: Organisation | None
    email: str = ""
    normalised: str = ""
    reason: str = ""
    how: str = ""  # as it stands on the list of the meeting

    @property
    def why(self):
        return Reason(self.reason).label if self.reason else ""


def guests_of(network, day, *, roles=(), activity=None):
    """Return the Guests of a meeting on a day, by organisation and name.

    That is the person of each seat of that day; of a seat that names none, whoever has one of the roles at the organisation then.
    Whoever stands on the list of the meeting already is called, too.
    """
    guests = [*_seated(network, day, roles), *(_listed(activity) if activity else [])]
    guests.sort(key=lambda one: [(who.sort_key if who else "") for who in (one.organisation or one.contact, one.contact)])
    seen, found = set(), []
    for guest in guests:
        if guest.contact is None or guest.contact.pk not in seen:
            seen.add(guest.contact and guest.contact.pk)
            found.append(guest)
    _address(found, day)
    _leave_out(found, activity)
    return found


def _seated(network, day, roles):
    seats = list(network.seats.on(day).select_related("contact", "organisation"))
    nameless = {seat.organisation_id: seat.organisation for seat in seats if seat.contact is None}
    held = Affiliation.objects.on(day).filter(organisation__in=nameless, role__in=roles).select_related("contact")
    people = {}
    for role in held:
        people.setdefault(role.organisation_id, []).append(role.contact)
    for seat in seats:
        if seat.contact:
            yield Guest(seat.contact, seat.organisation)
    for number, organisation in nameless.items():
        if organisation.is_archived or number not in people:
            yield Guest(None, organisation, reason=Reason.ARCHIVED if organisation.is_archived else Reason.NOBODY)
        else:
            yield from (Guest(contact, organisation) for contact in people[number])


def _listed(activity):
    waiting = activity.participations.filter(how__in=[Participation.How.INVITED, Participation.How.REGISTERED], contact__isnull=False)
    return [Guest(one.contact, one.organisation) for one in waiting.select_related("contact", "organisation")]


def _address(guests, day):
    """Find the best address of each: one of the role at the organisation comes first, one of another role last."""
    numbers = [guest.contact.pk for guest in guests if guest.contact]
    points = {}
    usable = ContactPoint.objects.emails().filter(contact__in=numbers).exclude(status=ContactPoint.Status.HISTORICAL)
    for point in usable.select_related("affiliation").order_by("-is_primary", "pk"):
        points.setdefault(point.contact_id, []).append(point)
    for guest in guests:
        if guest.contact:
            own = points.get(guest.contact.pk, [])
            working = [point for point in own if point.status == ContactPoint.Status.WORKS]
            best = min(working, key=lambda point, guest=guest: _distance(point, guest.organisation, day), default=None)
            if best:
                guest.email, guest.normalised = best.value, best.normalised
            else:
                guest.reason = Reason.BOUNCED if own else Reason.NO_ADDRESS


def _distance(point, organisation, day):
    if point.affiliation is None:
        return 1
    if point.affiliation.until and point.affiliation.until < day:
        return 3
    return 0 if organisation and point.affiliation.organisation_id == organisation.pk else 2


def _leave_out(guests, activity):
    mails = MeetingMail.objects.filter(mailing__activity=activity, mailing__kind=MeetingMailing.Kind.INVITATION) if activity else None
    invited = set(mails.exclude(state=MeetingMail.State.SKIPPED).values_list("contact", flat=True)) if activity else set()
    addresses = set()
    for guest in guests:
        if guest.contact and guest.contact.is_archived:
            guest.reason = Reason.ARCHIVED
        elif guest.contact and guest.contact.pk in invited:
            guest.reason = Reason.ALREADY
        if not guest.reason:
            guest.reason = Reason.SAME_ADDRESS if guest.normalised in addresses else ""
            addresses.add(guest.normalised)


def call_meeting(guests, *, key, acting_user, network=None, activity=None, text="", **details):
    """Write down a meeting, or take one that is there, with the guests as invited, and queue their mails. Return the activity.

    `key` is that of the form: whoever sends it twice gets the meeting of the first time.
    """
    done = MeetingMailing.objects.filter(key=key).select_related("activity").first()
    if done:
        return done.activity
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        if activity is None:
            activity = Activity(network=network, created_by=acting_user, **details)
            activity.clean()
            activity.save()
        listed = set(activity.participations.filter(contact__isnull=False).values_list("contact", flat=True))
        for guest in guests:
            if guest.contact.pk not in listed:
                Participation.objects.create(
                    activity=activity, contact=guest.contact, organisation=guest.organisation, how=Participation.How.INVITED
                )
        queue_mailing(
            activity,
            MeetingMailing.Kind.INVITATION,
            [(guest.contact, guest.email, guest.normalised) for guest in guests],
            key=key,
            sequence=current_sequence(activity),
            text=text,
            acting_user=acting_user,
        )
    return activity


def roles_of_people_at(network, day):
    """Return the numbers of the roles that people have at organisations whose seats name nobody."""
    organisations = network.seats.on(day).filter(contact=None).values("organisation")
    held = Affiliation.objects.on(day).filter(Q(organisation__in=organisations), role__isnull=False, contact__archived_at=None)
    return set(held.order_by().values_list("role", flat=True))


def addresses_of(activity):
    """Return a Guest for each person on the list of a meeting: where to send the minutes, or why that is not possible."""
    listed = activity.participations.filter(contact__isnull=False).select_related("contact", "organisation")
    guests, seen = [], set()
    for one in sorted(listed, key=lambda one: (one.contact.sort_key, one.pk)):
        if one.contact_id not in seen:
            seen.add(one.contact_id)
            guests.append(Guest(one.contact, one.organisation, how=one.how))
    _address(guests, activity.day)
    _leave_out(guests, None)
    return guests
