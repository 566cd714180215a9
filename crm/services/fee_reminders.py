"""Reminders of overdue fees: to whom, in which words, and sending each at most once (docs/decisions/0006-at-most-one-mail.md)."""

import datetime
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext_lazy
from django_tasks import task

from crm.models import Affiliation, Change, ChangeSet, ContactPoint, Fee, FeeReminder, FeeSettings
from crm.pdf import money
from crm.services.association import association
from crm.services.fee_documents import documents_of, file_name
from crm.services.ledger import change_set, going_on_with

# What a text may hold between braces, in English or in Swedish.
PLACEHOLDERS = {
    "member": pgettext_lazy("placeholder", "member"),
    "year": pgettext_lazy("placeholder", "year"),
    "amount": pgettext_lazy("placeholder", "amount"),
    "due": pgettext_lazy("placeholder", "due"),
    "number": pgettext_lazy("placeholder", "number"),
    "bankgiro": pgettext_lazy("placeholder", "bankgiro"),
}
# Before the queue's own wake-up is missed by the clock.
PATIENCE = datetime.timedelta(minutes=2)
# The server has said no before it took the message: nothing has been sent.
REFUSED = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
    ConnectionRefusedError,
)


def standard_subject():
    return _("Reminder: the membership fee {year}")


def standard_text():
    return _(
        "Hello!\n\nWe have not seen the payment of the membership fee {year} for {member}. It is SEK {amount} and was due on {due}. "
        "Please pay it to bankgiro {bankgiro} with the reference {number}. The fee document is attached.\n\n"
        "If the payment is on its way already, please disregard this letter."
    )


@dataclass(frozen=True)
class Recipient:
    """Who gets the mails about a fee. Without an address nobody does, and `remark` says why."""

    name: str = ""
    address: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Draft:
    """One reminder as it would be sent."""

    fee: Fee
    number: int
    recipient: Recipient
    subject: str
    text: str


def overdue_fees(numbers=None):
    """The fees that somebody may be reminded of, with what the page shows of each, the longest overdue first."""
    held = Affiliation.objects.current().select_related("organisation__parent")
    fees = Fee.objects.of_members().overdue().select_related("membership__organisation", "membership__fee_contact")
    if numbers is not None:
        fees = fees.filter(pk__in=numbers)
    return fees.order_by("due_on", "membership__organisation__sort_key", "pk").prefetch_related(
        Prefetch("reminders", FeeReminder.objects.counted(), to_attr="sent_reminders"),
        Prefetch("membership__organisation__contact_points", ContactPoint.objects.usable(), to_attr="usable_points"),
        Prefetch("membership__fee_contact__contact_points", ContactPoint.objects.usable(), to_attr="usable_points"),
        Prefetch("membership__fee_contact__affiliations", held, to_attr="held_now"),
    )


def recipient_of(fee):
    """The contact that the membership names, as long as that works there; else the organisation itself."""
    member, contact, remark = fee.membership.organisation, fee.membership.fee_contact, ""
    if contact:
        place = next((one for one in _held_now(contact) if _is_at(one.organisation, member)), None)
        if contact.is_archived or place is None:
            remark = _("%(name)s no longer has a role there.") % {"name": contact}
        elif address := _address_of(contact, place):
            return Recipient(str(contact), address)
        else:
            remark = _("%(name)s has no e-mail that works.") % {"name": contact}
    point = member.best_point(ContactPoint.Kind.EMAIL)
    if point is None:
        return Recipient(remark=" ".join(filter(None, [remark, _("The organisation has no e-mail.")])))
    return Recipient(member.name, point.normalised, remark)


def _held_now(contact):
    return contact.held_now if hasattr(contact, "held_now") else contact.affiliations.current().select_related("organisation__parent")


def _is_at(organisation, member):
    """Whether an organisation is the member or belongs to it, two steps down."""
    parent = organisation.parent
    return member.pk in (organisation.pk, organisation.parent_id, parent.parent_id if parent else None)


def _address_of(contact, place):
    points = contact.usable_points if hasattr(contact, "usable_points") else list(contact.contact_points.usable())
    emails = [point for point in points if point.kind == ContactPoint.Kind.EMAIL]
    own = [point for point in emails if point.affiliation_id == place.pk]
    return next((point.normalised for point in [*own, *emails]), "")


def draft(fee, *, subject, text):
    return Draft(fee, next_reminder(fee), recipient_of(fee), fill(subject, fee), fill(text, fee))


