"""Somebody leaves a role: what becomes of all that hangs on it, the new role elsewhere, and the successor. One change set, one undo.

What hangs on a role is told by kinds (Hanging), those of the register in crm.services.hanging. An app above the register adds
its own with `register_hanging`.
"""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.exceptions import RegisterError
from crm.models import Affiliation, Change, ChangeSet, Contact, ContactPoint, Organisation, Role, search_texts_refreshed_once
from crm.services.contact_points import kind_of_phone, take_up
from crm.services.ledger import change_set

_kinds = []


class Fate(models.TextChoices):
    HAND_OVER = "hand_over", gettext_lazy("Hand to the successor")
    END = "end", gettext_lazy("End")
    KEEP = "keep", gettext_lazy("Keep")


class Hanging:
    """Something that hangs on a role. A kind finds what there is, says what may become of each in a sentence, and does it."""

    heading = ""  # what the kind is called
    permission = "crm.change_contact"  # of whoever may decide about it
    order = 100  # among the kinds

    def __init__(self, record, change):
        self.record, self.change = record, change

    @classmethod
    def find(cls, change):
        """Return the records that hang on the role which the JobChange ends."""
        raise NotImplementedError

    @property
    def key(self):
        return f"{self.record._meta.model_name}-{self.record.pk}"

    def __str__(self):
        return str(self.record)

    @property
    def fates(self):
        """{Fate: a sentence on what would happen}; without a successor nothing can be handed over."""
        raise NotImplementedError

    @property
    def default(self):
        raise NotImplementedError

    def carry_out(self, fate):
        raise NotImplementedError


def register_hanging(kind):
    """Ask about this kind of thing, too, when somebody leaves a role."""
    _kinds.append(kind)
    _kinds.sort(key=lambda one: one.order)
    return kind


@dataclass
class NewRole:
    organisation: Organisation
    since: datetime.date
    role: Role | None = None
    title: str = ""
    email: str = ""
    phone: str = ""


@dataclass
class Successor:
    """Who takes the role over: a contact of the register, or one that is not saved yet."""

    contact: Contact
    since: datetime.date
    email: str = ""

    def __str__(self):
        return self.contact.name


@dataclass
class JobChange:
    affiliation: Affiliation
    last_day: datetime.date
    reason: str = ""
    new_role: NewRole | None = None
    successor: Successor | None = None
    successor_role: Affiliation | None = field(default=None, init=False)  # once it is there

    @property
    def person(self):
        return self.affiliation.contact

    @property
    def organisation(self):
        return self.affiliation.organisation

    @property
    def label(self):
        """The role within a sentence: "Rektor, Lärcentrum Skara"."""
        return str(self.affiliation)

    @property
    def lies_ahead(self):
        return self.last_day > timezone.localdate()

    @cached_property
    def held_by_successor(self):
        """The role that the successor holds already, or None."""
        if self.successor is None or self.successor.contact.pk is None:
            return None
        held = Affiliation.objects.filter(contact=self.successor.contact, **self.role_to_fill)
        return held.filter(models.Q(until=None) | models.Q(until__gte=self.successor.since)).newest_first().first()

    @property
    def role_to_fill(self):
        """What the successor becomes. A title is the person's own, unless it stands for the role."""
        role, title = self.affiliation.role, self.affiliation.title
        return {"organisation": self.organisation, "role": role} | ({} if role else {"title": title})

    @cached_property
    def other_roles(self):
        """What else the person does by then, this role left out."""
        held = Affiliation.objects.on(self.last_day + datetime.timedelta(days=1)).filter(contact=self.person)
        return list(held.exclude(pk=self.affiliation.pk).select_related("organisation__parent__parent"))

    def hanging(self, user):
        """Return what hangs on the role, of what somebody may decide about."""
        return [kind(record, self) for kind in _kinds if user.has_perm(kind.permission) for record in kind.find(self)]

    def sentences(self):
        """Say what will happen besides what is decided about each thing that hangs on the role."""
        words = {"person": self.person.name, "role": self.label, "day": date_format(self.last_day), "reason": self.reason}
        yield _("The role of %(person)s, %(role)s, ends on %(day)s: %(reason)s.") % words
        if self.new_role:
            yield from self._new_role_in_words()
        if self.successor:
            yield from self._successor_in_words()

    def _new_role_in_words(self):
        new = self.new_role
        label = new.title or str(new.role or "")
        words = {"person": self.person.name, "organisation": new.organisation, "role": label, "day": date_format(new.since)}
        if label:
            yield _("%(person)s becomes %(role)s at %(organisation)s from %(day)s.") % words
        else:
            yield _("%(person)s begins at %(organisation)s on %(day)s.") % words
        for value in filter(None, (new.email, new.phone)):
            yield _("%(value)s becomes what %(person)s is reached by first.") % {"value": value, "person": self.person.name}

    def _successor_in_words(self):
        words = {"person": self.successor, "day": date_format(self.successor.since), "email": self.successor.email}
        if self.successor.contact.pk is None:
            yield _("%(person)s becomes a new contact.") % words
        if self.held_by_successor:
            yield _("%(person)s holds the role already.") % words
        else:
            yield _("%(person)s takes over the role from %(day)s.") % words
        if self.successor.email:
            yield _("%(person)s gets the address %(email)s.") % words


def last_change_of(contact):
    """Return the number of the last change of a contact: what somebody has looked at is still so when it is the same."""
    return Change.objects.about("contact", contact.pk).order_by("-pk").values_list("pk", flat=True).first() or 0


def carry_out(change, fates, *, acting_user, seen):
    """Do it all and return the change set. `fates` is {key of what hangs on the role: Fate}, `seen` what last_change_of said then.

    Nothing that has come in between the looking and the doing is overwritten, and what is sent twice is done once.
    """
    with change_set(actor=acting_user, cause=ChangeSet.Cause.JOB_CHANGE, note=change.label) as opened, search_texts_refreshed_once():
        Contact.objects.select_for_update().get(pk=change.person.pk)
        if last_change_of(change.person) != seen:
            raise RegisterError(_("%(person)s has been changed meanwhile. Look through it once more.") % {"person": change.person.name})
        hanging = change.hanging(acting_user)
        _welcome_successor(change)
        for one in hanging:
            one.carry_out(fates[one.key])
        _end_role(change)
        _begin_role(change)
    return opened


def _end_role(change):
    change.affiliation.until, change.affiliation.end_reason = change.last_day, change.reason
    change.affiliation.save(update_fields=["until", "end_reason"])


def _begin_role(change):
    if new := change.new_role:
        begun = Affiliation.objects.create(
            contact=change.person, organisation=new.organisation, role=new.role, title=new.title, since=new.since
        )
        if new.email:
            take_up(change.person, ContactPoint.Kind.EMAIL, new.email, affiliation=begun, first=True)
        if new.phone:
            take_up(change.person, kind_of_phone(new.phone), new.phone, affiliation=begun, first=True)


def _welcome_successor(change):
    if (successor := change.successor) is None:
        return
    if successor.contact.pk is None:
        successor.contact.save()
    change.successor_role = change.held_by_successor or Affiliation.objects.create(
        contact=successor.contact, since=successor.since, **change.role_to_fill
    )
    if successor.email:
        take_up(successor.contact, ContactPoint.Kind.EMAIL, successor.email, affiliation=change.successor_role, first=True)
