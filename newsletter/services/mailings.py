"""What people do with mailings: start, pause, resume, cancel, and decide about what is unknown."""

from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.utils import timezone
from wagtail.log_actions import log

from newsletter.exceptions import AlreadyStarted, NoRecipients, NotReady, WrongState
from newsletter.mail.composition import compose
from newsletter.models import Delivery, Issue, Mailing
from newsletter.services import deliveries
from newsletter.services.attendance import call_worker
from newsletter.services.audience import Audience, with_shown_name
from newsletter.services.checks import errors
from newsletter.services.recipients import wire_address


@transaction.atomic
def start_mailing(issue, *, acting_user):
    """Freeze what goes to whom, and have it sent in the background.

    Raises AlreadyStarted, NotReady or NoRecipients; then nothing has happened.
    """
    # The lock makes a second click wait here, until the first one's mailing can be seen.
    issue = Issue.objects.select_for_update(of=("self",)).select_related("newsletter", "segment").get(pk=issue.pk)
    if issue.mailings.exclude(state=Mailing.State.CANCELLED).exists():
        raise AlreadyStarted
    if problems := errors(issue):
        raise NotReady(" ".join(str(problem) for problem in problems))
    audience = Audience(issue)
    mailing = _freeze_mail(issue, acting_user)
    mailing.left_out = audience.count_left_out()
    mailing.recipient_count = _freeze_audience(mailing, audience)
    if not mailing.recipient_count:
        raise NoRecipients
    mailing.save(update_fields=["left_out", "recipient_count"])
    log(instance=issue, action="newsletter.send", user=acting_user, data={"recipients": mailing.recipient_count})
    call_worker(mailing)
    return mailing


def pause(mailing, *, acting_user):
    _change_state(mailing, acting_user, "newsletter.pause", {Mailing.State.QUEUED, Mailing.State.SENDING}, Mailing.State.PAUSED)


@transaction.atomic
def resume(mailing, *, acting_user):
    _change_state(mailing, acting_user, "newsletter.resume", {Mailing.State.PAUSED}, Mailing.State.QUEUED)
    call_worker(mailing)


@transaction.atomic
def cancel(mailing, *, acting_user):
    """Send no more. Those who have got the mail have got it; a new start of the issue leaves them out."""
    stoppable = {Mailing.State.QUEUED, Mailing.State.SENDING, Mailing.State.PAUSED}
    _change_state(mailing, acting_user, "newsletter.cancel", stoppable, Mailing.State.CANCELLED, finished_at=timezone.now())
    deliveries.skip_waiting(mailing)


@transaction.atomic
def send_again(mailing, unknown, *, acting_user):
    """Queue deliveries whose outcome is unknown once more; returns their number. See deliveries.send_again."""
    if mailing.state == Mailing.State.CANCELLED:
        raise WrongState
    number = deliveries.send_again(unknown.filter(mailing=mailing))
    if number:
        Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DONE).update(state=Mailing.State.QUEUED, finished_at=None)
        _log(mailing, "newsletter.send_again", acting_user, deliveries=number)
        call_worker(mailing)
    return number


@transaction.atomic
def count_as_sent(mailing, unknown, *, acting_user):
    number = deliveries.count_as_sent(unknown.filter(mailing=mailing))
    if number:
        _log(mailing, "newsletter.count_as_sent", acting_user, deliveries=number)
    return number


def message_headers(newsletter):
    """Return the headers that are the same in every mail of a newsletter."""
    domain = wire_address(newsletter.from_address).rpartition("@")[2]
    headers = {"List-ID": f"<{newsletter.slug}.{domain}>"}
    return {**headers, "Reply-To": newsletter.reply_to} if newsletter.reply_to else headers


def _freeze_mail(issue, acting_user):
    mail = compose(issue)
    try:
        with transaction.atomic():
            return Mailing.objects.create(
                issue=issue,
                newsletter=issue.newsletter,
                revision=issue.live_revision,
                segment_name=issue.segment.name if issue.segment else "",
                subject=mail.subject,
                html=mail.html,
                text=mail.text,
                greeting=mail.greeting,
                headers=message_headers(issue.newsletter),
                from_name=issue.newsletter.from_name,
                from_address=issue.newsletter.from_address,
                created_by=acting_user,
            )
    except IntegrityError as error:
        raise AlreadyStarted from error


def _freeze_audience(mailing, audience):
    """Write one delivery per recipient, inside the database: a million names need not travel through Python."""
    row = {
        "mailing_id": Value(mailing.pk),
        "subscription_id": "pk",
        "contact_id": "contact_id",
        "name": "shown_name",
        "email": "email",
        "normalised": "normalised",
        "state": Value(Delivery.State.QUEUED.value),
        "reason": Value(""),
        "lease_token": Value(""),
        "attempts": Value(0),
        "message_id": Value(""),
    }
    select, params = with_shown_name(audience.recipients()).values_list(*row.values()).query.sql_with_params()
    columns = ", ".join(map(connection.ops.quote_name, row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {connection.ops.quote_name(Delivery._meta.db_table)} ({columns}) {select}", params)
        return cursor.rowcount


@transaction.atomic
def _change_state(mailing, acting_user, action, before, after, **values):
    changed = Mailing.objects.filter(pk=mailing.pk, state__in=before).update(
        state=after, problem="", trouble_since=None, attended_until=None, **values
    )
    if not changed:
        raise WrongState
    mailing.refresh_from_db()
    _log(mailing, action, acting_user)


def _log(mailing, action, acting_user, **data):
    if mailing.issue:
        log(instance=mailing.issue, action=action, user=acting_user, data=data)
