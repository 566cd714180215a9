"""Courses, seats, needs and interests on the pages of records, and in their timelines."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Contact, Course, Interest, Need, Organisation, SeatRequest
from crm.services.record_sections import SHOWN
from crm.services.records import ALL, WHO, Section, register_section
from crm.services.timeline import Stream, register_stream


def courses_of(about):
    """What an organisation gives, or what a project pays for."""
    if about.is_contact:
        return Course.objects.none()
    name = "project" if about.is_project else "provider"
    return Course.objects.active().filter(**{name: about.record}).order_by("-since", "pk")


def requests_of(about):
    """What an organisation has asked for; what a person has asked for, or is to take part in."""
    if about.is_project:
        return SeatRequest.objects.none()
    who = Q(contact=about.record) | Q(participant=about.record) if about.is_contact else Q(organisation=about.record)
    found = SeatRequest.objects.filter(who, course__archived_at=None).select_related("course", "organisation", "contact")
    return found.order_by("-asked_on", "-pk")


@register_section(of=ALL)
def courses(about):
    given = list(courses_of(about).with_seats()[: SHOWN + 1]) if about.may_view(Course) else []
    asked = list(requests_of(about)[: SHOWN + 1]) if about.may_view(SeatRequest) else []
    if not given and not asked:
        return None
    values = {
        "given": given[:SHOWN],
        "asked": asked[:SHOWN],
        "are_more": len(given) > SHOWN or len(asked) > SHOWN,
        "may_add": not about.is_project and about.user.has_perm("crm.add_seatrequest") and not about.record.is_archived,
    }
    return Section("courses", _("Courses"), "desktop", 36, "admin/register/record_courses.html", values, count=len(given) + len(asked))


@register_section()
def needs(about):
    if not about.may_view(Need):
        return None
    found = list(Need.objects.active().filter(**{about.kind: about.record}).select_related("organisation").newest_first()[: SHOWN + 1])
    is_company = getattr(about.record, "kind", "") == Organisation.Kind.COMPANY
    may_add = about.user.has_perm("crm.add_need") and not about.record.is_archived
    if not found and not (is_company and may_add):
        return None
    values = {"needs": found[:SHOWN], "are_more": len(found) > SHOWN, "may_add": may_add}
    return Section("needs", _("Training needs"), "help", 37, "admin/register/record_needs.html", values, count=len(found))


@register_section(of=ALL)
def interests(about):
    if not about.may_view(Interest):
        return None
    found = Interest.objects.filter(**{about.kind: about.record}).select_related("project", "organisation", "contact")
    number = found.count()
    if not number:
        return None
    values = {
        "interests": list(found.newest_first()[: SHOWN // 5 if about.is_project else SHOWN]),
        "number": number,
        "may_view_people": about.may_view(Contact),
        "may_add": about.user.has_perm("crm.add_interest") and not about.record.is_archived,
    }
    label = _("Interested organisations") if about.is_project else _("Interests in projects")
    return Section("interests", label, "pick", 39, "admin/register/record_interests.html", values, count=number)


# In the timeline


class CourseStream(Stream):
    kind = "course"
    icon = "desktop"
    by_day = True
    model = None

    def is_for(self, about):
        return about.may_view(self.model)


@register_stream
class CourseGivenStream(CourseStream):
    of = ("organisation", "project")
    key, moment, model = "course", "since", Course

    def queryset(self, about):
        return courses_of(about).exclude(state=Course.State.CANCELLED).filter(since__lte=about.today)

    def items(self, about, found):
        return [self.item(one, _("The course %(course)s began") % {"course": one}, leads_to=(Course, one.pk)) for one in found]


@register_stream
class SeatRequestStream(CourseStream):
    of = WHO
    key, moment, model = "seat-request", "asked_on", SeatRequest

    def queryset(self, about):
        return requests_of(about)

    def items(self, about, found):
        return [self.item(one, self.sentence(one), note=self.note(about, one), leads_to=(Course, one.course_id)) for one in found]

    def sentence(self, one):
        words = {"number": one.seats, "course": one.course}
        return ngettext("Asked for %(number)s seat in %(course)s", "Asked for %(number)s seats in %(course)s", one.seats) % words

    def note(self, about, one):
        who = one.organisation if about.is_contact else one.contact if about.may_view(Contact) else None
        return " · ".join(filter(None, [one.get_state_display(), str(who or ""), one.for_whom]))


@register_stream
class NeedStream(CourseStream):
    of = WHO
    key, moment, model, icon = "need", "received_on", Need, "help"

    def queryset(self, about):
        return Need.objects.active().filter(**{about.kind: about.record}).select_related("organisation")

    def items(self, about, found):
        title = _("Stated a need: %(area)s")
        return [self.item(one, title % {"area": one.get_area_display()}, text=one.text, leads_to=(Need, one.pk)) for one in found]


@register_stream
class InterestStream(CourseStream):
    of = WHO
    key, moment, model, icon = "interest", "day", Interest, "pick"

    def queryset(self, about):
        return Interest.objects.filter(**{about.kind: about.record}, day__isnull=False).select_related("project")

    def items(self, about, found):
        title = _("Wants to take part in the project %(project)s")
        return [self.item(one, title % {"project": one.project}, text=one.note) for one in found]
