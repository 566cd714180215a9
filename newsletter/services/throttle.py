"""Limits for the open sign-up form, counted in the cache under hashes."""

from django.core.cache import cache
from django.utils.crypto import salted_hmac

HOUR = 3600


def is_allowed(kind, value, *, limit, seconds=HOUR):
    """Count one more use, and say whether it is within the limit."""
    key = f"newsletter:{kind}:{salted_hmac('newsletter.throttle', value, algorithm='sha256').hexdigest()}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # it ran out between the two calls
        return True
