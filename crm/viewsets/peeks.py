"""The record at a glance, beside the list it stands in; without script on a page of its own."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from crm.models import (
    Activity,
    Affiliation,
    Contact,
    Cost,
    Course,
    Evidence,
    Holding,
    Interest,
    Licence,
    Membership,
    Mobility,
    Need,
    Network,
    Organisation,
    Participation,
    PlanItem,
    Project,
    Relationship,
    SeatRequest,
    Tag,
    Task,
)
from crm.services.rights import may_view
from crm.viewsets.links import page_url_for
from crm.viewsets.list_columns import shown_number

MOST = 5


class PeekView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    any_permission_required = ["add", "change", "delete", "view"]
    model = None
    index_url_name = None

    def get_template_names(self):
        return ["admin/register/peek_record.html" if "fragment" in self.request.GET else "admin/register/peek.html"]

    def get(self, request, pk):
        self.record = get_object_or_404(self.model, pk=pk)
        return self.render_to_response(self.get_context_data())

    def get_page_title(self):
        return str(self.record)

    def get_breadcrumbs_items(self):
        listed = {"url": reverse(self.index_url_name), "label": capfirst(self.model._meta.verbose_name_plural)}
        return [*super().get_breadcrumbs_items(), listed, {"url": "", "label": str(self.record)}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            record=self.record,
            facts=[(label, value if isinstance(value, list) else [value]) for label, value in FACTS[self.model](self.record) if value],
            points=list(self.record.contact_points.usable()) if hasattr(self.record, "contact_points") else [],
            page_url=self.page_url,
            **self.happenings(),
            **kwargs,
        )

    @property
    def page_url(self):
        """Where the record stands, with the list that one looks at it from, if that leads on from there."""
        url = page_url_for(self.request.user, self.model, self.record.pk)
        listed = self.request.GET.get("list")
        return f"{url}?{urlencode({'list': listed})}" if url and listed is not None else url

    def happenings(self):
        """What is to be done about the record and what happened last, as far as somebody may see that."""
        condition, user = HAPPENINGS.get(self.model), self.request.user
        found = {}
        if condition and may_view(user, Task):
            found["tasks"] = Task.objects.open().filter(**{condition: self.record}).select_related("assignee").soonest_first()[:MOST]
        if condition and may_view(user, Activity):
            found["activities"] = activities_of(self.record, condition)[:MOST]
        return found


HAPPENINGS = {Contact: "contact", Organisation: "organisation", Network: "network", Project: "project"}


def activities_of(record, condition):
    if condition in ("network", "project"):
        return Activity.objects.active().filter(**{condition: record}).newest_first()
    took_part = Participation.objects.filter(**{condition: record}).order_by().values("activity")
    return Activity.objects.active().filter(pk__in=took_part).newest_first()


def lines(records):
    """Several values of one fact, a line each."""
    return [str(record) for record in records]


@dataclass(frozen=True)
class HeldRole:
    """A role in words, which tells its age beside."""

    role: Affiliation

    def __str__(self):
        return " · ".join(filter(None, [self.role.label, str(self.role.organisation)]))


def facts_of_contact(contact):
    today = timezone.localdate()
    held = contact.affiliations.on(today).newest_first().select_related("organisation", "role")
    yield _("Roles"), [HeldRole(one) for one in held]
    seats = contact.seats.on(today).filter(network__archived_at=None).select_related("network")
    yield _("Networks"), lines(seat.network for seat in seats)
    yield _("Tags"), ", ".join(lines(Tag.objects.filter(taggings__contact=contact)))
    yield _("Note"), contact.note


def facts_of_organisation(organisation):
    today = timezone.localdate()
    yield _("Kind"), organisation.get_kind_display()
    yield _("Municipality"), str(organisation.municipality or "")
    yield _("Belongs to"), str(organisation.parent or "")
    yield _("Organisation number"), organisation.organisation_number
    held = Membership.objects.held_on(today).filter(organisation=organisation).first()
    yield _("Member"), (_("since %(day)s") % {"day": shown_day(held.since)} if held.since else _("yes")) if held else _("no")
    people = Affiliation.objects.held_by_active_contacts(today).filter(organisation=organisation)
    people = people.select_related("contact", "role").order_by("contact__sort_key", "pk")
    yield _("People"), list(dict.fromkeys(" · ".join(filter(None, [str(one.contact), one.label])) for one in people[:20]))
    yield _("Networks"), lines(seat.network for seat in organisation.seats.on(today).select_related("network"))
    yield _("Tags"), ", ".join(lines(Tag.objects.filter(taggings__organisation=organisation)))
    yield _("Note"), organisation.note


def facts_of_network(network):
    yield _("Kind"), network.get_kind_display()
    yield _("Description"), network.description
    seats = network.seats.on(timezone.localdate()).select_related("contact", "organisation")
    yield _("Seats"), lines(seats[:30])


def facts_of_project(project):
    today = timezone.localdate()
    yield _("Full name"), project.name if project.short_name else ""
    yield _("State"), project.get_state_display()
    yield _("When"), f"{shown_day(project.since)} – {shown_day(project.until)}" if project.since or project.until else ""
    yield _("Funder"), str(project.funder or "")
    yield _("Lead organisation"), str(project.lead or "")
    yield _("Budget (SEK)"), shown_number(project.budget)
    yield _("Description"), project.description
    yield _("Partners"), lines(project.partners.in_projects_on(today).select_related("organisation")[:30])
    yield _("People"), lines(project.roles.in_projects_on(today).select_related("contact", "organisation")[:30])


def facts_of_mobility(mobility):
    yield _("State"), mobility.get_state_display()
    yield _("Kind"), mobility.get_kind_display()
    yield _("Project"), str(mobility.project)
    yield _("Sending partner"), str(mobility.sending)
    yield _("Receiving partner"), str(mobility.receiving or "")
    yield _("When"), f"{shown_day(mobility.since)} – {shown_day(mobility.until)}" if mobility.since or mobility.until else ""
    yield _("Note"), mobility.note


def facts_of_cost(cost):
    yield _("Project"), str(cost.project)
    yield _("Day"), shown_day(cost.day)
    yield _("Amount (SEK)"), shown_number(cost.amount)
    yield _("Voucher"), cost.voucher
    yield _("Reported to the funder"), shown_day(cost.reported_on)
    yield _("Evidence"), str(cost.document or "")


def facts_of_course(course):
    counted = Course.objects.with_seats().get(pk=course.pk)
    yield _("State"), course.get_state_display()
    yield _("When"), shown_span(course)
    yield _("Apply by"), shown_day(course.apply_by)
    yield _("Format"), ", ".join(filter(None, [course.get_format_display(), course.place]))
    yield _("Provider"), str(course.provider or "")
    words = {"held": counted.taken, "seats": course.seats}
    yield _("Confirmed seats"), str(counted.taken) if course.seats is None else _("%(held)s of %(seats)s") % words
    yield _("Seats waited for"), shown_number(counted.waiting) if counted.waiting else ""
    yield _("Area of education"), course.get_area_display()
    yield _("SeQF level"), course.get_level_display() if course.level else ""
    yield _("Pilot"), _("yes") if course.is_pilot else ""
    yield _("Project"), str(course.project or "")
    yield _("Description"), course.description


def facts_of_seat_request(request):
    yield _("Course"), str(request.course)
    yield _("Organisation"), str(request.organisation or "")
    yield _("Asking contact"), str(request.contact or "")
    yield _("Seats"), str(request.seats)
    yield _("For whom"), ", ".join(filter(None, [str(request.participant or ""), request.for_whom]))
    yield _("Asked on"), shown_day(request.asked_on)
    yield _("State"), " ".join(filter(None, [request.get_state_display(), shown_day(request.answered_on)]))
    yield _("Reason"), request.reason
    yield _("Note"), request.note


def facts_of_need(need):
    yield _("Company"), need.company
    yield _("Contact"), str(need.contact or need.contact_name)
    yield _("State"), need.get_state_display()
    yield _("What is needed"), need.text
    yield _("Area of education"), need.get_area_display()
    yield _("SeQF level"), need.get_level_display() if need.level else ""
    yield _("People"), str(need.people or "")
    yield _("When"), need.period
    yield _("Source"), need.get_source_display()
    yield _("Received"), shown_day(need.received_on)
    yield _("Matched to courses"), lines(need.matches.select_related("course"))


def facts_of_interest(interest):
    yield _("Project"), str(interest.project)
    yield _("Organisation"), str(interest.organisation)
    yield _("Contact"), str(interest.contact or "")
    yield _("Day"), shown_day(interest.day)
    yield _("Note"), interest.note


def facts_of_evidence(evidence):
    yield _("Project"), str(evidence.project)
    yield _("Indicator"), str(evidence.indicator or "")
    yield _("Activity"), str(evidence.activity or "")
    yield _("Day"), shown_day(evidence.day)
    yield _("Reached"), shown_number(evidence.value)
    yield _("Document of the project"), str(evidence.document or "")
    yield _("Link"), evidence.link
    yield _("Added by"), str(evidence.added_by or "")


def facts_of_membership(membership):
    yield _("Kind"), membership.get_kind_display()
    yield _("Member from"), shown_day(membership.since)
    yield _("Member until"), shown_day(membership.until)
    yield _("Fees"), [f"{fee.year}: {shown_number(fee.amount)} kr, {str(fee.state).lower()}" for fee in membership.fees.all()]


def facts_of_licence(licence):
    today = timezone.localdate()
    yield _("Kind"), licence.get_kind_display()
    yield _("Supplier"), str(licence.supplier or "")
    counted = Licence.objects.with_seats(today).get(pk=licence.pk)
    words = {"held": counted.held, "seats": licence.seats}
    yield _("Seats held"), str(counted.held) if licence.seats is None else _("%(held)s of %(seats)s") % words
    yield _("Agreement"), shown_span(licence)
    yield _("Price (SEK)"), shown_number(licence.price)
    yield _("Value (SEK)"), shown_number(licence.value)
    yield _("Description"), licence.description
    yield _("Note"), licence.note


def facts_of_holding(holding):
    yield _("Licence"), str(holding.licence)
    yield _("Contact"), str(holding.contact or "")
    yield _("Organisation"), str(holding.organisation or "")
    yield _("Held"), shown_span(holding)
    yield _("Confirmed"), " · ".join(filter(None, [shown_day(holding.confirmed_at), holding.confirmed_by]))
    yield _("Note"), holding.note


def facts_of_plan_item(item):
    yield _("Operating year"), str(item.year)
    yield _("Focus area"), item.get_focus_area_display()
    yield _("Why"), item.why
    yield _("How"), item.steps
    yield _("State"), item.get_state_display()
    yield _("To be done by"), shown_day(item.target_day)
    yield _("Responsible"), str(item.responsible or "")
    yield _("Outcome"), item.outcome
    yield _("What fulfils it"), lines(item.links.select_related("activity", "project"))


def facts_of_relationship(relation):
    yield _("Organisation"), str(relation.organisation)
    yield _("Kind"), relation.get_kind_display()
    yield _("Other organisation"), str(relation.other)
    yield _("When"), shown_span(relation)
    yield _("Note"), relation.note
    yield _("Source"), relation.source


def facts_of_activity(activity):
    yield _("Kind"), activity.get_kind_display()
    yield _("Scope"), ", ".join(filter(None, [activity.get_scope_display(), activity.get_direction_display()]))
    yield _("Which conference"), activity.get_conference_display()
    yield _("Day"), " ".join(filter(None, [shown_day(activity.day), f"{activity.starts_at:%H:%M}" if activity.starts_at else ""]))
    yield _("Place"), activity.place
    yield _("Cancelled"), shown_day(activity.cancelled_on)
    taking_part = activity.participations.select_related("contact", "organisation")
    yield _("Who took part"), [f"{one} · {one.get_how_display()}" for one in taking_part[:30]]
    yield _("Number of people"), shown_number(activity.head_count)
    yield _("Network"), str(activity.network or "")
    yield _("Project"), str(activity.project or "")
    yield _("What was said"), activity.text


def facts_of_task(task):
    yield _("To be done by"), shown_day(task.due)
    yield _("For whom"), task.assignee.name if task.assignee else ""
    yield _("About whom"), lines(task.about)
    yield _("Note"), task.note
    yield _("Done on"), shown_day(timezone.localtime(task.done_at).date()) if task.done_at else ""


def shown_span(dated):
    """From when to when, "" where neither is known."""
    return f"{shown_day(dated.since)} – {shown_day(dated.until)}".strip() if dated.since or dated.until else ""


def shown_day(day):
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


FACTS = {
    Contact: facts_of_contact,
    Organisation: facts_of_organisation,
    Network: facts_of_network,
    Membership: facts_of_membership,
    Licence: facts_of_licence,
    Holding: facts_of_holding,
    Cost: facts_of_cost,
    Evidence: facts_of_evidence,
    Mobility: facts_of_mobility,
    Course: facts_of_course,
    SeatRequest: facts_of_seat_request,
    Need: facts_of_need,
    Interest: facts_of_interest,
    PlanItem: facts_of_plan_item,
    Project: facts_of_project,
    Relationship: facts_of_relationship,
    Activity: facts_of_activity,
    Task: facts_of_task,
}
