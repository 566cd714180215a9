"""The signed links in mails: whoever has one may act on one subscription, and on nothing else."""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.core import signing

from newsletter.exceptions import ExpiredToken, InvalidToken
from newsletter.mail.links import site_url
from newsletter.models import Subscription

CONFIRM_WITHIN = timedelta(days=14)
NOBODY = 0  # test mails carry a working link that leads to nobody's subscription

# Confirmations expire; a mail from years ago must still lead out.
_confirmation = signing.TimestampSigner(salt="newsletter.confirm")
PLACE = "TOKEN"
_exit = signing.Signer(salt="newsletter.unsubscribe")


def confirmation_token(subscription):
    return _confirmation.sign(str(subscription.pk))


@lru_cache(maxsize=4)  # a mail needs it twice
def unsubscribe_token(subscription_id):
    return _exit.sign(str(subscription_id))


def confirm_url(subscription):
    return site_url("newsletter:confirm", confirmation_token(subscription))


def unsubscribe_url(subscription_id):
    """The address behind the link in the mail: a page with a button."""
    return _address("newsletter:unsubscribe", settings.WAGTAILADMIN_BASE_URL).replace(PLACE, unsubscribe_token(subscription_id))


def one_click_url(subscription_id):
    """The address in the List-Unsubscribe header, to which mail programs post (RFC 8058)."""
    return _address("newsletter:one_click", settings.WAGTAILADMIN_BASE_URL).replace(PLACE, unsubscribe_token(subscription_id))


@lru_cache(maxsize=8)
def _address(name, _base):
    """Every mail has two of them: looking one up takes longer than all else that is personal in it."""
    return site_url(name, PLACE)


def read_confirmation_token(token):
    """Return the subscription; raises ExpiredToken or InvalidToken."""
    try:
        return _subscription(_confirmation.unsign(token, max_age=CONFIRM_WITHIN))
    except signing.SignatureExpired as error:
        raise ExpiredToken from error
    except signing.BadSignature as error:
        raise InvalidToken from error


def read_unsubscribe_token(token):
    """Return the subscription, or None for the token of a test mail; raises InvalidToken."""
    try:
        pk = _exit.unsign(token)
    except signing.BadSignature as error:
        raise InvalidToken from error
    return None if pk == str(NOBODY) else _subscription(pk)


def _subscription(pk):
    subscription = Subscription.objects.select_related("newsletter").filter(pk=pk).first()
    if subscription is None:
        raise InvalidToken
    return subscription
