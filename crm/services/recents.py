"""What somebody has opened lately."""

from django.utils import timezone

from crm.models import Recent

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
    """Return [(kind, number)], the newest first."""
    return list(Recent.objects.filter(user=user).values_list("kind", "number")[:KEPT])
