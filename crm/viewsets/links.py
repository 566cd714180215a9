"""Links from one record to another, for lists and messages."""

from django.utils.html import format_html

from crm.services.rights import may, may_view
from crm.viewsets.history import url_of


def page_url(model, pk):
    """Where a record can be looked at, or else changed; "" for what has no page."""
    return url_of("inspect", model, pk) or url_of("edit", model, pk)


def page_url_for(user, model, pk):
    """The same for somebody who may perhaps only look: "" where they would be sent away."""
    page = url_of("inspect", model, pk)
    if page:
        return page if may_view(user, model) else ""
    return url_of("edit", model, pk) if may(user, "change", model) else ""


def link_to(record, user):
    """The name of a record, leading to its page for those who may open it."""
    url = page_url_for(user, type(record), record.pk)
    return format_html('<a href="{}">{}</a>', url, record) if url else str(record)
