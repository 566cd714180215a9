"""The page of a network: who sits in it, its meetings, and whose seat was empty the last two times."""

from django.db.models import F
from django.utils.translation import gettext as _

from crm.filters.missed import seats_that_missed
from crm.models import Activity, Contact
from crm.services.meetings import meetings_of, numbers_of
from crm.services.record_sections import now_and_before
from crm.services.records import Section, register_section

MOST_SEATS = 500
MEETINGS = 12


@register_section(of=("network",))
def members(about):
    """As they are today, or as of a day that is asked for."""
    found = about.record.seats.order_by(F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "pk")
    seats = list(found.select_related("contact", "organisation")[:MOST_SEATS])
    now, before = now_and_before(seats, about.day)
    if about.asked_day:
        now = [seat for seat in now if seat.since is None or seat.since <= about.day]
    now.sort(key=lambda seat: (seat.organisation or seat.contact).sort_key)
    values = {"now": now, "before": before, "may_view_people": about.may_view(Contact)}
    return Section("members", _("Members"), "group", 20, "admin/register/record_members.html", values, count=len(now))


@register_section(of=("network",))
def meetings(about):
    if not about.may_view(Activity):
        return None
    found = meetings_of(about.record)
    coming = list(found.filter(day__gte=about.today).order_by("day", "starts_at", "pk")[:MEETINGS])
    past = list(found.filter(day__lt=about.today).newest_first()[:MEETINGS])
    numbers = numbers_of([*coming, *past])
    values = {
        "coming": [(one, numbers[one.pk]) for one in coming],
        "past": [(one, numbers[one.pk]) for one in past],
        "total": found.not_cancelled().filter(day__lt=about.today).count(),
        "may_call": about.user.has_perm("crm.add_activity") and about.may_view(Contact) and not about.record.is_archived,
    }
    return Section("meetings", _("Network meetings"), "calendar", 22, "admin/register/record_meetings.html", values, count=values["total"])


@register_section(of=("network",))
def missed(about):
    if not about.may_view(Activity):
        return None
    seats = seats_that_missed(about.record, about.day)
    if not seats:
        return None
    seats.sort(key=lambda seat: (seat.organisation or seat.contact).sort_key)
    values = {
        "seats": seats,
        "may_view_people": about.may_view(Contact),
        "has_organisations": any(seat.organisation_id for seat in seats),
    }
    return Section("missed", _("Missed the last two"), "warning", 24, "admin/register/record_missed.html", values, count=len(seats))
