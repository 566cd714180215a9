"""Where a segment is used. The register doesn't know who uses its segments: whoever does registers itself (AppConfig.ready())."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from crm.models import Segment

_finders = []


@dataclass(frozen=True)
class Use:
    kind: str  # "Issue"
    name: str
    url: str = ""  # empty for whoever may not open it
    detail: str = ""  # "sent 3 March 2018"


def register_use(finder: Callable):
    """`finder(segment, user)` returns Uses; a user of None may open everything."""
    if finder not in _finders:
        _finders.append(finder)


def uses_of(segment, user=None):
    return [use for finder in _finders for use in finder(segment, user)]


def segments_built_on(segment, user=None):
    """Other segments whose filter asks for those in this one."""
    for other in Segment.objects.exclude(pk=segment.pk).filter(query__contains="segment="):
        if str(segment.pk) in QueryDict(other.query).getlist("segment"):
            yield Use(gettext("Segment"), other.name, reverse("segment:show", args=[other.pk]))


register_use(segments_built_on)
