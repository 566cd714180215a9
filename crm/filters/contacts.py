"""The language of filters: what the contact list, an export, a segment and a newsletter's audience go by."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.exceptions import FilterError
from crm.filters.archived import ArchivedFilter
from crm.filters.choices import RecordsFilter
from crm.filters.descriptions import describe_with
from crm.filters.extensions import ExtensibleFilterSet
from crm.filters.figures import FigureFilter
from crm.filters.held_roles import HeldRoleFilterSet
from crm.filters.meetings import MetFilterSet
from crm.filters.missed import contacts_who_missed
from crm.filters.periods import PeriodFilter
from crm.filters.segments import SegmentFilter
from crm.models import (
    Change,
    Contact,
    ContactPoint,
    Holding,
    Licence,
    Network,
    Project,
    ProjectRole,
    Seat,
    Segment,
    SegmentException,
    Tag,
    Tagging,
    Task,
)
from crm.periods import conditions


class ContactFilterSet(ExtensibleFilterSet, HeldRoleFilterSet, MetFilterSet):
    network = django_filters.ModelChoiceFilter(label=_("Network"), queryset=Network.objects.all(), method="by_network")
    missed = django_filters.ModelChoiceFilter(
        label=_("Missed the last two meetings of"), queryset=Network.objects.all(), method="by_missed"
    )
    licence = django_filters.ModelChoiceFilter(label=_("Licence"), queryset=Licence.objects.all(), method="by_licence")
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all(), method="by_project")
    in_role = django_filters.ChoiceFilter(
        label=_("Contact persons"),
        choices=[("yes", _("With a role")), ("no", _("Without a role"))],
        empty_label=_("All"),
        method="by_in_role",
        widget=forms.RadioSelect,
    )
    segment = SegmentFilter(label=_("Segment"), queryset=Segment.objects.all())
    tag = RecordsFilter(label=_("Tag"), queryset=Tag.objects.all(), method="by_tag", widget=forms.CheckboxSelectMultiple)
    task = django_filters.ChoiceFilter(
        label=_("Tasks"),
        choices=[("open", _("With a task to do")), ("overdue", _("With an overdue task")), ("none", _("Without a task to do"))],
        empty_label=_("All"),
        method="by_task",
        widget=forms.RadioSelect,
    )
    email = django_filters.ChoiceFilter(
        label=_("E-mail"),
        choices=[("works", _("With an address that works")), ("bounced", _("With an address that bounces")), ("none", _("Without e-mail"))],
        empty_label=_("All"),
        method="by_email",
        widget=forms.RadioSelect,
    )
    language = django_filters.ChoiceFilter(label=_("Language"), choices=Contact.Language, empty_label=_("All"), widget=forms.RadioSelect)
    created = PeriodFilter(label=_("Added to the register"), method="by_created")
    changed = PeriodFilter(label=_("Changed"), method="by_changed")
    figure = FigureFilter()
    archived = ArchivedFilter()

    class Meta:
        model = Contact
        fields = []

    def __init__(self, *args, user=None, today=None, within=(), **kwargs):
        """`user` may not filter by what they may not see; without one, as when a newsletter is sent, everything counts.

        `within` are the numbers of the segments whose filter this is part of.
        """
        self.today, self.within = today, within
        super().__init__(*args, user=user, **kwargs)

    @classmethod
    def implied(cls, params):
        """As of a day, the list is of those who had a role then, unless it is asked for others: by role, network and the like."""
        if params.get("on") and not any(params.get(name) for name in ("in_role", "network", "missed", "licence", "project", "segment")):
            return [_("Only people with a role that day")]
        return []

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return self.with_role(found) if self.implied(self.data) else found

    def by_network(self, queryset, name, network):
        seats = Seat.objects.on(self.day).filter(network=network)
        return queryset.filter(Q(Exists(seats.filter(contact=OuterRef("pk")))))

    def by_missed(self, queryset, name, network):
        return queryset.filter(pk__in=contacts_who_missed(network, self.day))

    def by_licence(self, queryset, name, licence):
        held = Holding.objects.on(self.day).filter(licence=licence).exclude(contact=None)
        return queryset.filter(pk__in=held.order_by().values("contact"))

    def by_project(self, queryset, name, project):
        roles = ProjectRole.objects.in_projects_on(self.day).filter(project=project).order_by()
        return queryset.filter(pk__in=roles.values("contact"))

    def by_in_role(self, queryset, name, value):
        in_role = Contact.objects.in_role(self.day).values("pk")
        return queryset.filter(pk__in=in_role) if value == "yes" else queryset.exclude(pk__in=in_role)

    # What something positive is asked of is found by number, its absence by Exists: either is quick on both databases.

    def met_in(self, queryset, meetings):
        return queryset.filter(pk__in=meetings.exclude(contact=None).values("contact"))

    def not_met_in(self, queryset, meetings):
        return queryset.filter(~Exists(meetings.filter(contact=OuterRef("pk"))))

    def by_tag(self, queryset, name, tags):
        if not tags:
            return queryset
        return queryset.filter(pk__in=Tagging.objects.filter(tag__in=tags).exclude(contact=None).order_by().values("contact"))

    def by_task(self, queryset, name, value):
        if value == "none":
            return queryset.filter(~Exists(Task.objects.open().filter(contact=OuterRef("pk"))))
        tasks = Task.objects.open() if value == "open" else Task.objects.overdue(self.day)
        return queryset.filter(pk__in=tasks.exclude(contact=None).order_by().values("contact"))

    def by_email(self, queryset, name, value):
        emails = ContactPoint.objects.emails().filter(contact=OuterRef("pk"))
        if value == "none":  # an address that is no longer used is none
            return queryset.filter(~Exists(emails.exclude(status=ContactPoint.Status.HISTORICAL)))
        return queryset.filter(Exists(emails.filter(status=value)))

    def by_created(self, queryset, name, period):
        return queryset.filter(**conditions("created_at", period.moments(self.day))) if period else queryset

    def by_changed(self, queryset, name, period):
        """The person's own fields, addresses, roles, and what else belongs to the person, as the ledger knows."""
        if not period:
            return queryset
        changes = Change.objects.filter(**conditions("change_set__at", period.moments(self.day))).exclude(contact_id=None)
        return queryset.filter(pk__in=changes.order_by().values("contact_id"))

    def inside(self, segment):
        """Return the contacts in a segment, for its filter; as of the list's day, and as far as the user may see."""
        return contacts_in(segment, user=self.user, today=self.given_day, within=self.within)


