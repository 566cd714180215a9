"""What becomes of somebody's newsletter when they leave a role (crm.services.job_changes)."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import ContactPoint
from crm.services.job_changes import Fate, Hanging, register_hanging
from crm.services.mail_domains import domain_of, domains_of
from crm.validators import normalise_email
from newsletter.models import Subscription
from newsletter.services.subscriptions import unsubscribe


@register_hanging
class SubscriptionHanging(Hanging):
    """A newsletter that goes to the person, or to an address that only this person has.

    A consent is the person's own. What somebody gets because of the membership goes on to the successor.
    """

    heading = gettext_lazy("Newsletter")
    permission = "newsletter.change_subscription"

    @classmethod
    def find(cls, change):
        own = change.person.contact_points.emails().values_list("normalised", flat=True)
        alone = [address for address in own if not _is_shared(address, change.person)]
        going_on = Subscription.objects.exclude(state=Subscription.State.UNSUBSCRIBED).select_related("newsletter")
        return going_on.filter(Q(contact=change.person) | Q(contact=None, normalised__in=alone))

    def __str__(self):
        return f"{self.record.newsletter}, {self.record.email}"

    @property
    def new_address(self):
        """Where it goes instead, when the address is the old employer's and a new one is known."""
        new = self.change.new_role
        address = normalise_email(new.email) if new and new.email else ""
        return address if address != self.record.normalised and self._is_of_old_role else ""

    @property
    def _is_of_old_role(self):
        point = self.change.person.contact_points.emails().filter(normalised=self.record.normalised).first()
        is_bound = point is not None and point.affiliation_id == self.change.affiliation.pk
        return is_bound or domain_of(self.record.normalised) in domains_of(self.change.organisation)

    @property
    def address_of_successor(self):
        successor = self.change.successor
        if successor is None:
            return ""
        return successor.email or (successor.contact.pk and successor.contact.email) or ""

    @property
    def fates(self):
        words = {"person": self.change.person.name, "address": self.new_address, "successor_address": self.address_of_successor}
        keeps = _("It goes to %(address)s from now on.") if self.new_address else _("%(person)s goes on getting it at the same address.")
        others = {Fate.END: _("It is ended; %(person)s gets no more issues there.") % words, Fate.KEEP: keeps % words}
        if self.record.basis == Subscription.Basis.MEMBERSHIP and self.address_of_successor:
            return {Fate.HAND_OVER: _("It goes to %(successor_address)s from now on.") % words} | others
        return others

    @property
    def default(self):
        if Fate.HAND_OVER in self.fates:
            return Fate.HAND_OVER
        return Fate.END if self._is_of_old_role and not self.new_address and not self.change.lies_ahead else Fate.KEEP

    def carry_out(self, fate):
        if fate == Fate.KEEP and self.new_address:
            self._move(self.new_address)
        elif fate == Fate.HAND_OVER:
            self._give_to_successor()
        elif fate == Fate.END:
            unsubscribe(self.record, by=Subscription.Exit.STAFF)

    def _move(self, address):
        if _has(self.record.newsletter, address):
            unsubscribe(self.record, by=Subscription.Exit.STAFF)
        else:
            self.record.email = address
            self.record.save(update_fields=["email", "normalised"])

    def _give_to_successor(self):
        contact, address = self.change.successor.contact, self.address_of_successor
        if normalise_email(address) == self.record.normalised:  # the address itself goes on
            self.record.contact, self.record.name = contact, contact.name
            self.record.save(update_fields=["contact", "name"])
            return
        unsubscribe(self.record, by=Subscription.Exit.STAFF)
        # Whoever has left the newsletter before stays out.
        if not _has(self.record.newsletter, address):
            Subscription.objects.create(
                newsletter=self.record.newsletter,
                email=address,
                contact=contact,
                name=contact.name,
                language=contact.language,
                basis=self.record.basis,
                source=_("Took over from %(person)s") % {"person": self.change.person.name},
            )


def _has(newsletter, address):
    return Subscription.objects.filter(newsletter=newsletter, normalised=normalise_email(address)).exists()


def _is_shared(address, person):
    return ContactPoint.objects.emails().filter(normalised=address).exclude(contact=person).exists()
