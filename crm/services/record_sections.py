"""The sections of the page of a contact or an organisation, some of them of others’ too, each of them a fixed number of queries."""

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.translation import gettext as _

from crm.ages import age_of
from crm.models import (
    Activity,
    Affiliation,
    Change,
    Contact,
    Document,
    Evidence,
    Fee,
    Holding,
    Membership,
    Network,
    Organisation,
    Role,
    Seat,
    Task,
)
from crm.services.records import EVERY, WITH_NETWORK, Section, register_section
from crm.services.rights import readable_changes
from crm.services.timeline_streams import activities_of, tasks_of
from crm.years import OperatingYear

SHOWN = 50
LATEST = 10


def now_and_before(rows, today):
    """Return (those that hold or will, those that have ended)."""
    now = [row for row in rows if row.until is None or row.until >= today]
    return now, [row for row in rows if row not in now]


@register_section()
def roles(about):
    """A person's roles, or an organisation's people: now and before."""
    if not about.may_view(Contact):
        return None
    held = Affiliation.objects.filter(**{about.kind: about.record}).newest_first().select_related("contact", "organisation", "role")
    # One more than is shown tells that there are more.
    now, before = now_and_before(list(held[: SHOWN + 1]), about.today)
    label = _("Roles over time") if about.is_contact else _("People")
    values = {"now": now, "before": before[:SHOWN], "are_more": len(now) + len(before) > SHOWN}
    return Section("roles", label, "user", 20, "admin/register/record_roles.html", values, count=len(now))


@register_section()
def membership(about):
    if about.is_contact or not about.may_view(Membership):
        return None
    memberships = list(Membership.objects.active().filter(organisation=about.record).order_by(F("since").desc(nulls_last=True), "pk"))
    fees = Fee.objects.filter(membership__in=memberships).order_by("-year", "pk")
    values = {"memberships": memberships, "fees": list(fees[:SHOWN]), "may_open": about.may_view(Fee)}
    return Section("membership", _("Membership and fees"), "tick-inverse", 25, "admin/register/record_membership.html", values)


def units_of(organisation):
    """The organisation and what belongs to it, two steps down."""
    steps = ("pk", "parent", "parent__parent")
    return Organisation.objects.active().filter(Q(*[(step, organisation.pk) for step in steps], _connector=Q.OR))


def vacancies_of(organisation, day):
    """Return the roles that every member should have somebody in and this one has not; none for who is no member."""
    if not Membership.objects.held_on(day).filter(organisation=organisation).exists():
        return []
    held = Affiliation.objects.held_by_active_contacts(day).filter(
        role=OuterRef("pk"), organisation__in=units_of(organisation).values("pk")
    )
    return list(Role.objects.filter(~Exists(held), expected_at_members=True))


@register_section()
def vacancies(about):
    if about.is_contact or not about.may_view(Contact):
        return None
    found = vacancies_of(about.record, about.today)
    if not found:
        return None
    return Section(
        "vacancies", _("Vacant roles"), "warning", 22, "admin/register/record_vacancies.html", {"roles": found}, count=len(found)
    )


@register_section()
def units(about):
    if about.is_contact:
        return None
    children = list(about.record.children.active()[: SHOWN + 1])
    if not children and not about.record.parent_id:
        return None
    values = {"children": children[:SHOWN], "are_more": len(children) > SHOWN}
    return Section("units", _("Belongs together"), "site", 28, "admin/register/record_units.html", values)


@register_section()
def networks(about):
    if not about.may_view(Network):
        return None
    seats = Seat.objects.filter(**{about.kind: about.record}).select_related("network", "contact", "organisation")
    newest_first = seats.order_by(F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "pk")
    now, before = now_and_before(list(newest_first[:SHOWN]), about.today)
    values = {"now": now, "before": before, "may_view_people": about.may_view(Contact)}
    return Section("networks", _("Networks"), "group", 30, "admin/register/record_networks.html", values, count=len(now))


@register_section()
def licences(about):
    """What a person holds, or what is held for an organisation, whoever has it."""
    if not about.may_view(Holding):
        return None
    held = Holding.objects.filter(**{about.kind: about.record}).newest_first().select_related("licence", "contact", "organisation")
    now, before = now_and_before(list(held[: SHOWN + 1]), about.today)
    for one in now:
        one.age = age_of(one.confirmed_at, about.today)
    values = {
        "now": now,
        "before": before[:SHOWN],
        "are_more": len(now) + len(before) > SHOWN,
        "may_view_people": about.may_view(Contact),
        "may_change": about.user.has_perm("crm.change_holding"),
        "may_add": about.user.has_perm("crm.add_holding") and not about.record.is_archived,
    }
    return Section("licences", _("Licences"), "key", 35, "admin/register/record_licences.html", values, count=len(now))


def sums_of(activities):
    """Return (kinds, [(operating year, numbers in the order of the kinds, sum)]) of activities."""
    year = ExtractYear("day") - Case(When(month__lt=7, then=Value(1)), default=Value(0), output_field=IntegerField())
    counted = activities.annotate(month=ExtractMonth("day")).annotate(year=year).order_by().values_list("year", "kind")
    numbers = {}
    for start, kind, number in counted.annotate(number=Count("pk")):
        numbers.setdefault(start, {})[kind] = number
    kinds = [choice for choice in Activity.Kind.choices if any(choice[0] in of_year for of_year in numbers.values())]
    rows = [
        (OperatingYear(int(start)), [of_year.get(kind, 0) for kind, _label in kinds], sum(of_year.values()))
        for start, of_year in sorted(numbers.items(), reverse=True)
    ]
    return [label for _kind, label in kinds], rows


@register_section(of=WITH_NETWORK)
def activities(about):
    if not about.may_view(Activity):
        return None
    found = activities_of(about)
    kinds, years = sums_of(found.not_cancelled())
    values = {"activities": list(found.newest_first()[:LATEST]), "kinds": kinds, "years": years}
    if about.is_project and about.may_view(Evidence):
        values["may_add_evidence"] = about.user.has_perm("crm.add_evidence")
        values["may_change_evidence"] = about.user.has_perm("crm.change_evidence")
        shown = Evidence.objects.filter(activity__in=[activity.pk for activity in values["activities"]])
        by_activity = {}
        for one in shown.select_related("document", "added_by").newest_first():
            by_activity.setdefault(one.activity_id, []).append(one)
        for activity in values["activities"]:
            activity.shown_by = by_activity.get(activity.pk, [])
    total = sum(number for _year, _numbers, number in years)
    return Section("activities", _("Activities"), "calendar-check", 40, "admin/register/record_activities.html", values, count=total)


@register_section(of=EVERY)
def tasks(about):
    if not about.may_view(Task):
        return None
    found = list(tasks_of(about).soonest_first().select_related("assignee")[:SHOWN])
    to_do = sum(not task.is_done for task in found)
    values = {"tasks": found, "may_change": about.user.has_perm("crm.change_task")}
    return Section("tasks", _("Tasks"), "tasks", 60, "admin/register/record_tasks.html", values, count=to_do)


@register_section(of=EVERY)
def documents(about):
    found = list(Document.objects.filter(**{about.kind: about.record}).select_related("added_by"))
    values = {"documents": found}
    return Section("documents", _("Documents"), "doc-full", 65, "admin/register/record_documents.html", values, count=len(found))


@register_section(of=EVERY)
def history(about):
    changes = Change.objects.about(about.kind, about.record.pk).filter(readable_changes(about.user))
    last = changes.select_related("change_set").order_by("-pk").first()
    return Section("history", _("History"), "history", 90, "admin/register/record_history.html", {"last": last and last.change_set})
