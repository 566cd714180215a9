"""What a mail about a meeting says, with the calendar entry that goes along."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crm.icalendar import Event, Person, scheduling
from crm.models import Activity, Document, MeetingMailing
from crm.services.meeting_replies import reply_url
from crm.validators import normalise_email

CALENDAR_NAME = "invite.ics"
_Kind = MeetingMailing.Kind
_SUBJECTS = {
    _Kind.INVITATION: lambda: _("Invitation: %(subject)s"),
    _Kind.CHANGE: lambda: _("Changed: %(subject)s"),
    _Kind.CANCELLATION: lambda: _("Cancelled: %(subject)s"),
    _Kind.MINUTES: lambda: _("Minutes: %(subject)s"),
}


def message_for(mail, mailing):
    """Return the mail in the language of whom it is for. Raises ValueError for an address that no server would take."""
    try:
        normalise_email(mail.email)
    except ValidationError as error:
        raise ValueError(_("“%(address)s” is not an e-mail address.") % {"address": mail.email}) from error
    with translation.override(mail.contact.language if mail.contact else settings.LANGUAGE_CODE):
        return _message(mail, mailing)


def _message(mail, mailing):
    sender = mailing.created_by
    event = as_event(mailing, mail)
    context = {
        "mail": mail,
        "mailing": mailing,
        "takes_place": not mailing.activity.is_cancelled,
        "meeting": as_activity(mailing),
        "first_name": mail.contact.first_name if mail.contact else "",
        "reply_url": reply_url(mail) if mailing.kind in (_Kind.INVITATION, _Kind.CHANGE) else "",
        "signed_by": sender.get_full_name() if sender else "",
        "language": translation.get_language(),
    }
    message = EmailMultiAlternatives(
        subject=_SUBJECTS[mailing.kind]() % {"subject": mailing.subject},
        body=render_to_string("email/meeting.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.email],
        reply_to=[sender.email] if sender and sender.email else None,
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("email/meeting.html", context), "text/html")
    if mailing.kind == _Kind.MINUTES:
        for document in Document.objects.filter(pk__in=mailing.attachments, activity=mailing.activity_id):
            with document.file.open("rb") as content:
                message.attach(document.filename, content.read(), "application/octet-stream")
        return message
    entry = scheduling(event, made_at=mailing.created_at)
    method = "CANCEL" if event.is_cancelled else "REQUEST"
    # As the part that mail programs turn into an entry, and as a file for those that do not.
    message.attach_alternative(entry, f"text/calendar; method={method}")
    message.attach(CALENDAR_NAME, entry.encode(), "application/ics")
    return message


def as_activity(mailing):
    """The meeting as it was when the mailing was queued."""
    return Activity(subject=mailing.subject, day=mailing.day, starts_at=mailing.starts_at, minutes=mailing.minutes, place=mailing.place)


def as_event(mailing, mail):
    meeting = as_activity(mailing)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Event(
        uid=uid_of(mailing.activity_id),
        summary=mailing.subject,
        begins=meeting.begins if meeting.starts_at else meeting.day,
        minutes=mailing.minutes or 60,
        place=mailing.place,
        text=text_of(mailing),
        sequence=mailing.sequence,
        organiser=Person(name or address, address),
        attendee=Person(mail.name, mail.email),
        is_cancelled=mailing.kind == _Kind.CANCELLATION,
    )


def text_of(mailing):
    """What the entry says: with a change, what was written first stays below it."""
    first = mailing.activity.mailings.filter(kind=_Kind.INVITATION).exclude(text="").order_by("pk").first()
    return "\n\n".join(dict.fromkeys(filter(None, [mailing.text, first.text if first and mailing.kind == _Kind.CHANGE else ""])))


def uid_of(number):
    return f"activity-{number}@{urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname}"
