"""The e-mail addresses and phone numbers of a chunk's contacts or organisations."""

from collections import defaultdict

from crm.exporting.values import phone, word
from crm.models import ContactPoint
from crm.services.bulk import among

EMAIL, MOBILE, PHONE = (ContactPoint.Kind.EMAIL.value, ContactPoint.Kind.MOBILE.value, ContactPoint.Kind.PHONE.value)
WORKS = ContactPoint.Status.WORKS.value


def points_of(owner, numbers):
    """Return {number of the owner: [ContactPoint's kind, value, normalised, status]}, those to use first in front."""
    found = defaultdict(list)
    points = ContactPoint.objects.filter(**{f"{owner}__in": among(numbers, "bigint")}).order_by("-is_primary", "pk")
    for point in points.values_list(f"{owner}_id", "kind", "value", "normalised", "status", named=True):
        found[point[0]].append(point)
    return found


def display(point):
    return point.value if point.kind == EMAIL else phone(point.normalised)


def best(points, kind):
    """Return the address or number of a kind to reach somebody by, or nothing."""
    for point in points:
        if point.kind == kind and point.status == WORKS:
            return display(point)
    return ""


def all_of(points, *kinds):
    """Return all addresses or numbers in one line, with what is to be known of those that no longer work."""
    return "; ".join(
        display(point) if point.status == WORKS else f"{display(point)} ({word(ContactPoint.Status, point.status)})"
        for point in points
        if point.kind in kinds
    )
