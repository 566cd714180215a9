from django import template
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
