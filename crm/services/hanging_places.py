"""Places that hang on somebody's role: seats in networks, roles in projects, licences."""

import datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Holding, ProjectRole, Seat
from crm.services.hanging import Held
from crm.services.job_changes import Fate, register_hanging
from crm.services.licences import end_holding, hand_over


class PlaceHanging(Held):
    """A place from a day to a day that the person has for the organisation, or for themselves."""

    order = 9
    # What becomes of it, in sentences.
    taken_over = exchanged = ended = taken_away = kept = ""

    @staticmethod
    def going_on(places, change):
        """Those of the person that go on after the last day, for the organisation or for themselves."""
        own_or_for_it = Q(organisation=change.organisation) | Q(organisation=None)
        return places.filter(own_or_for_it, Q(until=None) | Q(until__gt=change.last_day), contact=change.person)

    @property
    def name(self):
        raise NotImplementedError

    def __str__(self):
        return f"{self.name} ({self.record.organisation or _('the person’s own')})"

    @property
    def lies_ahead(self):
        return self.record.since is not None and self.record.since > self.change.last_day

    @property
    def fates(self):
        takes_over, ends = (self.exchanged, self.taken_away) if self.lies_ahead else (self.taken_over, self.ended)
        others = {Fate.END: ends % self.words, Fate.KEEP: self.kept % self.words}
        return self.with_successor(takes_over, others) if self._can_be_handed_over else others

    @property
    def last_day(self):
        """The last day of what the successor would have, or None."""
        return self.record.until

    @property
    def handed_over_on(self):
        """The day from which on the successor would have it."""
        return self.change.successor.since

    @property
    def _can_be_handed_over(self):
        return self.change.successor and (self.last_day is None or self.last_day >= self.handed_over_on)

    @property
    def default(self):
        is_all = self.record.organisation_id is None and not self.change.other_roles and not self.change.new_role
        return Fate.END if is_all else super().default

    @property
    def same_place(self):
        """What a place of the successor has in common with this one, {field: value}."""
        raise NotImplementedError

    def carry_out(self, fate):
        if fate == Fate.KEEP:
            return
        until = self.record.until
        if self.lies_ahead:
            self.record.delete()
        else:
            self.record.until = self.change.last_day
            self.record.save(update_fields=["until"])
        if fate == Fate.HAND_OVER:
            self._give_to_successor(until)

    def _give_to_successor(self, until):
        since = max(filter(None, (self.change.successor.since, self.record.since)))
        places = type(self.record).objects
        held = places.filter(Q(until=None) | Q(until__gte=since), contact=self.successor, **self.same_place)
        if not held.exists():
            places.create(contact=self.successor, since=since, until=until, **self.same_place)


@register_hanging
class SeatHanging(PlaceHanging):
    """A place in a network."""

    heading = gettext_lazy("Seat in a network")
    permission = "crm.change_network"
    taken_over = gettext_lazy("%(successor)s takes the seat over from %(since)s.")
    exchanged = gettext_lazy("%(successor)s has the seat instead.")
    ended = gettext_lazy("The seat ends on %(day)s.")
    taken_away = gettext_lazy("The seat, which has not begun, is taken away.")
    kept = gettext_lazy("%(person)s keeps the seat.")

    @classmethod
    def find(cls, change):
        return cls.going_on(Seat.objects.filter(network__archived_at=None), change).select_related("network", "organisation")

    @property
    def name(self):
        return str(self.record.network)

    @property
    def same_place(self):
        return {"network": self.record.network, "organisation": self.record.organisation}


@register_hanging
class ProjectRoleHanging(PlaceHanging):
    """What the person does in a project that goes on."""

    heading = gettext_lazy("Role in a project")
    permission = "crm.change_project"
    taken_over = gettext_lazy("%(successor)s takes the role in the project over from %(since)s.")
    exchanged = gettext_lazy("%(successor)s has the role in the project instead.")
    ended = gettext_lazy("The role in the project ends on %(day)s.")
    taken_away = gettext_lazy("The role in the project, which has not begun, is taken away.")
    kept = gettext_lazy("%(person)s keeps the role in the project.")

    @classmethod
    def find(cls, change):
        in_projects = ProjectRole.objects.filter(Q(project__until=None) | Q(project__until__gt=change.last_day), project__archived_at=None)
        return cls.going_on(in_projects, change).select_related("project", "organisation").order_by("project__sort_key", "pk")

    @property
    def name(self):
        return ", ".join(filter(None, [str(self.record.project), self.record.title]))

    @property
    def last_day(self):
        return self.record.until or self.record.project.until

    @property
    def same_place(self):
        return {"project": self.record.project, "organisation": self.record.organisation, "title": self.record.title}


@register_hanging
class HoldingHanging(PlaceHanging):
    """A licence, of whose seats there may be no other: the leaver and the successor never hold it on the same day."""

    heading = gettext_lazy("Licence")
    permission = "crm.change_holding"
    taken_over = exchanged = gettext_lazy("%(successor)s takes the licence over from %(since)s.")
    ended = gettext_lazy("The licence ends on %(day)s.")
    taken_away = gettext_lazy("The licence, which has not begun, is taken away.")
    kept = gettext_lazy("%(person)s keeps the licence.")

    @classmethod
    def find(cls, change):
        return cls.going_on(Holding.objects.filter(licence__archived_at=None), change).select_related("licence", "organisation")

    @property
    def name(self):
        return str(self.record.licence)

    @property
    def words(self):
        return super().words | ({"since": date_format(self.handed_over_on)} if self.change.successor else {})

    @property
    def handed_over_on(self):
        """When the successor begins; what the person got later than that is handed over after the last day."""
        began, since = self.record.since, self.change.successor.since
        if self.lies_ahead:
            return max(began, since)
        return since if began is None or began < since else self.change.last_day + datetime.timedelta(days=1)

    def carry_out(self, fate):
        if fate == Fate.END:
            end_holding(self.record, last_day=self.change.last_day)
        elif fate == Fate.HAND_OVER:
            hand_over(self.record, to=self.successor, since=self.handed_over_on)
