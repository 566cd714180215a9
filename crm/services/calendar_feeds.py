"""The secret link of somebody's calendar: made, renewed, read."""

import secrets

from django.conf import settings
from django.core import signing
from django.urls import reverse

from crm.models import CalendarFeed

_signer = signing.Signer(salt="crm.calendar_feed", sep=".")


def renew_feed(user):
    """Give somebody a calendar link; one that they had leads nowhere from now on."""
    feed, _created = CalendarFeed.objects.update_or_create(user=user, defaults={"key": secrets.token_urlsafe(24)})
    return feed


def remove_feed(user):
    CalendarFeed.objects.filter(user=user).delete()


def feed_url(feed):
    return settings.WAGTAILADMIN_BASE_URL + reverse("calendar_feed", args=[_signer.sign(feed.key)])


def feed_by(token):
    """Return the feed of a link, or None: never made, renewed since, or of somebody who may not log in any more."""
    try:
        key = _signer.unsign(token)
    except signing.BadSignature:
        return None
    return CalendarFeed.objects.select_related("user").filter(key=key, user__is_active=True).first()
