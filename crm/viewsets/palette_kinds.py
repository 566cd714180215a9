"""What of the register the palette finds."""

from urllib.parse import urlencode

from django.db.models import F
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import (
    Activity,
    Contact,
    Course,
    Holding,
    Licence,
    Mobility,
    Need,
    Network,
    Organisation,
    Project,
    SeatRequest,
    Task,
)
from crm.services.palette import SHOWN, Hit, Kind, best_first, register_kind
from crm.services.rights import may, may_merge, may_view
from crm.services.search import some_matches
from crm.services.visits import may_log_visits
from crm.text import search_words
from crm.viewsets.history import url_of
from crm.viewsets.job_changes import job_change_button
from crm.viewsets.merges import ICON as MERGE_ICON

PAGES = {"inspect", "edit", "history", "delete", "restore"}  # of one record, by the name of their address


class RecordKind(Kind):
    """A model of the register with a list and a form."""

    model = None

    @property
    def name(self):
        return self.model._meta.model_name

    def may_find(self, user):
        return may_view(user, self.model) and bool(self.list_url(""))

    def hits(self, user, numbers):
        records = self.with_details(self.model.objects.filter(pk__in=numbers))
        return {
            record.pk: Hit(str(record), self.url(user, record), detail=" · ".join(filter(None, self.details(record)))) for record in records
        }

    def with_details(self, records):
        return records

    def details(self, record):
        """Yield what tells a record from others of the same name."""
        return []

    def url(self, user, record):
        """Its page, where it has one, else its form; for whoever may not change it, the list with nothing but it."""
        if page := url_of("inspect", self.model, record.pk):
            return page
        return url_of("edit", self.model, record.pk) if may(user, "change", self.model) else self.list_url(str(record))

    def list_url(self, query):
        try:
            return reverse(f"{self.name}:index") + (f"?{urlencode({'q': query})}" if query else "")
        except NoReverseMatch:
            return ""

    def number_at(self, match):
        is_record = match.namespace == self.name and match.url_name in PAGES and "pk" in match.kwargs
        return int(match.kwargs["pk"]) if is_record and str(match.kwargs["pk"]).isdecimal() else None

    def actions_at(self, user, number):
        if may(user, "change", self.model) and (edit := url_of("edit", self.model, number)):
            yield Hit(gettext("Edit"), edit, icon="edit")
        yield from self.own_actions_at(user, number)
        if history := url_of("history", self.model, number):
            yield Hit(gettext("History"), history, icon="history")
        if may(user, "delete", self.model) and (delete := url_of("delete", self.model, number)):
            is_archived_instead = hasattr(self.model, "archived_at")
            label, icon = (gettext("Archive"), "folder-inverse") if is_archived_instead else (gettext("Delete"), "bin")
            yield Hit(label, delete, icon=icon)

    def own_actions_at(self, user, number):
        """Yield what can be done with records of this kind alone."""
        return []

    def logging_at(self, user, number):
        """Yield how to write down, with whom, what has happened."""
        for kind in (Activity.Kind.CALL, Activity.Kind.VISIT) if may(user, "add", Activity) else ():
            yield self.form_with(gettext("Log: %(what)s") % {"what": kind.label.lower()}, "activity:add", number, "plus", kind=kind.value)
        if may(user, "add", Task):
            yield self.form_with(gettext("New task about this"), "task:add", number, "tasks")

    def merging_at(self, user, number):
        if may_merge(user, self.model):
            yield Hit(gettext("Merge with…"), reverse(f"{self.name}:merge_with", args=[number]), icon=MERGE_ICON)

    def form_with(self, title, url_name, number, icon, **more):
        """Return a Hit that leads to a form which knows the record and comes back to it."""
        query = {**more, self.name: number, "next": reverse(f"{self.name}:inspect", args=[number])}
        return Hit(title, f"{reverse(url_name)}?{urlencode(query)}", icon=icon)


class SearchableKind(RecordKind):
    """One with a searched text."""

    def numbers(self, user, query):
        return [record.pk for record in best_first(some_matches(self.model, query), search_words(query))[: SHOWN + 1]]

    def details(self, record):
        if record.is_archived:
            yield gettext("archived")


class ContactKind(SearchableKind):
    order = 10
    model = Contact
    label = _("Contacts")
    icon = "user"

    def with_details(self, records):
        return records.for_list()

    def details(self, record):
        yield from super().details(record)
        yield from [f"{one.label}, {one.organisation}" for one in record.current_affiliations[:1]]
        yield record.email

    def own_actions_at(self, user, number):
        yield from self.logging_at(user, number)
        contact = Contact.objects.filter(pk=number).first()
        for button in job_change_button(contact, user) if contact else ():
            yield Hit(str(button.label), button.url, icon=button.icon_name)
        yield from self.merging_at(user, number)
        yield Hit(gettext("Download vCard"), url_of("vcard", self.model, number), icon="download")
        if may(user, "add", Holding):
            yield Hit(gettext("Give a licence"), f"{reverse('holding:add')}?{urlencode({'contact': number})}", icon="key")


