"""Two people with one record open: what the one stored is not taken back by the form that the other still has on screen.

A form says which change of the ledger was the last one when it was shown. What has changed since and was left alone in the form
stays as it is now; where both wrote something, whoever saves last is told and decides.
"""

from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _

from crm.models import Change
from crm.recording import is_recorded, recording_of
from crm.services.net_changes import net_changes
from crm.services.values import NameBook, parse, show_value, shown_fields
from crm.services.wording import actor_of


@dataclass(frozen=True)
class Conflict:
    """A field to which somebody else has given another value than the form's."""

    record: object
    field: object
    value: object  # theirs
    change: int  # the last one of that record

    def __str__(self):
        last = Change.objects.select_related("change_set").get(pk=self.change)
        names = NameBook()
        names.want_row(type(self.record), {self.field.column: self.value})
        names.load()
        values = {
            "who": actor_of(last.change_set),
            "field": self.field.verbose_name,
            "record": self.record,
            "value": show_value(self.field, self.value, names) or _("nothing"),
        }
        return _("%(who)s changed this while you had the form open: %(field)s (%(record)s) is now “%(value)s”.") % values


def last_change():
    """Return the number of the newest change of the register."""
    return Change.objects.aggregate(last=Max("pk"))["last"] or 0


def reconcile(record, *, seen):
    """Give what a form has left alone the value that it has by now, and return the Conflicts with what it has not.

    `record` holds what the form wants to store, `seen` is what last_change() said when the form was shown.
    """
    if record.pk is None or not is_recorded(type(record)):
        return []
    since = Change.objects.of_record(record).filter(pk__gt=seen)
    found = next(net_changes(since, recording_of(type(record))), None)
    if found is None or found.action != Change.Action.CHANGED:
        return []
    return list(_conflicts(record, found))


def _conflicts(record, found):
    for field in shown_fields(type(record)):
        if field.column not in found.after:
            continue
        before, now = parse(field, found.before.get(field.column)), parse(field, found.after[field.column])
        mine = parse(field, getattr(record, field.attname))
        if mine == before:
            setattr(record, field.attname, now)
        elif mine != now:
            yield Conflict(record, field, now, found.last)
