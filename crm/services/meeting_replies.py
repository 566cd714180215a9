"""The personal link in an invitation: whoever has it may say whether one person comes to one meeting, until that is over."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from crm.exceptions import RegisterError
from crm.models import ChangeSet, MeetingMail, Participation
from crm.services.ledger import change_set

_signer = signing.Signer(salt="crm.meeting_reply", sep=".")
OPEN = (Participation.How.INVITED, Participation.How.REGISTERED, Participation.How.DECLINED)


class NoSuchInvitation(RegisterError):
    """A link that was made up, or leads to an invitation that is no more."""


def reply_url(mail):
    return settings.WAGTAILADMIN_BASE_URL + reverse("meeting_reply", args=[_signer.sign(str(mail.pk))])


def mail_by(token):
    """Return the mail that a link was in. Raises NoSuchInvitation."""
    try:
        number = _signer.unsign(token)
    except signing.BadSignature as error:
        raise NoSuchInvitation from error
    found = MeetingMail.objects.select_related("mailing__activity", "contact").filter(pk=number, mailing__activity__archived_at=None)
    mail = found.first()
    if mail is None or mail.contact is None or mail.contact.is_archived:
        raise NoSuchInvitation
    return mail


def participation_of(mail):
    """Return the line of the person in the list of the meeting; None when somebody has taken it out."""
    return mail.mailing.activity.participations.filter(contact=mail.contact).order_by("pk").first()


def may_reply(mail, participation):
    activity = mail.mailing.activity
    return participation is not None and participation.how in OPEN and not activity.is_cancelled and not activity.is_over


def reply(mail, *, comes):
    """Note the answer, and return whether it still counted. The last one holds."""
    participation = participation_of(mail)
    if not may_reply(mail, participation):
        return False
    how = Participation.How.REGISTERED if comes else Participation.How.DECLINED
    if participation.how != how:
        with change_set(cause=ChangeSet.Cause.CONFIRMATION, note=str(mail.mailing.activity)):
            participation.how = how
            participation.save(update_fields=["how"])
    return True
