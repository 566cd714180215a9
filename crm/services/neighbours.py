"""The next and the previous record of a list, wherever one is in it, without reading the list."""

from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q

COUNTED = 1000  # more than that is not counted: "3 of 38" helps, "7 of 41 233" doesn't


@dataclass
class Neighbours:
    previous: int | None = None
    next: int | None = None
    number: int | None = None
    total: int | None = None


def neighbours_of(record, queryset):
    """Return the Neighbours of a record in an ordered queryset; None when it isn't in there (any more)."""
    queryset = queryset.prefetch_related(None)
    ordering = [key for key in (queryset.query.order_by or queryset.model._meta.ordering) if key not in ("pk", "-pk")]
    if not all(_is_plain(queryset.model, key) for key in ordering):
        return _among_the_first(record, queryset)
    if not queryset.filter(pk=record.pk).exists():
        return None
    keys = [*ordering, "pk"]
    before, after = (queryset.filter(_beyond(record, keys, forward=forward)) for forward in (False, True))
    found = Neighbours(_first(before.order_by(*map(_reversed, keys))), _first(after.order_by(*keys)))
    total = _count(queryset)
    if total <= COUNTED:
        found.number, found.total = _count(before) + 1, total
    return found


def _is_plain(model, key):
    """Whether a key can be compared with: a column of the record itself that is never empty."""
    try:
        return isinstance(key, str) and not model._meta.get_field(key.removeprefix("-")).null
    except FieldDoesNotExist:
        return False


def _beyond(record, keys, *, forward):
    """A condition on what comes after (or before) the record: greater in one key and the same in those before it."""
    condition, same = Q(), Q()
    for key in keys:
        name = key.removeprefix("-")
        comparison = "gt" if forward != key.startswith("-") else "lt"
        condition |= same & Q(**{f"{name}__{comparison}": getattr(record, name)})
        same &= Q(**{name: getattr(record, name)})
    return condition


def _among_the_first(record, queryset):
    pks = list(queryset.values_list("pk", flat=True)[: COUNTED + 1])
    if record.pk not in pks:
        return None
    at = pks.index(record.pk)
    found = Neighbours(pks[at - 1] if at else None, pks[at + 1] if at + 1 < len(pks) else None)
    if len(pks) <= COUNTED:
        found.number, found.total = at + 1, len(pks)
    return found


def _reversed(key):
    return key.removeprefix("-") if key.startswith("-") else f"-{key}"


def _first(queryset):
    return queryset.values_list("pk", flat=True).first()


def _count(queryset):
    return queryset.order_by().values("pk")[: COUNTED + 1].count()
