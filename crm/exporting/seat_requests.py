from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.seat_requests import SeatRequestFilterSet
from crm.models import SeatRequest


class SeatRequestChunk(Chunk):
    @cached_property
    def requests(self):
        return self.load(SeatRequest.objects.select_related("course", "organisation", "contact", "participant"))

    @cached_property
    def points(self):
        return points_of("contact", {request.contact_id for request in self.requests} - {None})


class SeatRequestRow:
    __slots__ = ("chunk", "request")

    def __init__(self, chunk, request):
        self.chunk, self.request = chunk, request

    @property
    def number(self):
        return self.request.pk

    @property
    def contact(self):
        return self.request.contact

    @property
    def points(self):
        return self.chunk.points[self.request.contact_id] if self.contact else ()


def of_request(name):
    return lambda row: getattr(row.request, name)


@exportable
class SeatRequestExport(Exportable):
    kind = "seat_requests"
    title = _("Seat requests")
    model = SeatRequest
    filterset_class = SeatRequestFilterSet
    chunk_class = SeatRequestChunk
    groups = (
        Group(
            _("Seat request"),
            [
                Field("course", _("Course"), lambda row: row.request.course.title),
                Field("course_since", _("Course begins"), lambda row: row.request.course.since),
                Field("organisation", _("Organisation"), lambda row: row.request.organisation and row.request.organisation.name),
                Field("first_name", _("First name"), lambda row: row.contact and row.contact.first_name),
                Field("last_name", _("Last name"), lambda row: row.contact and row.contact.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                Field("seats", _("Seats"), of_request("seats")),
                Field("for_whom", _("For whom"), of_request("for_whom")),
                more("participant", _("For the contact"), lambda row: row.request.participant and row.request.participant.name),
                Field("asked_on", _("Asked on"), of_request("asked_on")),
                Field("state", _("State"), lambda row: word(SeatRequest.State, row.request.state)),
                Field("answered_on", _("Answered on"), of_request("answered_on")),
                Field("reason", _("Reason"), of_request("reason")),
                more("mailed_at", _("Confirmation mailed"), of_request("mailed_at")),
                more("note", _("Note"), of_request("note")),
            ],
        ),
    )

    def rows(self, chunk):
        return [SeatRequestRow(chunk, request) for request in chunk.requests]
