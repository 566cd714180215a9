from pathlib import PurePath

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.forms.search import SearchForm

register = template.Library()


@register.filter
def lookup(mapping, key):
    """The value of a dictionary under a key that is a variable."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def contact_search(context):
    """A form that searches the contacts, for whoever may see them."""
    if context["request"].user.has_perm("crm.view_contact"):
        return SearchForm(placeholder=_("Search for a person, an organisation or a phone number…"))
    return None


@register.inclusion_tag("admin/register/face.html")
def face(record):
    """The picture of a contact or an organisation, or its initials; the address changes with the picture."""
    url = ""
    if record.picture:
        url = reverse(f"{record._meta.model_name}:picture", args=[record.pk]) + f"?v={PurePath(record.picture.name).stem[:8]}"
    return {"url": url, "initials": record.initials, "tint": record.tint, "is_logo": record.picture_field == "logo"}
