"""What the tests of change sets share: making one, and asking the pages about it."""

import re

from django.utils.html import strip_tags

from crm.models import ChangeSet
from crm.services.ledger import change_set

EDIT = ChangeSet.Cause.EDIT
LIST = "/admin/register/changes/"


def doing(do, *, by=None, cause=EDIT, note=""):
    with change_set(actor=by, cause=cause, note=note) as opened:
        do()
    return opened


def save(record, **values):
    record = type(record).objects.get(pk=record.pk)
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


def text(response):
    assert response.status_code == 200
    content = response.content.decode()
    return re.sub(r"\s+", " ", strip_tags(content[content.index("<main") : content.index("</main")]))


def undo_page(client, one):
    return text(client.get(f"{LIST}{one.pk}/undo/"))


def undo_by_form(client, one, **choices):
    return client.post(f"{LIST}{one.pk}/undo/", choices, follow=True)
