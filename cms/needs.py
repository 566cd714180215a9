"""What companies send from the form for their needs."""

from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from cms.forms import NeedForm
from cms.models import NeedPage
from crm.services.needs import receive_need
from newsletter.services.throttle import is_allowed
from newsletter.views.sign_up import client_address

PER_ASKER = 10  # an hour


def _page(page_id):
    return get_object_or_404(NeedPage.objects.live().public(), pk=min(page_id, 2**31 - 1))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def state_need(request, page_id):
    """Take a need. A form in the trap gets the same answer and leaves nothing."""
    page = _page(page_id)
    if request.method != "POST":
        return redirect(page.get_url(request))
    form = NeedForm(request.POST)
    if not form.is_valid():
        return _again(request, page, form, status=422)
    if not form.is_trapped:
        if not is_allowed("need", client_address(request), limit=PER_ASKER):
            return _again(request, page, form, status=429)
        receive_need(answer_id=form.answer_id, **form.need)
    return redirect("needs:thanks", page.pk)


def _again(request, page, form, *, status):
    context = page.get_context(request) | {"form": form.with_new_time(), "is_too_often": status == 429}
    return TemplateResponse(request, page.template, context, status=status)


@require_GET
def thanks(request, page_id):
    page = _page(page_id)
    return TemplateResponse(request, page.template, page.get_context(request) | {"is_sent": True})
