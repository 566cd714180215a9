"""Forms that notice what somebody else has stored while they stood on screen."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.services.meanwhile import last_change, reconcile


@dataclass
class Seen:
    """The newest change of the register when a form was first shown, and the newest that whoever fills it in was told of."""

    number: int
    overruled: int = 0

    @classmethod
    def by(cls, request):
        """What a form says that is being stored; of one that is shown for the first time, what there is now."""
        number = _number(request.POST.get("seen"))
        return cls(last_change()) if number is None else cls(number, _number(request.POST.get("overruled")) or 0)

    def refuses(self, form, records):
        """Keep what others have stored meanwhile and the form has left alone; refuse the form where both have written something.

        Whoever has been told and stores it again means what the form says.
        """
        conflicts = [conflict for record in records for conflict in reconcile(record, seen=self.number)]
        untold = [conflict for conflict in conflicts if conflict.change > self.overruled]
        for conflict in untold:
            form.add_error(None, str(conflict))
        if untold:
            form.add_error(None, _("Nothing is saved yet. Save once more to have what stands here instead, or open the page anew."))
            self.overruled = last_change()
        return bool(untold)


def _number(text):
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


class MeanwhileMixin:
    """For edit views: see Seen."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.seen = Seen.by(request)

    def is_overtaken(self, form):
        return self.seen.refuses(form, self.records_of(form))

    @staticmethod
    def records_of(form):
        lines = [line for formset in getattr(form, "formsets", {}).values() for line in formset.forms if line not in formset.deleted_forms]
        return [form.instance, *[line.instance for line in lines]]
