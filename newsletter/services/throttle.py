"""Limits for the open sign-up form, counted in the cache under hashes."""

import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

HOUR = 3600


def is_allowed(kind, value, *, limit, seconds=HOUR):
    """Count one more use, and say whether it is within the limit."""
    window = int(time.time()) // seconds
    key = f"newsletter:{kind}:{window}:{salted_hmac('newsletter.throttle', value, algorithm='sha256').hexdigest()}"
    cache.add(key, 0, seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        return True
    cache.touch(key, seconds)  # some caches, as the one in the database, go back to their default time when they count
    return count <= limit
