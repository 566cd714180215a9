"""Licences that hang on somebody's role."""

import datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Holding
from crm.services.hanging import Held
from crm.services.job_changes import Fate, register_hanging
from crm.services.licences import end_holding, hand_over


@register_hanging
class HoldingHanging(Held):
    """A licence that the person has for the organisation, or for themselves."""

    order = 9
    heading = gettext_lazy("Licence")
    permission = "crm.change_holding"

    @classmethod
    def find(cls, change):
        held = Holding.objects.filter(Q(until=None) | Q(until__gt=change.last_day), contact=change.person, licence__archived_at=None)
        return held.filter(Q(organisation=change.organisation) | Q(organisation=None)).select_related("licence", "organisation")

    def __str__(self):
        whose = self.record.organisation or _("the person’s own")
        return f"{self.record.licence} ({whose})"

    @property
    def lies_ahead(self):
        return self.record.since is not None and self.record.since > self.change.last_day

    @property
    def handed_over_on(self):
        """When the successor begins; what the person got later than that is handed over after the last day."""
        began, since = self.record.since, self.change.successor.since
        if self.lies_ahead:
            return max(began, since)
        return since if began is None or began < since else self.change.last_day + datetime.timedelta(days=1)

    @property
    def _can_be_handed_over(self):
        return self.change.successor and (self.record.until is None or self.record.until >= self.handed_over_on)

    @property
    def fates(self):
        ends = _("The licence, which has not begun, is taken away.") if self.lies_ahead else _("The licence ends on %(day)s.")
        others = {Fate.END: ends % self.words, Fate.KEEP: _("%(person)s keeps the licence.") % self.words}
        if not self._can_be_handed_over:
            return others
        words = {"successor": self.words["successor"], "since": date_format(self.handed_over_on)}
        return {Fate.HAND_OVER: _("%(successor)s takes the licence over from %(since)s.") % words} | others

    @property
    def default(self):
        is_all = self.record.organisation_id is None and not self.change.other_roles and not self.change.new_role
        return Fate.END if is_all else super().default

    def carry_out(self, fate):
        if fate == Fate.END:
            end_holding(self.record, last_day=self.change.last_day)
        elif fate == Fate.HAND_OVER:
            hand_over(self.record, to=self.successor, since=self.handed_over_on)
