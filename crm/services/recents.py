"""What somebody has opened lately."""

from django.utils import timezone

from crm.models import Contact, MergedRecord, Organisation, Recent

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
    survivors = {
        model._meta.model_name: MergedRecord.objects.survivors(model, [number for kind, number in opened if kind == model._meta.model_name])
        for model in (Contact, Organisation)
    }
    return list(dict.fromkeys((kind, survivors.get(kind, {}).get(number, number)) for kind, number in opened))