def contacts_matching(query, *, user=None, today=None, within=()):
    """Return the contacts that the list shows for an address' query string ("member=yes&role=3&q=lind").

    Raises FilterError when a value no longer exists, a deleted network for example: leaving that condition out would
    let in people whom the filter was made to keep out. The same for what a user may not filter by.
    """
    params = QueryDict(query)
    filters = ContactFilterSet(params, queryset=Contact.objects.all(), user=user, today=today, within=within)
    if not filters.is_valid():
        raise FilterError({str(filters.form.fields[name].label): messages for name, messages in filters.errors.items()})
    return filters.qs.search(params.get("q", ""))


def contacts_in(segment, *, user=None, today=None, within=()):
    """Return who is in a segment: whom its filter finds and who is put in by hand, without who is taken out; nobody archived.

    `today` asks as seen from another day. Raises FilterError as contacts_matching does.
    """
    if segment.pk in within:
        raise FilterError(_("A segment cannot be part of itself."))
    matching = contacts_matching(segment.query, user=user, today=today, within=(*within, segment.pk)).order_by()
    exceptions = SegmentException.objects.filter(segment_id=segment.pk).order_by()
    kinds = set(exceptions.values_list("is_in", flat=True).distinct())
    found = matching.active()
    if True in kinds:
        put_in = exceptions.filter(is_in=True).values("contact")
        found = Contact.objects.active().filter(Q(pk__in=matching.values("pk")) | Q(pk__in=put_in))
    if False in kinds:
        found = found.exclude(pk__in=exceptions.filter(is_in=False).values("contact"))
    return found.order_by(*Contact._meta.ordering)


def describe(query):
    """Return the conditions of a query string in words, one each: ["Sub-region: Fyrbodal", "Membership: At a member"]."""
    return describe_all([query])[0]


def describe_all(queries):
    """The same for many query strings, with as many database queries as for one."""
    return describe_with(ContactFilterSet, queries)
