"""Seats in a course: who asked first, what is answered, and the mail that says so. Never more seats are confirmed than there are."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from crm.exceptions import RegisterError
from crm.models import ChangeSet, Course, SeatRequest
from crm.services.ledger import change_set

_State = SeatRequest.State


class NoSeatsLeft(RegisterError):
    pass


def lock_course(pk):
    """Return a course as it is now, and let nobody else give away its seats until the transaction ends."""
    return Course.objects.select_for_update().get(pk=pk)


def answer_request(request, *, state, acting_user, reason="", mail=False):
    """Give a seat request another state, today; return it. With `mail`, a confirmation is mailed to the contact that asked.

    A second answer that says the same changes nothing and mails nothing. Raises NoSeatsLeft when there are too few seats.
    """
    with change_set(actor=acting_user, cause=ChangeSet.Cause.EDIT):
        course = lock_course(request.course_id)
        request = SeatRequest.objects.select_related("course", "organisation", "contact").get(pk=request.pk)
        if request.state == state:
            return request
        if state == _State.CONFIRMED:
            _check_seats(course, request)
        request.state, request.answered_on = state, timezone.localdate()
        request.reason = reason if state in (_State.DECLINED, _State.WITHDRAWN) else ""
        is_mailed = mail and state == _State.CONFIRMED and bool(address_of(request))
        if is_mailed:
            request.mailed_at = timezone.now()
        request.save(update_fields=["state", "answered_on", "reason", "mailed_at"])
        settle_state(course)
        if is_mailed:
            mail_confirmation.enqueue(request.pk)  # written together with the answer
    return request


def _check_seats(course, request):
    if course.state == Course.State.CANCELLED:
        raise RegisterError(_("%(course)s is cancelled: no seat can be confirmed.") % {"course": course})
    left = course.seats_left(without=request.pk)
    if left is not None and request.seats > left:
        words = {"course": course, "left": left, "seats": request.seats}
        raise NoSeatsLeft(_("%(seats)s seats are asked for, and %(left)s are left in %(course)s.") % words)


def settle_state(course):
    """Call an open course full when its last seat is confirmed, and a full one open when a seat is free again."""
    left = course.seats_left()
    if left is None or course.state not in (Course.State.OPEN, Course.State.FULL):
        return
    state = Course.State.FULL if left == 0 else Course.State.OPEN
    if state != course.state:
        course.state = state
        course.save(update_fields=["state"])


def next_in_line(course):
    """Return the first on the waiting list whom the seats that are left suffice, or None. A person decides whether it moves up."""
    left = course.seats_left()
    waiting = course.requests.filter(state=_State.WAITING).select_related("organisation", "contact").first_come()
    if left is not None:
        waiting = waiting.filter(seats__lte=left)
    return waiting.first()


def address_of(request):
    """Where a confirmation goes: to the contact that asked, or nowhere."""
    return request.contact.email if request.contact and not request.contact.is_archived else ""


@task
def mail_confirmation(request_id):
    """Mail that the seats are confirmed, unless that is no longer so."""
    found = SeatRequest.objects.select_related("course__provider", "contact", "organisation")
    request = found.filter(pk=request_id, state=_State.CONFIRMED, course__archived_at=None).first()
    if request is not None and address_of(request):
        with translation.override(request.contact.language):
            confirmation(request).send()


def confirmation(request):
    """Return the mail, in the language that is active."""
    context = {"request": request, "course": request.course, "language": translation.get_language()}
    message = EmailMultiAlternatives(
        subject=" ".join(render_to_string("email/seats_confirmed_subject.txt", context).split()),
        body=render_to_string("email/seats_confirmed.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address_of(request)],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("email/seats_confirmed.html", context), "text/html")
    return message
