"""Mails about a meeting: queued in one transaction with what they tell of, and carried in the background, each at most once.

A mail is marked *sending*, and that is committed, before the mail server is spoken to. What a dead worker leaves there becomes
*unknown*: it is shown to a person, and only a person sends it again.
"""

import smtplib
from datetime import timedelta
from functools import partial

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from crm.models import ChangeSet, ContactPoint, MeetingMail, MeetingMailing
from crm.services.ledger import change_set
from crm.services.meeting_messages import message_for
from crm.services.meetings import cancel_meeting

LEASE = timedelta(minutes=2)  # longer than the slowest SMTP dialogue
WAIT_FOR_SERVER = timedelta(minutes=1)
FIRST_WAIT = timedelta(minutes=5)
MAX_ATTEMPTS = 8
DETAILS = ("subject", "day", "starts_at", "minutes", "place")  # of a meeting, as far as calendars know of it

_State = MeetingMail.State
_Kind = MeetingMailing.Kind


# Whom to tell


def current_sequence(activity):
    return activity.mailings.about_calendars().aggregate(last=Max("sequence"))["last"] or 0


def next_sequence(activity):
    last = activity.mailings.about_calendars().aggregate(last=Max("sequence"))["last"]
    return 0 if last is None else last + 1


def last_calendar_mails(activity):
    """Return the latest mail that each address has in its calendar, or may have. Who has left the list of the meeting is not among them."""
    return _latest(_calendar_mails(activity).filter(contact__in=_listed(activity)))


def in_calendars_of_removed(activity):
    """Return the latest mail of each who has left the list of the meeting and still has it in the calendar."""
    mails = _calendar_mails(activity)
    addresses = mails.filter(contact__in=_listed(activity)).values("normalised")  # one that two people share is still called
    left = _latest(mails.exclude(contact__in=_listed(activity)).exclude(normalised__in=addresses).exclude(contact=None))
    return [mail for mail in left if mail.mailing.kind != _Kind.CANCELLATION]


def _listed(activity):
    return activity.participations.filter(contact__isnull=False).values("contact")


def _calendar_mails(activity):
    return MeetingMail.objects.filter(mailing__activity=activity).exclude(mailing__kind=_Kind.MINUTES)


def _latest(mails):
    open_or_received = mails.exclude(state__in=[_State.FAILED, _State.SKIPPED])
    latest = {mail.normalised: mail for mail in open_or_received.select_related("mailing", "contact").order_by("pk")}
    return sorted(latest.values(), key=lambda mail: (mail.name, mail.pk))


def out_of_date(activity):
    """Return the mails of those whose calendars say something else than the register."""
    return [
        mail
        for mail in last_calendar_mails(activity)
        if mail.mailing.kind == _Kind.CANCELLATION or any(getattr(mail.mailing, name) != getattr(activity, name) for name in DETAILS)
    ]


def to_be_told_of_cancellation(activity):
    return [mail for mail in last_calendar_mails(activity) if mail.mailing.kind != _Kind.CANCELLATION]


# Queueing


def queue_mailing(activity, kind, recipients, *, key, sequence, acting_user, text="", notes="", attachments=()):
    """Queue a mail to each of [(contact, address, normalised address)]; nothing is sent before the transaction around it is over."""
    values = {"text": text, "notes": notes, "attachments": attachments}
    mailing = write_mailing(activity, kind, recipients, key=key, sequence=sequence, acting_user=acting_user, **values)
    call_worker(mailing)
    return mailing


def write_mailing(activity, kind, recipients, *, key, sequence, acting_user, text="", notes="", attachments=()):
    mailing = MeetingMailing.objects.create(
        activity=activity,
        kind=kind,
        key=key,
        sequence=sequence,
        text=text,
        notes=notes,
        attachments=list(attachments),
        created_by=acting_user,
        **{name: getattr(activity, name) for name in DETAILS},
    )
    MeetingMail.objects.bulk_create(
        MeetingMail(mailing=mailing, contact=contact, name=str(contact), email=email, normalised=normalised)
        for contact, email, normalised in recipients
    )
    return mailing


def send_change(activity, *, key, acting_user, text=""):
    """Tell those whose calendars are out of date. Sent once more with the same key, it changes nothing."""
    _tell(activity, _Kind.CHANGE, out_of_date(activity), key=key, acting_user=acting_user, text=text)


def tell_removed(activity, *, key, acting_user, text=""):
    """Take the meeting out of the calendars of those who are no longer on its list."""
    _tell(activity, _Kind.CANCELLATION, in_calendars_of_removed(activity), key=key, acting_user=acting_user, text=text)


def cancel_and_tell(activity, *, reason, key, acting_user, tell=True):
    """Cancel a meeting, and tell all who have it in their calendars."""
    if MeetingMailing.objects.filter(key=key).exists():
        return
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        cancel_meeting(activity, day=timezone.localdate(), reason=reason, acting_user=acting_user)
        if tell:
            _tell(activity, _Kind.CANCELLATION, to_be_told_of_cancellation(activity), key=key, acting_user=acting_user, text=reason)


def send_minutes(activity, recipients, *, key, acting_user, text="", attachments=()):
    """Send the minutes, as they stand now, to [(contact, address, normalised address)]."""
    if not MeetingMailing.objects.filter(key=key).exists():
        with transaction.atomic():
            queue_mailing(
                activity,
                _Kind.MINUTES,
                recipients,
                key=key,
                sequence=0,
                text=text,
                notes=activity.text,
                attachments=attachments,
                acting_user=acting_user,
            )


