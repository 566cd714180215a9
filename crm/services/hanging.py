"""What of the register hangs on somebody's role: the mark for publishing, addresses, tasks, invitations. Places: hanging_places.py."""

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import ContactPoint, Participation, Task
from crm.services.contact_points import retire, take_up
from crm.services.job_changes import Fate, Hanging, register_hanging
from crm.services.mail_domains import domain_of, domains_of


class Held(Hanging):
    """With the words that most sentences need."""

    order = 10

    @property
    def words(self):
        change = self.change
        successor = change.successor
        return {
            "person": change.person.name,
            "day": date_format(change.last_day),
            "successor": str(successor or ""),
            "since": date_format(successor.since) if successor else "",
        }

    def with_successor(self, sentence, others):
        """The fates in their order: handing over comes first, where somebody is there to hand to."""
        return ({Fate.HAND_OVER: sentence % self.words} if self.change.successor else {}) | others

    @property
    def successor(self):
        return self.change.successor.contact

    @property
    def is_for_organisation(self):
        return self.record.organisation_id == self.change.organisation.pk

    @property
    def default(self):
        """What belongs to the organisation goes to the successor; what is the person's own stays."""
        if not self.is_for_organisation:
            return Fate.KEEP
        return Fate.HAND_OVER if Fate.HAND_OVER in self.fates else Fate.END


@register_hanging
class PublishedHanging(Held):
    """That the person is shown on the web site with the role."""

    heading = gettext_lazy("Shown on the web site")
    key = "published"

    @classmethod
    def find(cls, change):
        return [change.affiliation] if change.affiliation.is_public else []

    @property
    def fates(self):
        others = {
            Fate.END: _("%(person)s is taken off the web site at once.") % self.words,
            Fate.KEEP: _("%(person)s is shown there until %(day)s.") % self.words,
        }
        return self.with_successor(_("%(successor)s is shown there from %(since)s, %(person)s until %(day)s."), others)

    @property
    def default(self):
        return Fate.HAND_OVER if self.change.successor else Fate.KEEP

    def carry_out(self, fate):
        if fate == Fate.HAND_OVER:
            self.change.successor_role.is_public = True
            self.change.successor_role.save(update_fields=["is_public"])
        elif fate == Fate.END:
            self.record.is_public = False
            self.record.save(update_fields=["is_public"])


@register_hanging
class PointHanging(Held):
    """An address or number of the role, or of the organisation's mail domain."""

    heading = gettext_lazy("Address or number")

    @classmethod
    def find(cls, change):
        points = change.person.contact_points.exclude(status=ContactPoint.Status.HISTORICAL)
        domains = domains_of(change.organisation)
        return [one for one in points if cls._hangs(one, change, domains)]

    @staticmethod
    def _hangs(point, change, domains):
        if point.affiliation_id is not None:
            return point.affiliation_id == change.affiliation.pk
        return point.kind == ContactPoint.Kind.EMAIL and domain_of(point.normalised) in domains

    def __str__(self):
        return self.record.display

    @property
    def goes_with_person(self):
        """Whether it is what the person is reached by at the new place."""
        new = self.change.new_role
        return bool(new) and self._is_one_of(new.email, new.phone)

    @property
    def goes_to_successor(self):
        return bool(self.change.successor) and self._is_one_of(self.change.successor.email)

    def _is_one_of(self, *values):
        kind = self.record.kind
        is_email = kind == ContactPoint.Kind.EMAIL
        return any(
            value and ("@" in value) == is_email and ContactPoint.normalise(kind, value) == self.record.normalised for value in values
        )

    @property
    def fates(self):
        keeps = _("%(person)s keeps it.") % self.words
        if self.goes_with_person:
            return {Fate.KEEP: keeps}
        hands = _("It goes to %(successor)s, but still finds %(person)s.")
        if self.goes_to_successor:
            return self.with_successor(hands, {})
        ends = _("From today it is no longer used, but still finds %(person)s.") % self.words
        return self.with_successor(hands, {Fate.END: ends, Fate.KEEP: keeps})

    @property
    def default(self):
        if len(self.fates) == 1:
            return next(iter(self.fates))
        # Until the last day the person is reached by it; and it may belong to what the person goes on with.
        return Fate.KEEP if self.change.lies_ahead or self._is_of_another_role else Fate.END

    @property
    def _is_of_another_role(self):
        places = [role.organisation for role in self.change.other_roles]
        places += [self.change.new_role.organisation] if self.change.new_role else []
        is_email = self.record.kind == ContactPoint.Kind.EMAIL and self.record.affiliation_id is None
        return is_email and bool(places) and domain_of(self.record.normalised) in domains_of(*places)

    def carry_out(self, fate):
        if fate == Fate.KEEP:
            if self.record.affiliation_id:
                self.record.affiliation = None
                self.record.save(update_fields=["affiliation"])
            return
        retire(self.record)
        if fate == Fate.HAND_OVER:
            take_up(self.successor, self.record.kind, self.record.value, affiliation=self.change.successor_role)


@register_hanging
class TaskHanging(Held):
    """Something that is still to be done about the person."""

    heading = gettext_lazy("To do")
    permission = "crm.change_task"

    @classmethod
    def find(cls, change):
        return Task.objects.open().filter(contact=change.person).soonest_first()

    def __str__(self):
        what = Truncator(self.record.what).chars(100)
        return f"{what} ({date_format(self.record.due)})" if self.record.due else what

    @property
    def fates(self):
        others = {
            Fate.END: _("It is marked as done."),
            Fate.KEEP: _("It stays, about %(person)s.") % self.words,
        }
        return self.with_successor(_("It is about %(successor)s from now on."), others)

    @property
    def default(self):
        return Fate.HAND_OVER if self.is_for_organisation and self.change.successor else Fate.KEEP

    def carry_out(self, fate):
        if fate == Fate.HAND_OVER:
            self.record.contact = self.successor
            self.record.save(update_fields=["contact"])
        elif fate == Fate.END:
            self.record.done_at = timezone.now()
            self.record.save(update_fields=["done_at"])


@register_hanging
class ParticipationHanging(Held):
    """That the person is invited to something that is still to come, or registered for it."""

    heading = gettext_lazy("Invited or registered")
    permission = "crm.change_activity"

    @classmethod
    def find(cls, change):
        coming = Participation.objects.filter(
            contact=change.person,
            how__in=[Participation.How.INVITED, Participation.How.REGISTERED],
            activity__archived_at=None,
            activity__day__gt=change.last_day,
            activity__day__gte=timezone.localdate(),
        )
        of_role = coming.filter(Q(organisation=change.organisation) | Q(organisation=None))
        return of_role.select_related("activity").order_by("activity__day", "pk")

    def __str__(self):
        return f"{self.record.activity}, {date_format(self.record.activity.day)} ({self.record.get_how_display().lower()})"

    @property
    def fates(self):
        others = {
            Fate.END: _("%(person)s is taken off the list.") % self.words,
            Fate.KEEP: _("%(person)s stays on the list.") % self.words,
        }
        return self.with_successor(_("%(successor)s stands on the list instead."), others)

    def carry_out(self, fate):
        if fate == Fate.KEEP:
            return
        others = self.record.activity.participations.exclude(pk=self.record.pk)
        if fate == Fate.HAND_OVER and not others.filter(contact=self.successor).exists():
            self.record.contact = self.successor
            self.record.save(update_fields=["contact"])
        else:
            self.record.delete()
