"""Who is in a segment, and why. The filter says it, and what the office has decided by hand goes before the filter."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from crm.filters.contacts import ContactFilterSet, contacts_in, contacts_matching, describe, describe_all
from crm.models import ChangeSet, Contact, SegmentException
from crm.services.ledger import change_set, name_of

__all__ = ["contacts_in", "day_of", "let_filter_decide", "movements", "put_in", "take_out", "why"]


def put_in(segment, contact, *, acting_user, reason=""):
    """Have somebody in a segment, whatever its filter says; return the exception."""
    return _decide(segment, contact, True, acting_user, reason)


def take_out(segment, contact, *, acting_user, reason=""):
    return _decide(segment, contact, False, acting_user, reason)


def let_filter_decide(exception, *, acting_user):
    """Take an exception away."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        exception.delete()


def _decide(segment, contact, is_in, acting_user, reason):
    values = {"is_in": is_in, "reason": reason.strip()[:200], "added_by": acting_user, "added_at": timezone.now()}
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        exception, _created = SegmentException.objects.update_or_create(segment=segment, contact=contact, defaults=values)
    return exception


def movements(segment, day, *, user=None):
    """Return (who joins, who leaves) a segment between today and a day; for a day that is past, who has done so since.

    As far as the register knows: by what begins and ends, and not by what somebody will write or has written.
    """
    now, then = contacts_in(segment, user=user), contacts_in(segment, user=user, today=day)
    earlier, later = (then, now) if day < timezone.localdate() else (now, then)
    return later.exclude(pk__in=earlier.order_by().values("pk")), earlier.exclude(pk__in=later.order_by().values("pk"))


def why(segment, contact, *, user=None):
    """Say in a sentence why a contact is in a segment or not: "In, because: Role: Rektor; Sub-region: Fyrbodal"."""
    if contact.is_archived:
        return gettext("Out: archived, and nobody who is archived is in a segment.")
    if exception := SegmentException.objects.filter(segment=segment, contact=contact).select_related("added_by").first():
        return _by_hand(exception)
    return _by_filter(segment, contact, user)


def _by_hand(exception):
    words = {"name": name_of(exception.added_by) or gettext("The system"), "day": date_format(exception.added_at, "j F Y")}
    said = gettext("In: put in by %(name)s, %(day)s") if exception.is_in else gettext("Out: taken out by %(name)s, %(day)s")
    return (said % words) + (f": {exception.reason}" if exception.reason else ".")


def _by_filter(segment, contact, user):
    day = day_of(segment.query)
    failing = [words for part, words in parts_of(segment.query) if not _meets(contact, part, day, segment, user)]
    if not failing:
        return gettext("In, because: %(conditions)s") % {"conditions": "; ".join(describe(segment.query))}
    return gettext("Out, because this does not hold: %(conditions)s") % {"conditions": "; ".join(map(_together, failing))}


def _together(words):
    conditions = "; ".join(words)
    return gettext("%(conditions)s (all in the same role)") % {"conditions": conditions} if len(words) > 1 else conditions


def day_of(query):
    """The day that a segment is fixed to, or None: then it moves with time."""
    return ContactFilterSet(QueryDict(query), queryset=Contact.objects.none()).as_of


def parts_of(query):
    """Return [(query string, its conditions in words)] of the parts that hold or fail on their own.

    What is asked of a role is one part: one role has to meet it all.
    """
    params = QueryDict(query)
    of_role = [name for name in ContactFilterSet.ROLE_CONDITIONS if name != "member" or params.get(name) == "yes"]
    others = [[name] for name in [*ContactFilterSet.base_filters, "q"] if name not in (*of_role, "on")]
    if ContactFilterSet.implied(params):
        others.append(["on"])
    parts = list(filter(None, (_only(params, names) for names in [of_role, *others])))
    return list(zip(parts, describe_all(parts), strict=True))


def _only(params, names):
    return urlencode([(name, value) for name in names for value in params.getlist(name) if value])


def _meets(contact, part, day, segment, user):
    return contacts_matching(part, user=user, today=day, within=(segment.pk,)).filter(pk=contact.pk).exists()
