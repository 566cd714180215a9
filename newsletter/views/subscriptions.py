"""What the links in mails lead to. Mail scanners follow links: only a POST acts, a GET shows a button."""

from functools import wraps

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.exceptions import ExpiredToken, InvalidToken
from newsletter.models import Subscription
from newsletter.services import subscriptions
from newsletter.services.tokens import read_confirmation_token, read_unsubscribe_token

SIGN_UP_AGAIN = gettext_lazy("Sign up anew")


def token_view(view):
    """For views whose signed token is all the authority there is: no cookie, no log-in, no CSRF token, no cache."""

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request, token):
        try:
            return view(request, token)
        except ExpiredToken:
            text = _("The link has become too old. Sign up once more, and you will get a new one.")
            return _message(request, _("The link is too old"), text, kind="error", sign_up=SIGN_UP_AGAIN, status=410)
        except InvalidToken:
            text = _(
                "The link does not work: it may have been cut off, or the subscription may have ended. Copy the whole link from the mail."
            )
            return _message(request, _("The link does not work"), text, kind="error", sign_up=SIGN_UP_AGAIN, status=404)

    return guarded


@token_view
def confirm(request, token):
    subscription = read_confirmation_token(token)
    newsletter = subscription.newsletter
    if request.method == "POST":
        subscriptions.confirm(subscription)
        text = _("From now on %(newsletter)s comes to %(address)s.") % {"newsletter": newsletter, "address": subscription.email}
        return _message(request, _("Welcome!"), text, kind="success")
    text = _("Do you want %(newsletter)s to %(address)s?") % {"newsletter": newsletter, "address": subscription.email}
    return _message(request, _("One button left to press"), text, button=_("Yes, I want the newsletter"))


@token_view
def unsubscribe(request, token):
    subscription = read_unsubscribe_token(token)
    if subscription is None:
        return _message(request, _("This was a test"), _("The link in a test mail works, but unsubscribes nobody."))
    newsletter = subscription.newsletter
    if request.method == "POST":
        subscriptions.unsubscribe(subscription, by=Subscription.Exit.PAGE)
        return _goodbye(request, subscription)
    if subscription.state == Subscription.State.UNSUBSCRIBED:
        return _goodbye(request, subscription)
    text = _("Do you no longer want %(newsletter)s to %(address)s?") % {"newsletter": newsletter, "address": subscription.email}
    return _message(request, _("Unsubscribe"), text, button=_("Yes, unsubscribe me"))


@token_view
def one_click(request, token):
    """RFC 8058: the mail program posts `List-Unsubscribe=One-Click` for its reader. Opened as a link, it shows the page."""
    if request.method != "POST":
        return unsubscribe(request, token)
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return (
            unsubscribe(request, token)
            if not request.POST
            else HttpResponseBadRequest("List-Unsubscribe=One-Click expected", content_type="text/plain")
        )
    subscription = read_unsubscribe_token(token)
    if subscription:
        subscriptions.unsubscribe(subscription, by=Subscription.Exit.ONE_CLICK)
    return HttpResponse("Unsubscribed", content_type="text/plain")


def _goodbye(request, subscription):
    text = _("%(newsletter)s no longer comes to %(address)s.") % {"newsletter": subscription.newsletter, "address": subscription.email}
    return _message(request, _("You have left the newsletter"), text, kind="success", sign_up=_("Changed your mind? Sign up again"))


def _message(request, title, text, *, kind="", button="", sign_up="", status=200):
    context = {"title": title, "text": text, "kind": kind, "button": button}
    if sign_up:
        context |= {"link_url": reverse("newsletter:sign_up"), "link_text": sign_up}
    return render(request, "newsletter/message.html", context, status=status)
