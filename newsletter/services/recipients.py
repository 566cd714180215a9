"""What is personal in a mail: the same for a mailing's recipients and for a test."""

from email.utils import make_msgid

import idna

from newsletter.mail.messages import Recipient
from newsletter.mail.slots import greet
from newsletter.services.tokens import NOBODY, one_click_url, unsubscribe_url


def recipient_for(address, *, subscription=None, name, greeting, message_id):
    """Return what a mail to somebody is filled with; without a subscription its links lead to nobody's."""
    subscription_id = subscription.pk if subscription else NOBODY
    first_name = subscription.first_name if subscription else name.partition(" ")[0]
    return Recipient(
        name=name,
        address=wire_address(address),
        greeting=greet(greeting, first_name),
        message_id=message_id,
        unsubscribe_url=unsubscribe_url(subscription_id),
        one_click_url=one_click_url(subscription_id),
    )


def new_message_id(sender):
    return make_msgid(domain=wire_address(sender).rpartition("@")[2])


def wire_address(address):
    """Return an address as mail servers write it: kansli@öckerö.example → kansli@xn--cker-….example."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"
