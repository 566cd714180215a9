from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.services.meeting_replies import NoSuchInvitation, mail_by, may_reply, participation_of, reply

ANSWERS = {"yes": True, "no": False}


@csrf_exempt  # the link is the proof of who it is; there is no session
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_reply(request, token):
    """Whether somebody comes to a meeting: looking changes nothing (mail programs look at links by themselves), a button does."""
    try:
        mail = mail_by(token)
    except NoSuchInvitation:
        return render(request, "meetings/reply_missing.html", status=404)
    with translation.override(mail.contact.language):
        answered = request.method == "POST" and request.POST.get("answer") in ANSWERS
        if answered:
            reply(mail, comes=ANSWERS[request.POST["answer"]])
        participation = participation_of(mail)
        context = {
            "mail": mail,
            "meeting": mail.mailing.activity,
            "participation": participation,
            "may_reply": may_reply(mail, participation),
            "answered": answered,
        }
        return render(request, "meetings/reply.html", context)
