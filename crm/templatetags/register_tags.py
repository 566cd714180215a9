from pathlib import PurePath
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.forms.search import SearchForm

from crm.ages import age_of
from crm.services.ages import confirmed_on
from crm.services.tidying import key_of, may_tidy
from crm.viewsets.plots import TALL, WIDTH, lines

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


@register.inclusion_tag("admin/components/plot.html")
def plot_over_time(plot):
    """A Plot of crm.services.curves."""
    ends = {"top": plot.shown(plot.top), "bottom": plot.shown(plot.bottom)}
    return {"plot": plot, "lines": lines(plot), "width": WIDTH, "height": TALL, **ends}


@register.inclusion_tag("admin/tidying/age.html", takes_context=True)
def data_age(context, record, back_to=""):
    """How old a role, an address or a number is and where it comes from.

    With a page to come back to, what should be confirmed leads to where that is done, for whoever may.
    """
    confirmed = confirmed_on(record)
    age = age_of(confirmed, timezone.localdate())
    leads = back_to and age != "fresh" and may_tidy(context.request.user)
    url = f"{reverse('tidying:index')}?{urlencode({'thing': key_of(record), 'next': back_to})}" if leads else ""
    return {"age": age, "confirmed": confirmed, "source": getattr(record, "source", ""), "url": url, "what": record}
