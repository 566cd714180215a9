"""Links from one record to another, for lists and messages."""

from django.utils.html import format_html

from crm.services.rights import may
from crm.viewsets.history import url_of


def link_to(record, user):
    """The name of a record, leading to its page for those who may open it."""
    url = url_of("edit", type(record), record.pk) if may(user, "change", type(record)) else ""
    return format_html('<a href="{}">{}</a>', url, record) if url else str(record)
