"""Seats in courses that somebody has asked for: whoever leaves no longer gets the answer."""

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Course, SeatRequest
from crm.services.hanging import Held
from crm.services.job_changes import Fate, register_hanging
from crm.services.seat_requests import answer_request


@register_hanging
class SeatRequestHanging(Held):
    """A request for seats in a course that is not over yet."""

    heading = gettext_lazy("Seats in a course")
    permission = "crm.change_seatrequest"

    @classmethod
    def find(cls, change):
        courses = Course.objects.active().ahead(change.last_day).order_by().values("pk")
        of_role = Q(organisation=change.organisation) | Q(organisation=None)
        asked = SeatRequest.objects.live().filter(of_role, contact=change.person, course__in=courses)
        return asked.select_related("course", "organisation").first_come()

    def __str__(self):
        course = self.record.course
        when = date_format(course.since) if course.since else ""
        return ", ".join(filter(None, [str(course), when, self.record.get_state_display().lower()]))

    @property
    def fates(self):
        others = {Fate.END: _("The seats are given back."), Fate.KEEP: _("%(person)s stays the one who asked.") % self.words}
        return self.with_successor(_("%(successor)s is the one who asked from now on."), others)

    @property
    def default(self):
        return Fate.HAND_OVER if self.is_for_organisation and self.change.successor else Fate.KEEP

    def carry_out(self, fate):
        if fate == Fate.HAND_OVER:
            self.record.contact = self.successor
            self.record.save(update_fields=["contact"])
        elif fate == Fate.END:
            reason = _("change of job")
            answer_request(self.record, state=SeatRequest.State.WITHDRAWN, acting_user=None, reason=reason)
