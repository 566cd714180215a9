"""Which issues go, or went, to a segment of the register."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from crm.services.segment_uses import Use, register_use
from newsletter.models import Issue


def issues_of(segment, user=None):
    for issue in Issue.objects.filter(segment=segment).prefetch_related("mailings").order_by("-pk"):
        yield Use(gettext("Issue"), issue.title, _url(issue, user), _detail(issue))


def _url(issue, user):
    may_open = user is None or issue.permissions_for_user(user).can_edit()
    return reverse("wagtailadmin_pages:edit", args=[issue.pk]) if may_open else ""


def _detail(issue):
    mailing = next(iter(issue.mailings.all()), None)
    if mailing is None:
        return gettext("not sent")
    words = {"state": mailing.get_state_display(), "day": date_format(mailing.created_at, "j F Y"), "number": mailing.recipient_count}
    return gettext("%(day)s, %(number)s recipients, %(state)s") % words


register_use(issues_of)
