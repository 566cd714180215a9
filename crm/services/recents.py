"""What somebody has opened lately."""

from django.utils import timezone

from crm.models import MergedRecord, Recent

KEPT = 30


def remember_opened(user, *, kind, number):
    """Put a record on top of what somebody has opened, and forget what has fallen off the end."""
    Recent.objects.bulk_create(
        [Recent(user=user, kind=kind, number=number, opened_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["user", "kind", "number"],
        update_fields=["opened_at"],
    )
    kept = list(Recent.objects.filter(user=user).values_list("pk", flat=True)[:KEPT])
    if len(kept) == KEPT:
        Recent.objects.filter(user=user).exclude(pk__in=kept).delete()


def opened_by(user):
    """Return [(kind, number)], the newest first. What has become part of another record is that one, and stands there once."""
    opened = list(Recent.objects.filter(user=user).values_list("kind", "number")[:KEPT])
    survivors = _survivors({number for kind, number in opened if kind in ("contact", "organisation")})
    return list(dict.fromkeys((kind, survivors.get((kind, number), number)) for kind, number in opened))


def _survivors(numbers):
    """Return {(kind, number): number of the one that it is a part of}."""
    merged = MergedRecord.objects.filter(number__in=numbers).values_list("number", "contact_id", "organisation_id")
    return {("contact" if contact else "organisation", number): contact or organisation for number, contact, organisation in merged}
