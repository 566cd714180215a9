from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from crm.validators import normalise_email
from newsletter.forms import SignUpForm
from newsletter.models import Newsletter
from newsletter.services.subscriptions import subscribe
from newsletter.services.throttle import is_allowed

PER_ASKER, PER_ADDRESS = 30, 3  # an hour


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request):
    """Take a sign-up. The answer is the same for every address: nobody learns here who subscribes."""
    newsletter = Newsletter.objects.default()
    if newsletter is None:
        raise Http404
    source = request.POST.get("source", "")[:200]
    form = SignUpForm(request.POST if request.method == "POST" else None, source="page")
    if form.is_bound and form.is_valid():
        if not form.is_trapped and _is_allowed(request, form.cleaned_data["email"]):
            subscribe(
                newsletter,
                form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                source=f"{source}: {request.META.get('HTTP_REFERER') or request.build_absolute_uri()}"[:200],
                language=get_language() if get_language() in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
                asker_address=client_address(request),
            )
        return redirect("newsletter:thanks")
    if form.is_bound:
        form = form.with_new_time()
    context = {"newsletter": newsletter, "form": form, "source": source or "page"}
    return render(request, "newsletter/sign_up.html", context, status=422 if form.is_bound else 200)


@require_GET
def thanks(request):
    return render(
        request,
        "newsletter/message.html",
        {
            "title": _("Look into your mailbox"),
            "text": _(
                "We have sent you a mail with a link. Open it and press the button, and the newsletter is yours. "
                "Nothing there? Look among the junk mail."
            ),
            "kind": "success",
        },
    )


def client_address(request):
    """Return the visitor's network address, as told by our own proxy where there is one."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or request.META["REMOTE_ADDR"]


def _is_allowed(request, email):
    asker = is_allowed("asker", client_address(request), limit=PER_ASKER)
    return is_allowed("address", normalise_email(email), limit=PER_ADDRESS) and asker
