"""Tidying: what nobody has confirmed for longest comes first, and each thing is right, wrong, gone, or for later."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.ages import AGES, is_of_age
from crm.exceptions import RegisterError
from crm.models import Affiliation, ChangeSet, Contact, ContactPoint, Holding, Organisation
from crm.services.ages import confirmed_field, confirmed_on
from crm.services.ledger import change_set, name_of
from crm.services.licences import end_holding
from crm.services.rights import may

ROLE, POINT, LICENCE = "role", "point", "licence"
WORTH_ASKING = [age for age in AGES if age != "fresh"]
_MODELS = {ROLE: Affiliation, POINT: ContactPoint, LICENCE: Holding}
_RELATED = {ROLE: ["contact", "organisation", "role"], POINT: ["contact", "organisation"], LICENCE: ["contact", "organisation", "licence"]}


def may_tidy(user):
    return may(user, "change", Contact) and may(user, "change", Organisation)


def kinds_for(user):
    """Return what somebody may confirm: licences only with the permission to change who holds them."""
    return (ROLE, POINT, LICENCE) if may(user, "change", Holding) else (ROLE, POINT)


def key_of(record):
    """What a role, an address, a number or a licence is called in the addresses of tidying: "role-3"."""
    what = next(what for what, model in _MODELS.items() if isinstance(record, model))
    return f"{what}-{record.pk}"


def confirmable_roles(day):
    """The roles of active people that hold on a day, at active organisations."""
    return Affiliation.objects.held_by_active_contacts(day).at_active_organisations(day)


def confirmable_points():
    """The addresses and numbers that are used, of active people and organisations."""
    of_person = Q(contact__archived_at=None, organisation=None)
    return ContactPoint.objects.filter(Q(of_person) | Q(organisation__archived_at=None, contact=None), status=ContactPoint.Status.WORKS)


def confirmable_holdings(day):
    """The licences that are held on a day, by active people and organisations."""
    return Holding.objects.on(day).filter(licence__archived_at=None, contact__archived_at=None, organisation__archived_at=None)


def confirmable(day, kinds):
    """Return {kind: what of it is to be confirmed}."""
    found = {ROLE: confirmable_roles(day), POINT: confirmable_points(), LICENCE: confirmable_holdings(day)}
    return {kind: found[kind] for kind in kinds}


def stalest(day, *, ages=AGES, kinds=(ROLE, POINT)):
    """Return dictionaries {what, number, confirmed}: never confirmed ones first, then the longest ago. A queryset, to be cut in pages."""
    first, *others = [
        _of_ages(rows, ages, day).values(confirmed=F(confirmed_field(rows.model)), what=Value(kind), number=F("pk"))
        for kind, rows in confirmable(day, kinds).items()
    ]
    return first.union(*others, all=True).order_by(F("confirmed").asc(nulls_first=True), "what", "number")


def _of_ages(rows, ages, day):
    field = confirmed_field(rows.model)
    return rows.filter(reduce(or_, [is_of_age(field, age, day) for age in ages])).order_by()


@dataclass
class Thing:
    """Something to confirm: a role (Affiliation), an address or number (ContactPoint) or a licence (Holding)."""

    what: str
    record: object

    @property
    def key(self):
        return key_of(self.record)

    @property
    def confirmed(self):
        return confirmed_on(self.record)

    @property
    def owner(self):
        """The contact, or the organisation, whose it is."""
        return self.record.contact or self.record.organisation

    @property
    def kind(self):
        if self.what == POINT:
            return str(self.record.get_kind_display())
        return _("Role") if self.what == ROLE else _("Licence")

    @property
    def text(self):
        if self.what == POINT:
            return self.record.display
        if self.what == ROLE:
            return str(self.record)
        return ", ".join(str(one) for one in (self.record.licence, self.record.contact and self.record.organisation) if one)


def things(rows):
    """Return the Things of what `stalest` has found, with one query for each kind."""
    rows = list(rows)
    found = {}
    for what, model in _MODELS.items():
        records = model.objects.select_related(*_RELATED[what]).filter(pk__in=[row["number"] for row in rows if row["what"] == what])
        found |= {(what, record.pk): Thing(what, record) for record in records}
    return [found[row["what"], row["number"]] for row in rows if (row["what"], row["number"]) in found]


def next_thing(day, *, later=(), kinds=(ROLE, POINT)):
    """Return what is to be looked at next, or None; `later` are the keys of what has been put aside."""
    for row in stalest(day, ages=WORTH_ASKING, kinds=kinds)[: len(later) + 1]:
        if f"{row['what']}-{row['number']}" not in later:
            return next(iter(things([row])), None)
    return None


def find(key):
    """Return the Thing with a key such as "role-3", or None when there is none any more."""
    what, _dash, number = key.partition("-")
    if what not in _MODELS or not number.isdecimal() or len(number) > 18:
        return None
    return next(iter(things([{"what": what, "number": int(number)}])), None)


def confirm(thing, *, acting_user):
    """Note that somebody has said today that it is right."""
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT, note=_("Tidying")):
        _mark(thing, acting_user)


def say_gone(thing, *, acting_user):
    """End a role or a licence today; keep an address or number as a historical one, by which the person is still found."""
    record = thing.record
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT, note=_("Tidying")):
        if thing.what == ROLE:
            record.until = timezone.localdate()
            record.save(update_fields=["until"])
        elif thing.what == LICENCE:
            end_holding(record, last_day=timezone.localdate())
        else:
            record.status, record.is_primary = ContactPoint.Status.HISTORICAL, False
            record.save(update_fields=["status", "is_primary"])


def replace_value(thing, value, *, acting_user):
    """Put a new address or number in the place of an old one, which stays as a historical one; return the new one.

    Raises ValidationError when it is no such address, RegisterError when the person has it already.
    """
    old = thing.record
    normalised = ContactPoint.normalise(old.kind, value)
    if normalised == old.normalised:
        raise ValidationError(_("This is the same as before. If it is right, say “Right”."))
    owner = {"contact": old.contact, "organisation": old.organisation}
    if ContactPoint.objects.filter(**owner, kind=old.kind, normalised=normalised).exists():
        raise RegisterError(_("“%(value)s” is there already. If the old one is no longer used, say “Gone”.") % {"value": value.strip()})
    new = ContactPoint(**owner, affiliation=old.affiliation, kind=old.kind, value=value, is_primary=old.is_primary, source=_("Tidying"))
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT, note=_("Tidying")), transaction.atomic():
        say_gone(thing, acting_user=acting_user)
        new.verified_at = timezone.localdate()
        new.full_clean()
        new.save()
    return new


def _mark(thing, acting_user):
    record, today = thing.record, timezone.localdate()
    if thing.what != POINT:
        record.confirmed_at, record.confirmed_by = today, name_of(acting_user)[:150]
        record.save(update_fields=["confirmed_at", "confirmed_by"])
    else:
        record.verified_at = today
        record.save(update_fields=["verified_at"])
