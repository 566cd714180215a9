from django.http import Http404, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from crm.exporting.calendar_feeds import calendar_of
from crm.services.calendar_feeds import feed_by


@require_safe
@cache_control(private=True, max_age=300)
def calendar_feed(request, token):
    """Somebody's calendar, for whoever knows the link: calendar programs cannot log in."""
    feed = feed_by(token)
    if feed is None:
        raise Http404
    headers = {"Content-Disposition": 'inline; filename="knutpunkt.ics"', "X-Robots-Tag": "noindex"}
    return HttpResponse(calendar_of(feed.user), content_type="text/calendar; charset=utf-8", headers=headers)
