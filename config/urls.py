from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("health/", include("upkeep.urls")),
    path("", include("cms.urls")),
    path("", include("crm.urls")),
    path("documents/", include(wagtaildocs_urls)),
]

if settings.SERVE_MEDIA:
    urlpatterns += [path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})]

# The visitor's language is in the address (/en/…): no cookie, and each language can be cached and linked to.
translated_patterns = [path("nyhetsbrev/", include("newsletter.urls")), path("behov/", include("cms.need_urls"))]
if apps.is_installed("mailcatcher"):
    translated_patterns += [path("mailbox/", include("mailcatcher.urls"))]
translated_patterns += [path("", include(wagtail_urls))]  # the last: it takes every address that is left
urlpatterns += i18n_patterns(*translated_patterns, prefix_default_language=False)
