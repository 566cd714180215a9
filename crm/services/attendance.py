"""Who came to a meeting: marked one by one while they come through the door."""

from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint, Participation
from crm.services.ledger import change_set
from crm.services.meetings import unnamed_at

_How = Participation.How
_ATTENDED = _How.ATTENDED


def mark(participation, how, *, acting_user):
    """Note that somebody came or stayed away; with `how` empty, take that back: what stood there before stands there again."""
    how = how or _how_before(participation)
    if participation.how != how:
        with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT), _unnamed_stay(participation.activity):
            participation.how = how
            participation.save(update_fields=["how"])


def add_attendee(activity, contact, *, acting_user, organisation=None):
    """Somebody came who was not on the list, or is on it already. Return the participation."""
    known = activity.participations.filter(contact=contact).order_by("pk").first()
    if known:
        mark(known, _ATTENDED, acting_user=acting_user)
        return known
    organisation = organisation or _organisation_for(activity, contact)
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT), _unnamed_stay(activity):
        return Participation.objects.create(activity=activity, contact=contact, organisation=organisation, how=_ATTENDED)


def add_newcomer(activity, *, first_name, last_name, email, organisation, acting_user):
    """Write somebody into the register who came, and note that."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        contact = Contact.objects.create(first_name=first_name, last_name=last_name, source=str(activity)[:200])
        if email:
            ContactPoint.objects.create(contact=contact, value=email, is_primary=True)
        if organisation:
            Affiliation.objects.create(contact=contact, organisation=organisation)
        return add_attendee(activity, contact, organisation=organisation, acting_user=acting_user)


def set_unnamed(activity, number, *, acting_user):
    """Note how many came whose names are not kept; the number of people of the activity is all of them."""
    number = max(number, 0)
    named = _named(activity)
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        activity.head_count = named + number if number else None
        activity.save(update_fields=["head_count"])


def _named(activity):
    return activity.participations.filter(how=_ATTENDED, contact__isnull=False).values("contact").distinct().count()


class _unnamed_stay:
    """Whoever is marked by name is not taken for one of those without."""

    def __init__(self, activity):
        self.activity = activity

    def __enter__(self):
        self.activity.refresh_from_db(fields=["head_count"])
        self.unnamed = unnamed_at(self.activity, _named(self.activity))

    def __exit__(self, problem, *args):
        if problem is None and self.unnamed:
            self.activity.head_count = _named(self.activity) + self.unnamed
            self.activity.save(update_fields=["head_count"])


def _how_before(participation):
    """What stood there before somebody noted whether the person came."""
    changes = Change.objects.of_record(participation).filter(action=Change.Action.CHANGED).order_by("-pk")
    for before in changes.values_list("before", flat=True)[:20]:
        if before.get("how") and before["how"] not in Participation.NOTED:
            return before["how"]
    return _How.INVITED


def _organisation_for(activity, contact):
    """For whom somebody comes: the organisation of the seat in the network, else where the person works, if that is one place."""
    if activity.network_id:
        seat = activity.network.seats.on(activity.day).filter(contact=contact, organisation__isnull=False).first()
        if seat:
            return seat.organisation
    held = list(Affiliation.objects.on(activity.day).filter(contact=contact).select_related("organisation")[:2])
    return held[0].organisation if len(held) == 1 else None