def next_reminder(fee):
    """Which one it would be: the first, the second …"""
    if hasattr(fee, "sent_reminders"):
        return max((one.number for one in fee.sent_reminders), default=0) + 1
    return (fee.reminders.counted().aggregate(last=Max("number"))["last"] or 0) + 1


def fill(text, fee):
    """Put what belongs to a fee in place of {member}, {medlem} and the like; what else stands between braces stays."""
    values = {
        "member": fee.membership.organisation.name,
        "year": str(fee.year),
        "amount": money(fee.amount).removesuffix(",00"),
        "due": date_format(fee.due_on) if fee.due_on else "",
        "number": str(fee.number or fee.year),
        "bankgiro": FeeSettings.current().bankgiro,
    }
    for name, value in values.items():
        with override("sv"):
            in_swedish = str(PLACEHOLDERS[name])
        text = text.replace(f"{{{name}}}", value).replace(f"{{{in_swedish}}}", value)
    return text


def remind(expected, *, subject, text, acting_user):
    """Write down a reminder for each fee and have it sent; return (the reminders, the fees left out).

    `expected` is {number of a fee: which reminder the preview has shown}: a fee that has been paid or reminded of since, as by a
    second press of the button, is left out.
    """
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT, note=_("Reminders of fees")):
        list(Fee.objects.select_for_update().filter(pk__in=expected).order_by("pk").values_list("pk", flat=True))
        made = []
        for fee in overdue_fees(list(expected)):
            one = draft(fee, subject=subject, text=text)
            if one.number == expected[fee.pk] and one.recipient.address:
                made.append(_write_down(one, acting_user))
        for reminder in made:
            transaction.on_commit(lambda pk=reminder.pk: send_fee_reminder.enqueue(pk))
    done = {reminder.fee_id for reminder in made}
    return made, [number for number in expected if number not in done]


def _write_down(one, acting_user):
    return FeeReminder.objects.create(
        fee=one.fee,
        number=one.number,
        recipient=one.recipient.name[:200],
        address=one.recipient.address,
        subject=" ".join(one.subject.split())[:200],
        text=one.text,
        sent_by=acting_user,
    )


@task
def send_fee_reminder(reminder_id):
    deliver(reminder_id)


def resume_waiting():
    """Call again for reminders that nobody has taken on; the clock does so. Whoever takes one on first sends it."""
    waiting = FeeReminder.objects.filter(state=FeeReminder.State.WAITING, at__lt=timezone.now() - PATIENCE)
    for number in waiting.values_list("pk", flat=True):
        send_fee_reminder.enqueue(number)


def deliver(reminder_id):
    """Send a reminder that is still waiting. It is "sending" before the mail server is spoken to, and stays so when nobody knows."""
    reminder = FeeReminder.objects.select_related("fee__membership__organisation", "sent_by").filter(pk=reminder_id).first()
    if reminder is None or reminder.state != FeeReminder.State.WAITING:
        return
    if reminder.fee.paid_on:
        _move_on(reminder, FeeReminder.State.WAITING, FeeReminder.State.FAILED, _("Paid before it was sent."))
        return
    with override(reminder.sent_by.language if reminder.sent_by else settings.LANGUAGE_CODE):
        message = _message(reminder)
    if not _move_on(reminder, FeeReminder.State.WAITING, FeeReminder.State.SENDING):
        return
    try:
        message.send()
    except REFUSED as error:
        _move_on(reminder, FeeReminder.State.SENDING, FeeReminder.State.FAILED, f"{type(error).__name__}: {error}")
    except Exception as error:
        _move_on(reminder, FeeReminder.State.SENDING, FeeReminder.State.SENDING, f"{type(error).__name__}: {error}")
    else:
        _move_on(reminder, FeeReminder.State.SENDING, FeeReminder.State.SENT)


def _message(reminder):
    own = FeeSettings.current()
    reply_to = own.reply_to or association().email
    message = EmailMessage(
        subject=reminder.subject,
        body=reminder.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[reminder.address],
        reply_to=[reply_to] if reply_to else None,
    )
    message.attach(file_name(reminder.fee), documents_of([reminder.fee]), "application/pdf")
    return message


def _move_on(reminder, before, after, problem=""):
    """Write the state down if it still is what it was; in the change set of the reminder, of which it is a part."""
    written = Change.objects.of_record(reminder).filter(action=Change.Action.CREATED).select_related("change_set").first()
    opened = going_on_with(written.change_set) if written else change_set(cause=ChangeSet.Cause.COMMAND)
    with opened:
        waiting = FeeReminder.objects.filter(pk=reminder.pk, state=before)
        return bool(waiting.update(state=after, problem=problem[:300], at=timezone.now()))