class OrganisationKind(SearchableKind):
    order = 20
    model = Organisation
    label = _("Organisations")
    icon = "group"

    def with_details(self, records):
        return records.select_related("municipality")

    def details(self, record):
        yield from super().details(record)
        yield record.get_kind_display()
        yield str(record.municipality or record.city)

    def own_actions_at(self, user, number):
        yield from self.logging_at(user, number)
        if may_log_visits(user):
            yield Hit(gettext("New visit"), f"{reverse('visit:index')}?{urlencode({'organisation': number})}", icon="plus")
        yield from self.merging_at(user, number)


class NetworkKind(SearchableKind):
    order = 30
    model = Network
    label = _("Networks")
    icon = "link"

    def details(self, record):
        yield from super().details(record)
        yield record.get_kind_display()


class LicenceKind(SearchableKind):
    order = 35
    model = Licence
    label = _("Licences")
    icon = "lock"

    def with_details(self, records):
        return records.with_seats()

    def details(self, record):
        yield from super().details(record)
        yield record.get_kind_display()
        if record.free is not None:
            yield gettext("%(free)s of %(seats)s seats free") % {"free": max(record.free, 0), "seats": record.seats}

    def own_actions_at(self, user, number):
        if may(user, "add", Holding):
            yield Hit(gettext("Give this licence"), f"{reverse('holding:add')}?{urlencode({'licence': number})}", icon="plus")
        if may_view(user, Holding):
            yield Hit(gettext("Who holds it"), f"{reverse('holding:index')}?{urlencode({'licence': number})}", icon="group")


class ProjectKind(SearchableKind):
    order = 35
    model = Project
    label = _("Projects")
    icon = "clipboard-list"

    def details(self, record):
        yield from super().details(record)
        yield record.name if record.short_name else ""
        yield record.get_state_display()


class MobilityKind(RecordKind):
    order = 37
    model = Mobility
    label = _("Mobilities")
    icon = "globe"

    def numbers(self, user, query):
        found = Mobility.objects.search(query).order_by(F("archived_at").asc(nulls_first=True), F("since").desc(nulls_last=True), "pk")
        return list(found.values_list("pk", flat=True)[: SHOWN + 1])

    def with_details(self, records):
        return records.select_related("contact", "project", "sending")

    def details(self, record):
        if record.is_archived:
            yield gettext("archived")
        yield str(record.project)
        yield str(record.sending)
        yield record.get_state_display()


class CourseKind(SearchableKind):
    order = 36
    model = Course
    label = _("Courses")
    icon = "desktop"

    def with_details(self, records):
        return records.with_seats()

    def details(self, record):
        yield from super().details(record)
        yield record.get_state_display()
        yield date_format(record.since, "SHORT_DATE_FORMAT") if record.since else ""
        if record.left is not None:
            yield gettext("%(free)s of %(seats)s seats free") % {"free": max(record.left, 0), "seats": record.seats}

    def actions_at(self, user, number):
        if may(user, "add", SeatRequest):
            yield Hit(gettext("Note a seat request"), f"{reverse('seatrequest:add')}?{urlencode({'course': number})}", icon="plus")
        if may_view(user, SeatRequest):
            yield Hit(gettext("Seat requests"), f"{reverse('seatrequest:index')}?{urlencode({'course': number})}", icon="form")
        yield from super().actions_at(user, number)


class NeedKind(SearchableKind):
    order = 37
    model = Need
    label = _("Training needs")
    icon = "help"

    def with_details(self, records):
        return records.select_related("organisation")

    def details(self, record):
        yield from super().details(record)
        yield record.get_state_display()
        yield date_format(record.received_on, "SHORT_DATE_FORMAT")


class ActivityKind(SearchableKind):
    order = 50
    model = Activity
    label = _("Activities")
    icon = "calendar"

    def details(self, record):
        yield from super().details(record)
        yield record.get_kind_display()
        yield date_format(record.day, "SHORT_DATE_FORMAT")


KINDS = (
    ContactKind,
    OrganisationKind,
    NetworkKind,
    LicenceKind,
    ProjectKind,
    MobilityKind,
    CourseKind,
    NeedKind,
    ActivityKind,
)
for kind in KINDS:
    register_kind(kind())
