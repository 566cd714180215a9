"""What cannot become one."""

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from crm.models import Contact, ContactPoint, Fee, Membership, Organisation, User
from crm.services.merge_rules import refuse


@refuse(Contact)
@refuse(Organisation)
def archived_one_stays(kept, gone):
    if kept.is_archived and not gone.is_archived:
        yield _("“%(name)s” is archived, and so cannot be the one that stays. Swap them, or restore it first.") % {"name": kept}


@refuse(Contact)
def two_log_ins(kept, gone):
    """People who work with the register are in it, too; who logs in as two users is two people."""
    kept_user, gone_user = (_users_of(contact) for contact in (kept, gone))
    if kept_user and gone_user and not set(kept_user) & set(gone_user):
        yield _("They log in as two users, %(users)s, so they are two people.") % {"users": ", ".join([*kept_user, *gone_user])}


def _users_of(contact):
    addresses = ContactPoint.objects.emails().filter(contact=contact).values("normalised")
    found = User.objects.alias(address=Lower("email")).filter(address__in=addresses).exclude(email="")
    return list(found.order_by("username").values_list("username", flat=True))


@refuse(Organisation)
def one_belongs_to_the_other(kept, gone):
    for unit, whole in ((kept, gone), (gone, kept)):
        if whole.pk in _above(unit):
            yield _("“%(unit)s” belongs to “%(whole)s”. A part and its whole are two organisations.") % {"unit": unit, "whole": whole}


def _above(organisation):
    """Return the numbers of all that an organisation belongs to."""
    numbers, parent = set(), organisation.parent_id
    while parent is not None and parent not in numbers:
        numbers.add(parent)
        parent = Organisation.objects.filter(pk=parent).values_list("parent_id", flat=True).first()
    return numbers


@refuse(Organisation)
def two_memberships_at_a_time(kept, gone):
    """Two memberships that are the same are one; money is not decided about in passing."""
    for theirs in Membership.objects.active().filter(organisation=gone):
        ours = list(Membership.objects.active().filter(organisation=kept))
        same = next((one for one in ours if _says(one) == _says(theirs)), None)
        if same is not None:
            yield from _different_fees(same, theirs)
        elif any(_overlap(one, theirs) for one in ours):
            yield _("Both are members at the same time. End or archive one of the memberships first.")


def _says(membership):
    return membership.kind, membership.since, membership.until


def _overlap(one, other):
    return not any(first.until and second.since and first.until < second.since for first, second in ((one, other), (other, one)))


def _different_fees(ours, theirs):
    columns = [one for one in Fee._meta.concrete_fields if one.name not in ("id", "membership")]
    fees = {fee.year: fee for fee in ours.fees.all()}
    for fee in theirs.fees.all():
        other = fees.get(fee.year)
        # No two fees have one number, not even for the moment in which one takes it over from the other.
        if other and (fee.number is not None or any(_differ(getattr(fee, one.attname), getattr(other, one.attname)) for one in columns)):
            yield _("The fees of %(year)s differ. Make them alike, or remove one of them, first.") % {"year": fee.year}


def _differ(one, other):
    return one is not None and other is not None and one != other
