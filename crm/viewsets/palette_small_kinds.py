"""The small kinds of record that the palette finds: few enough to be looked through one by one."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import PlanItem, Segment, Tag, Task
from crm.services.palette import SHOWN, best_first, contains, register_kind
from crm.text import search_words
from crm.viewsets.palette_kinds import RecordKind

LOOKED_THROUGH = 2_000  # records of kinds of which an office has some dozens


class SmallKind(RecordKind):
    """One of which there are few enough to look at each."""

    def numbers(self, user, query):
        words = search_words(query)
        found = [record for record in self.looked_through(user)[:LOOKED_THROUGH] if contains(record, words)]
        return [record.pk for record in best_first(found, words)[: SHOWN + 1]]

    def looked_through(self, user):
        return self.model.objects.all()


class TaskKind(SmallKind):
    order = 40
    model = Task
    label = _("Tasks")
    icon = "tasks"

    def looked_through(self, user):
        return Task.objects.open().soonest_first()

    def details(self, record):
        if record.due:
            yield gettext("by %(day)s") % {"day": date_format(record.due, "SHORT_DATE_FORMAT")}


class PlanItemKind(SmallKind):
    order = 70
    model = PlanItem
    label = _("Activity plan")
    icon = "clipboard-list"

    def details(self, record):
        yield str(record.year)
        yield record.get_state_display()

    def url(self, user, record):
        """Its place on the page of the year's plan."""
        return f"{reverse('planitem:plan', args=[record.year.start])}#item-{record.pk}"


class SegmentKind(SmallKind):
    order = 80
    model = Segment
    label = _("Segments")
    icon = "tag"


class TagKind(SmallKind):
    order = 90
    model = Tag
    label = _("Tags")
    icon = "tag"

    def details(self, record):
        yield record.description


for kind in (TaskKind, PlanItemKind, SegmentKind, TagKind):
    register_kind(kind())
