"""Health for machines: monitors, load balancers, container runtimes. Nothing here tells more than well or not."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from upkeep.health import signs


@require_safe
@never_cache
def live(request):
    """The process answers: no more is asked, so that a database that is away does not have it restarted in vain."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request):
    """503 when pages cannot be served; with `?all`, also when anything else is not well, which a monitor wants to know."""
    found = signs()
    counted = found if "all" in request.GET else [sign for sign in found if sign.is_vital]
    is_ready = all(sign.is_well for sign in counted)
    checks = {sign.name: "ok" if sign.is_well else "failing" for sign in found}
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)
