"""Where a segment is used. The register doesn't know who uses its segments: whoever does registers itself (AppConfig.ready())."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from crm.models import SavedView, Segment
from crm.services.ledger import name_of
from crm.services.saved_views import address_of

_finders = []


@dataclass(frozen=True)
class Use:
    kind: str  # "Issue"
    name: str
    url: str = ""  # empty for whoever may not open it
    detail: str = ""  # "sent 3 March 2018"
    holds: bool = True  # whether the segment has to stay for it


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


def views_built_on(segment, user=None):
    """Saved views of the contact list that show those in the segment. Of somebody else's private one only whose it is."""
    own_or_shared = SavedView.objects.seen_by(user) if user else SavedView.objects.all()
    kind = capfirst(SavedView._meta.verbose_name)
    seen = set(own_or_shared.values_list("pk", flat=True))
    for view in SavedView.objects.filter(kind="contact", query__contains="segment=").select_related("owner"):
        if str(segment.pk) not in QueryDict(view.query).getlist("segment"):
            continue
        if view.pk in seen:
            yield Use(kind, view.name, address_of(view, reverse("contact:index")), holds=False)
        else:
            yield Use(kind, gettext("private, of %(owner)s") % {"owner": name_of(view.owner)}, holds=False)


register_use(segments_built_on)
register_use(views_built_on)
