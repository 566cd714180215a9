from django.utils.translation import gettext_lazy as _

from crm.exporting.fields import Exportable, Field, Group
from crm.exporting.registry import exportable
from crm.filters.contacts import describe_all
from crm.models import Segment


def conditions(chunk):
    segments = Segment.objects.filter(pk__in=chunk.numbers)
    return {one.pk: "; ".join(words) for one, words in zip(segments, describe_all([one.query for one in segments]), strict=True)}


class SegmentRow:
    __slots__ = ("chunk", "segment")

    def __init__(self, chunk, segment):
        self.chunk, self.segment = chunk, segment


@exportable
class SegmentExport(Exportable):
    kind = "segments"
    title = _("Segments")
    model = Segment
    groups = (
        Group(
            _("Segment"),
            [
                Field("name", _("Name"), lambda row: row.segment.name),
                Field("conditions", _("Filter"), lambda row: row.chunk.related(conditions)[row.segment.pk]),
                Field("query", _("Address"), lambda row: row.segment.query),
            ],
        ),
    )

    def rows(self, chunk):
        return [SegmentRow(chunk, segment) for segment in super().rows(chunk)]
