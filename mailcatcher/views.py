from functools import wraps
from ipaddress import ip_address

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mailcatcher.maildir import caught_messages, delete_all, find_message

PAGE_SIZE = 50

# The mail is shown as in a mail program: pictures and styles, links in a new tab, no scripts, nothing of our own site.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *"
)


def on_this_machine_only(view):
    """There is no log-in, so a server that was opened to the network by mistake shows nothing."""

    @never_cache
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not ip_address(request.META["REMOTE_ADDR"]).is_loopback:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@on_this_machine_only
@require_safe
def message_list(request):
    everything = caught_messages()
    query = request.GET.get("q", "").strip()
    found = [message for message in everything if message.mentions(query)] if query else everything
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "mailcatcher/message_list.html", {"page_obj": page, "query": query, "total": len(everything)})


@on_this_machine_only
@require_safe
def message_detail(request, key):
    return render(request, "mailcatcher/message_detail.html", {"message": message_or_404(key)})


@on_this_machine_only
@require_safe
def html_part(request, key):
    # A mail's links name no target and would open inside the frame; last, it leaves the doctype where it was.
    response = HttpResponse(message_or_404(key).html + '<base target="_blank">')
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@on_this_machine_only
@require_safe
def source(request, key):
    return HttpResponse(message_or_404(key).source, content_type="text/plain; charset=utf-8")


@on_this_machine_only
@require_safe
def attachment(request, key, number):
    parts = message_or_404(key).attachments
    if number >= len(parts):
        raise Http404
    part = parts[number]
    name = part.get_filename() or f"{number}"
    # Always a download: an attached page must not run as one of ours.
    response = HttpResponse(part.get_payload(decode=True) or part.as_bytes(), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


@on_this_machine_only
@require_POST
def delete(request):
    count = len(caught_messages())
    delete_all()
    notices.success(request, ngettext("%(count)d message deleted.", "%(count)d messages deleted.", count) % {"count": count})
    return redirect("mailcatcher:list")


def message_or_404(key):
    message = find_message(key)
    if message is None:
        raise Http404
    return message
