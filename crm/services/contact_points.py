"""Addresses and numbers that somebody takes up or gives up. None is ever deleted: an old one still finds the person."""

from crm.models import ContactPoint
from crm.validators import normalise_phone

Kind, Status = ContactPoint.Kind, ContactPoint.Status


def kind_of_phone(number):
    return Kind.MOBILE if normalise_phone(number).startswith("+467") else Kind.PHONE


def take_up(contact, kind, value, *, affiliation=None, first=False):
    """Give a contact an address or number that works, to use first or behind the others; return it.

    One that the contact has already, of whatever kind of phone, comes back when it was historical.
    """
    point = ContactPoint.objects.filter(contact=contact, normalised=ContactPoint.normalise(kind, value)).first()
    if point is None or point.status == Status.HISTORICAL:
        point = point or ContactPoint(contact=contact, kind=kind, value=value)
        point.affiliation = affiliation
    others = ContactPoint.objects.filter(contact=contact, kind=point.kind, is_primary=True).exclude(pk=point.pk)
    if first:
        others.update(is_primary=False)
    point.status, point.is_primary = Status.WORKS, first or not others.exists()
    point.save()
    return point


def retire(point):
    """Mark it as no longer used."""
    point.status, point.is_primary = Status.HISTORICAL, False
    point.save(update_fields=["status", "is_primary"])


def holder_of(address, *, besides):
    """Return the active contact who uses an e-mail address, or None; `besides` are contacts who may."""
    used = ContactPoint.objects.emails().filter(normalised=address, contact__archived_at=None, contact__isnull=False)
    used = used.exclude(status=Status.HISTORICAL).exclude(contact__in=[one.pk for one in besides if one.pk])
    point = used.select_related("contact").order_by("pk").first()
    return point.contact if point else None
