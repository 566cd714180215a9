from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from newsletter.models import Subscription
from newsletter.services.tokens import CONFIRM_WITHIN, confirm_url, unsubscribe_url


def mail_confirmation(subscription_id):
    """Mail the link that confirms a subscription, or that there is nothing left to confirm.

    Which of the two only the owner of the mailbox learns: the web page says the same in both cases.
    """
    subscription = Subscription.objects.select_related("newsletter").filter(pk=subscription_id).first()
    if subscription is None or subscription.state == Subscription.State.UNSUBSCRIBED:
        return
    newsletter = subscription.newsletter
    context = {
        "newsletter": newsletter,
        "is_active": subscription.state == Subscription.State.ACTIVE,
        "consent_text": subscription.consent_text,
        "confirm_url": confirm_url(subscription),
        "unsubscribe_url": unsubscribe_url(subscription.pk),
        "days": CONFIRM_WITHIN.days,
    }
    with translation.override(subscription.language):
        context["language"] = subscription.language
        message = EmailMultiAlternatives(
            subject=render_to_string("email/confirmation_subject.txt", context).strip(),
            body=render_to_string("email/confirmation.txt", context),
            from_email=formataddr((newsletter.from_name, newsletter.from_address)),
            to=[subscription.email],
            reply_to=[newsletter.reply_to] if newsletter.reply_to else None,
        )
        message.attach_alternative(render_to_string("email/confirmation.html", context), "text/html")
    message.send()
