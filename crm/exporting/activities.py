"""Activities: a row for each who took part, and one for an activity that names nobody."""

from functools import cached_property

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import day_of
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.activities import ActivityFilterSet
from crm.models import Activity, Participation


class ActivityChunk(Chunk):
    @cached_property
    def activities(self):
        participations = Participation.objects.select_related("contact", "organisation")
        found = Activity.objects.select_related("network", "project", "created_by")
        return self.load(found.prefetch_related(Prefetch("participations", participations)))

    @cached_property
    def points(self):
        taking_part = (one for activity in self.activities for one in activity.participations.all())
        return points_of("contact", {one.contact_id for one in taking_part} - {None})


class ParticipationRow:
    __slots__ = ("activity", "chunk", "participation")

    def __init__(self, chunk, activity, participation):
        self.chunk, self.activity, self.participation = chunk, activity, participation

    @property
    def number(self):
        return self.activity.pk

    @property
    def contact(self):
        return self.participation and self.participation.contact

    @property
    def points(self):
        return self.chunk.points[self.contact.pk] if self.contact else ()

    @property
    def organisation(self):
        return self.participation and self.participation.organisation


@exportable
class ActivityExport(Exportable):
    kind = "activities"
    title = _("Activities")
    model = Activity
    filterset_class = ActivityFilterSet
    rows_note = _("An activity has a row for each who took part.")
    chunk_class = ActivityChunk
    groups = (
        Group(
            _("Activity"),
            [
                Field("day", _("Day"), lambda row: row.activity.day),
                Field("kind", _("Kind"), lambda row: word(Activity.Kind, row.activity.kind)),
                more("scope", _("Scope"), lambda row: word(Activity.Scope, row.activity.scope)),
                more("direction", _("Direction"), lambda row: word(Activity.Direction, row.activity.direction)),
                more("conference", _("Which conference"), lambda row: word(Activity.Conference, row.activity.conference)),
                Field("subject", _("Subject"), lambda row: row.activity.subject),
                Field("text", _("What was said"), lambda row: row.activity.text),
                Field("network", _("Network"), lambda row: row.activity.network and row.activity.network.name),
                more("project", _("Project"), lambda row: row.activity.project and row.activity.project.name),
                more("starts_at", _("Time"), lambda row: f"{row.activity.starts_at:%H:%M}" if row.activity.starts_at else None),
                more("minutes", _("Minutes"), lambda row: row.activity.minutes),
                more("place", _("Place"), lambda row: row.activity.place),
                more("head_count", _("Number of people"), lambda row: row.activity.head_count),
                more("cancelled_on", _("Cancelled on"), lambda row: row.activity.cancelled_on),
                more("cancel_reason", _("Why it was cancelled"), lambda row: row.activity.cancel_reason),
                more("created_by", _("Logged by"), lambda row: row.activity.created_by and row.activity.created_by.name),
                more("key", _("Key"), lambda row: row.activity.key),
                more("archived_on", _("Archived"), lambda row: day_of(row.activity.archived_at)),
            ],
        ),
        Group(
            _("Who took part"),
            [
                Field("first_name", _("First name"), lambda row: row.contact and row.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.contact and row.contact.last_name),
                more("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                Field("organisation", _("Organisation"), lambda row: row.organisation and row.organisation.name),
                Field("how", _("How"), lambda row: row.participation and word(Participation.How, row.participation.how)),
            ],
        ),
    )

    def rows(self, chunk):
        return [ParticipationRow(chunk, activity, one) for activity in chunk.activities for one in activity.participations.all() or [None]]
