"""Carries a mailing's deliveries to the mail server, one after the other."""

from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import backends
from newsletter.exceptions import UnsafeHeader
from newsletter.mail.messages import CompiledMessage
from newsletter.models import Delivery, Mailing, Subscription
from newsletter.services import attendance, deliveries
from newsletter.services.audience import EXPLANATIONS, personal_exclusions, with_reasons
from newsletter.services.recipients import new_message_id, recipient_for, wire_address

WAIT_FOR_SERVER = timedelta(minutes=1)


class Courier:
    """One worker's run through a mailing, with one connection to the mail server.

    Several may run at once: a delivery belongs to whoever has its lease.
    """

    def __init__(self, mailing_id):
        self.mailing = Mailing.objects.select_related("newsletter").get(pk=mailing_id)

    def run(self):
        """Send what is due now. What has to wait is for a later run: `attendance.resume_interrupted` calls for it."""
        if not attendance.begin(self.mailing):
            return
        self.message = self._compile()
        try:
            with backends.get_backend() as self.backend:
                while self._carry_batch():
                    pass
        except DatabaseError:
            raise  # there is nothing to write it into; the clock calls again when the database is back
        except Exception as error:
            # A fault of ours would hit one recipient after the other: stop, and let a person see it.
            attendance.pause(self.mailing, f"{type(error).__name__}: {error}")
            raise
        attendance.finish(self.mailing)

    def _compile(self):
        mailing = self.mailing
        sender = (mailing.from_name, wire_address(mailing.from_address))
        return CompiledMessage(sender=sender, subject=mailing.subject, html=mailing.html, text=mailing.text, headers=mailing.headers)

    def _carry_batch(self):
        """Return whether there may be more to carry."""
        attendance.renew(self.mailing)
        deliveries.expire_leases()
        token, keys = deliveries.lease_batch(self.mailing)
        try:
            return bool(keys) and all(self._carry(delivery, token) for delivery in Delivery.objects.filter(pk__in=keys).order_by("pk"))
        finally:
            deliveries.release(token)

    def _carry(self, delivery, token):
        """Deal with one delivery; return whether to go on."""
        subscription = current_subscription(delivery)
        if subscription is None or subscription.reason:
            reason = EXPLANATIONS[subscription.reason] if subscription else _("The subscription has been deleted.")
            deliveries.skip(delivery.pk, token, str(reason))
            return True
        message_id = new_message_id(self.mailing.from_address)
        recipient = recipient_for(
            delivery.email, subscription=subscription, name=delivery.name, greeting=self.mailing.greeting, message_id=message_id
        )
        try:
            message = self.message.merge(recipient)
        except UnsafeHeader as problem:
            deliveries.refuse(delivery.pk, token, str(problem))
            return True
        if not deliveries.begin(delivery.pk, token, message_id=message_id):
            return False
        return self._send(delivery.pk, token, address=recipient.address, message=message)

    def _send(self, pk, token, *, address, message):
        try:
            self.backend.send(sender=wire_address(self.mailing.from_address), address=address, message=message)
        except backends.PermanentRefusal as problem:
            deliveries.fail(pk, token, str(problem))
        except backends.TemporaryRefusal as problem:
            deliveries.postpone(pk, token, str(problem))
        except backends.OutcomeUnknown as problem:
            deliveries.leave_unknown(pk, token, str(problem))
        except backends.ConnectionTrouble as problem:
            deliveries.put_back(pk, token)
            attendance.wait_for_server(self.mailing, str(problem), until=timezone.now() + WAIT_FOR_SERVER)
            return False
        except backends.SenderRefused as problem:
            deliveries.put_back(pk, token)
            attendance.pause(self.mailing, str(problem))
            return False
        else:
            deliveries.succeed(pk, token)
            attendance.note_success(self.mailing)
        return True


def current_subscription(delivery):
    """Return the delivery's subscription as it is at this moment, with a reason not to send, or None when it is gone."""
    found = Subscription.objects.filter(pk=delivery.subscription_id).select_related("contact")
    return with_reasons(found, personal_exclusions()).first()
