import json

from django import template
from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page, Site

from cms.pictures import as_picture

register = template.Library()

# What could end the script element early, as in Django's own json_script.
_SCRIPT_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def shaped_picture(image, shape, alt="", eager=False):
    """A <picture> in one of the site's shapes (cms/pictures.py); nothing when there is no image."""
    return as_picture(image, shape, alt=alt, eager=eager) if image else ""


@register.simple_tag(takes_context=True)
def pages_below_home(context):
    """The live pages directly below the home page, asked for once per request however often they are shown."""
    request = context["request"]
    if not hasattr(request, "_pages_below_home"):
        site = Site.find_for_request(request)
        request._pages_below_home = list(Page.objects.child_of(site.root_page).live()) if site else []
    return request._pages_below_home


@register.simple_tag(takes_context=True)
def menu_pages(context):
    """Those of them that an editor has put into the menu."""
    return [page for page in pages_below_home(context) if page.show_in_menus]


@register.simple_tag
def home_url():
    """The address of the home page in the visitor's language."""
    return reverse("wagtail_serve", args=[""])


@register.simple_tag
def ancestors(page):
    """The pages between the home page and this one, nearest last; none directly below home."""
    return list(page.get_ancestors().filter(depth__gt=2).order_by("depth")) if page.depth > 3 else []


@register.filter
def is_within(path, url):
    """Whether a path is at or below an address: the menu marks where the visitor is."""
    return path.startswith(url)


@register.simple_tag(takes_context=True)
def language_links(context):
    """The other languages of the interface, each with the address of this same page."""
    path = context["request"].get_full_path()
    others = [code for code, _name in settings.LANGUAGES if code != get_language()]
    return [{"code": code, "name": get_language_info(code)["name_local"], "url": translate_url(path, code)} for code in others]


@register.simple_tag
def structured_data(page, site_settings):
    """What search engines are told about the page, as JSON-LD that no text can break out of."""
    data = page.structured_data(site_settings)
    if not data:
        return ""
    text = json.dumps(data, ensure_ascii=False).translate(_SCRIPT_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # escaped above
