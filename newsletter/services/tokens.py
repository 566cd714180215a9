"""The signed links in mails: whoever has one may act on one subscription, and on nothing else."""

from datetime import timedelta

from django.core import signing

from newsletter.exceptions import ExpiredToken, InvalidToken
from newsletter.mail.links import site_url
from newsletter.models import Subscription

CONFIRM_WITHIN = timedelta(days=14)
NOBODY = 0  # test mails carry a working link that leads to nobody's subscription

# Confirmations expire; a mail from years ago must still lead out.
_confirmation = signing.TimestampSigner(salt="newsletter.confirm")
_exit = signing.Signer(salt="newsletter.unsubscribe")


def confirmation_token(subscription):
    return _confirmation.sign(str(subscription.pk))


def unsubscribe_token(subscription_id):
    return _exit.sign(str(subscription_id))


def confirm_url(subscription):
    return site_url("newsletter:confirm", confirmation_token(subscription))


def unsubscribe_url(subscription_id):
    """The address behind the link in the mail: a page with a button."""
    return site_url("newsletter:unsubscribe", unsubscribe_token(subscription_id))


def one_click_url(subscription_id):
    """The address in the List-Unsubscribe header, to which mail programs post (RFC 8058)."""
    return site_url("newsletter:one_click", unsubscribe_token(subscription_id))


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
