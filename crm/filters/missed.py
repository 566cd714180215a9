"""Whose seat in a network was empty at the last two meetings."""

from django.db.models import Q

from crm.models import Affiliation, Organisation, Participation

LAST = 2


def held_meetings(network, day):
    """Return those that took place up to a day, the newest first. One of which nobody noted who came says nothing about who did not."""
    return network.activities.active().meetings().not_cancelled().attended().filter(day__lte=day).newest_first()


def seats_that_missed(network, day):
    """Return the seats for which neither the person nor anybody for the organisation came to the last two meetings up to a day.

    Who did not have the seat on both days has not missed them. Where fewer than two were held, nobody has.
    """
    meetings = list(held_meetings(network, day)[:LAST])
    if len(meetings) < LAST:
        return []
    seats = network.seats.on(day).filter(
        Q(contact=None) | Q(contact__archived_at=None), Q(organisation=None) | Q(organisation__archived_at=None)
    )
    for meeting in meetings:
        seats = seats.on(meeting.day)
    present = [_Present(meeting) for meeting in meetings]
    return [seat for seat in seats.select_related("contact", "organisation").order_by("pk") if not any(one.fills(seat) for one in present)]


class _Present:
    """Who was at a meeting: people, and organisations through them."""

    def __init__(self, meeting):
        came = list(meeting.participations.filter(how=Participation.How.ATTENDED).values_list("contact", "organisation"))
        self.contacts = {contact for contact, _organisation in came if contact}
        for_nobody = [contact for contact, organisation in came if contact and not organisation]
        held = Affiliation.objects.on(meeting.day).filter(contact__in=for_nobody).order_by().values_list("organisation", flat=True)
        organisations = {organisation for _contact, organisation in came if organisation} | set(held)
        # What belongs to an organisation, two steps down, stands in for it.
        steps = ("pk", "parent", "parent__parent")
        rows = Organisation.objects.filter(pk__in=organisations).order_by().values_list(*steps)
        self.organisations = {number for row in rows for number in row if number}

    def fills(self, seat):
        return seat.contact_id in self.contacts or seat.organisation_id in self.organisations


def organisations_that_missed(network, day):
    """Return their numbers."""
    return {seat.organisation_id for seat in seats_that_missed(network, day) if seat.organisation_id}


def contacts_who_missed(network, day):
    """Return the numbers of those who have such a seat, or were called for an organisation whose seat names nobody."""
    seats = seats_that_missed(network, day)
    nameless = {seat.organisation_id for seat in seats if seat.contact_id is None}
    called = Participation.objects.filter(
        activity__in=[meeting.pk for meeting in held_meetings(network, day)[:LAST]], organisation__in=nameless, contact__isnull=False
    )
    return {seat.contact_id for seat in seats if seat.contact_id} | set(called.order_by().values_list("contact", flat=True))
