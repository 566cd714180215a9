from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def absolute(url):
    """Return an address that works outside the site."""
    return urljoin(settings.WAGTAILADMIN_BASE_URL + "/", url) if url else ""


def site_url(name, *args):
    """Return the absolute address of a view in the site's own language, whoever is at work with whatever language."""
    with translation.override(settings.LANGUAGE_CODE):
        return absolute(reverse(name, args=args))
