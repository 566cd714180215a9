"""Carries a mailing's deliveries to the mail server, window after window."""

from contextlib import closing, nullcontext
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.mail.problems import ConnectionTrouble
from crm.mail.smtp import Letter
from newsletter import backends
from newsletter.exceptions import UnsafeHeader
from newsletter.mail.messages import CompiledMessage
from newsletter.models import Delivery, Mailing, Subscription
from newsletter.services import attendance
from newsletter.services.audience import EXPLANATIONS, personal_exclusions, with_reasons
from newsletter.services.deliveries import Outcome
from newsletter.services.journals import Journal
from newsletter.services.recipients import recipient_for, wire_address
from newsletter.services.windows import StrictWindow, Window

WAIT_FOR_SERVER = timedelta(minutes=1)


class Courier:
    """One worker's run through a mailing, with one connection to the mail server.

    Several may run at once: a delivery belongs to whoever has its lease.
    """

    def __init__(self, mailing_id):
        self.mailing = Mailing.objects.select_related("newsletter").get(pk=mailing_id)
        self.sender = wire_address(self.mailing.from_address)

    def run(self):
        """Send what is due now. What has to wait is for a later run: `attendance.resume_interrupted` calls for it."""
        if not attendance.begin(self.mailing):
            return
        attendance.clear_up()
        self.message = self.compile()
        try:
            with backends.get_backend() as self.backend, nullcontext() if settings.NEWSLETTER_STRICT else closing(Journal()) as journal:
                while self._carry_window(journal):
                    attendance.renew(self.mailing)
        except DatabaseError:
            raise  # there is nothing to write it into; the clock calls again when the database is back
        except Exception as error:
            # A fault of ours would hit one recipient after the other: stop, and let a person see it.
            attendance.pause(self.mailing, f"{type(error).__name__}: {error}")
            raise
        attendance.finish(self.mailing)

    def compile(self):
        mailing = self.mailing
        sender = (mailing.from_name, self.sender)
        return CompiledMessage(sender=sender, subject=mailing.subject, html=mailing.html, text=mailing.text, headers=mailing.headers)

    def _carry_window(self, journal):
        """Return whether there may be more to carry."""
        domain = self.sender.rpartition("@")[2]
        window = Window(self.mailing, domain=domain, journal=journal) if journal else StrictWindow(self.mailing, domain=domain)
        try:
            self.backend.carry(self._letters(window), window)
        finally:
            window.close()
        if window.sent:
            attendance.note_success(self.mailing)
        if window.obstacle:
            self._stop(window.obstacle)
        return bool(window.rows) and not window.obstacle

    def _letters(self, window):
        """Make the mails of a window, each just before it is sent, as long as it is not too long ago that the register was asked."""
        subscriptions = current_subscriptions([row.subscription_id for row in window.rows])
        for row in window.rows:
            if window.is_over:
                return
            subscription = subscriptions.get(row.subscription_id)
            if subscription is None or subscription.reason:
                reason = EXPLANATIONS[subscription.reason] if subscription else _("The subscription has been deleted.")
                window.settle(row.pk, Outcome(Delivery.State.SKIPPED, str(reason)))
                continue
            recipient = recipient_for(
                row.email, subscription=subscription, name=row.name, greeting=self.mailing.greeting, message_id=row.message_id
            )
            try:
                message = self.message.merge(recipient)
            except UnsafeHeader as problem:
                window.settle(row.pk, Outcome(Delivery.State.FAILED, str(problem)))
                continue
            yield Letter(row.pk, self.sender, recipient.address, message)

    def _stop(self, obstacle):
        if isinstance(obstacle, ConnectionTrouble):
            attendance.wait_for_server(self.mailing, str(obstacle), until=timezone.now() + WAIT_FOR_SERVER)
        else:
            attendance.pause(self.mailing, str(obstacle))


def current_subscriptions(keys):
    """Return {key: subscription} as they are at this moment, each with a reason not to send, or none."""
    found = Subscription.objects.filter(pk__in=keys).select_related("contact")
    return {subscription.pk: subscription for subscription in with_reasons(found, personal_exclusions())}