def _tell(activity, kind, mails, *, key, acting_user, text):
    if mails and not MeetingMailing.objects.filter(key=key).exists():
        recipients = [(mail.contact, mail.email, mail.normalised) for mail in mails]
        with transaction.atomic():
            queue_mailing(activity, kind, recipients, key=key, sequence=next_sequence(activity), text=text, acting_user=acting_user)


def send_again(mailing):
    """Queue once more what failed, and what may or may not have arrived: somebody has decided that a second copy does less harm."""
    again = mailing.mails.filter(state__in=[_State.FAILED, _State.UNKNOWN])
    number = again.update(state=_State.QUEUED, reason="", attempts=0, not_before=None, lease_until=None)
    if number:
        with transaction.atomic():
            call_worker(mailing)
    return number


# Carrying


def call_worker(mailing):
    """Put a task into the queue, unless somebody is at it."""
    now = timezone.now()
    unattended = MeetingMailing.objects.filter(Q(attended_until=None) | Q(attended_until__lte=now), pk=mailing.pk)
    if unattended.update(attended_until=now + LEASE):
        transaction.on_commit(partial(carry_meeting_mails.enqueue, mailing.pk))


def resume_interrupted():
    """Set going again what has stopped: a worker was killed, a waiting time is over, the mail server is back. The clock calls this."""
    now = timezone.now()
    MeetingMail.objects.filter(state=_State.SENDING, lease_until__lte=now).update(state=_State.UNKNOWN, lease_until=None)
    waiting = MeetingMail.objects.due(now).order_by().values("mailing")
    for mailing in MeetingMailing.objects.filter(Q(attended_until=None) | Q(attended_until__lte=now), pk__in=waiting):
        with transaction.atomic():
            call_worker(mailing)


@task(priority=50)  # before upkeep: somebody is waiting for these
def carry_meeting_mails(mailing_id):
    carry(mailing_id)


def carry(mailing_id):
    """Send what is due of a mailing, one mail after the other over one connection."""
    mailing = MeetingMailing.objects.select_related("activity", "created_by").get(pk=mailing_id)
    ours = MeetingMailing.objects.filter(pk=mailing_id)
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        ours.update(attended_until=timezone.now() + WAIT_FOR_SERVER)  # the clock calls again
        return
    try:
        for number in list(mailing.mails.due().order_by("pk").values_list("pk", flat=True)):
            ours.update(attended_until=timezone.now() + LEASE)
            _carry_one(mailing, number, connection)
    finally:
        connection.close()
        ours.update(attended_until=None)


def _carry_one(mailing, number, connection):
    mail = MeetingMail.objects.select_related("contact").get(pk=number)
    if reason := _reason_not_to(mailing, mail):
        MeetingMail.objects.queued().filter(pk=number).update(state=_State.SKIPPED, reason=reason)
        return
    try:
        message = message_for(mail, mailing)
        message.message()  # what cannot be made is refused before the server is spoken to
    except ValueError as problem:  # a line break in a header, an address that is none
        MeetingMail.objects.queued().filter(pk=number).update(state=_State.FAILED, reason=str(problem))
        return
    # Whoever writes this first, of several workers, sends.
    if not MeetingMail.objects.due().filter(pk=number).update(state=_State.SENDING, lease_until=timezone.now() + LEASE):
        return
    _settle(mail, *_send(message, connection, mail))


def _send(message, connection, mail):
    """Return (state, reason, whether it may work later). Unknown when the message may have gone."""
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, reply = next(iter(refusal.recipients.values()), (550, b""))
        return _refused(code, reply)
    except smtplib.SMTPResponseException as refusal:  # sender, greeting or data refused: nothing was taken
        return _refused(refusal.smtp_code, refusal.smtp_error)
    except (OSError, smtplib.SMTPException) as problem:
        connection.close()
        return _State.UNKNOWN, str(problem) or type(problem).__name__, False
    return _State.SENT, "", False


def _refused(code, reply):
    words = f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
    return _State.FAILED, words, 400 <= code < 500


def _settle(mail, state, reason, may_work_later):
    values = {"state": state, "reason": reason, "lease_until": None}
    if state == _State.SENT:
        values["sent_at"] = timezone.now()
    elif may_work_later and mail.attempts + 1 < MAX_ATTEMPTS:
        wait = FIRST_WAIT * 2**mail.attempts
        values |= {"state": _State.QUEUED, "attempts": mail.attempts + 1, "not_before": timezone.now() + wait}
    # A worker that was slower than its lease finds its mail *unknown*, and may settle it.
    MeetingMail.objects.filter(pk=mail.pk, state__in=[_State.SENDING, _State.UNKNOWN]).update(**values)


def _reason_not_to(mailing, mail):
    """Why a mail is left out all the same, as things stand a moment before."""
    activity, is_about_calendar = mailing.activity, mailing.kind in (_Kind.INVITATION, _Kind.CHANGE)
    if is_about_calendar and (activity.is_cancelled or activity.is_archived):
        return _("The meeting is cancelled.") if activity.is_cancelled else _("The meeting is archived.")
    if mail.contact is None or mail.contact.is_archived:
        return _("The contact is archived.")
    points = ContactPoint.objects.emails().filter(contact=mail.contact, normalised=mail.normalised)
    if points.filter(status=ContactPoint.Status.BOUNCED).exists():
        return _("The address bounces.")
    return ""
