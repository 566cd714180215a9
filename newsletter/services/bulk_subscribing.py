"""Many contacts of the register made subscribers by the office, which says on what basis.

Nobody is brought back who has left, by whichever address, and nobody who has been asked to confirm is answered for.
"""

from collections import defaultdict

from django.utils.translation import gettext as _

from crm.models import ContactPoint
from crm.services import bulk
from crm.services.bulk_edits import BulkEdit
from newsletter.models import Subscription


class Subscribe(BulkEdit):
    def __init__(self, model, *, newsletter, basis, source):
        super().__init__(model)
        self.newsletter, self.basis, self.source = newsletter, basis, source
        self.taken = set()  # addresses that this edit has used already
        self.sentence = _("Subscribe to “%(newsletter)s”") % {"newsletter": newsletter}

    def plan(self, numbers):
        self.taken = set()
        return super().plan(numbers)

    def know(self, numbers):
        """Return ({contact: the address to use}, {contact: subscriptions}, {address: subscription})."""
        addresses = {}
        points = ContactPoint.objects.emails().usable().filter(bulk.one_of(ContactPoint, "contact_id", numbers))
        for contact, value, normalised in points.values_list("contact_id", "value", "normalised"):
            addresses.setdefault(contact, (value, normalised))
        ours = Subscription.objects.filter(newsletter=self.newsletter)
        known = [normalised for _value, normalised in addresses.values()]
        by_address = {one.normalised: one for one in ours.filter(bulk.one_of(Subscription, "normalised", known))}
        by_contact = defaultdict(list)
        for one in ours.filter(bulk.one_of(Subscription, "contact_id", numbers)):
            by_contact[one.contact_id].append(one)
        return addresses, by_contact, by_address

    def judge(self, record, known, plan):
        addresses, by_contact, by_address = known
        value, normalised = addresses.get(record.pk, ("", ""))
        there = by_contact[record.pk] + ([by_address[normalised]] if normalised in by_address else [])
        if any(one.has_left for one in there):
            plan.leave_out(record, _("has unsubscribed"))
        elif any(one.state == Subscription.State.PENDING for one in there):
            plan.leave_out(record, _("has been asked to confirm and has not answered"))
        elif there:
            plan.already += 1
        elif not value:
            plan.leave_out(record, _("has no e-mail address that works"))
        elif normalised in self.taken:
            plan.leave_out(record, _("has the same address as another of them"))
        else:
            self.taken.add(normalised)
            plan.change(record, old="", new=value, what=(value, normalised, str(record), record.language))

    def write(self, changes):
        Subscription.objects.bulk_create(self._subscription(number, *values) for number, values in changes.items())

    def _subscription(self, number, value, normalised, name, language):
        return Subscription(
            newsletter=self.newsletter,
            contact_id=number,
            email=value,
            normalised=normalised,
            name=name[:200],
            language=language,
            state=Subscription.State.ACTIVE,
            basis=self.basis,
            source=self.source,
        )
