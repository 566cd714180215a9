"""The register's own part of the timeline: activities, roles, seats, memberships, tasks done, and changes of the record."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Activity, Affiliation, Change, ChangeSet, Contact, Document, Holding, Membership, Network, Participation, Seat, Task
from crm.services.history import entries_of
from crm.services.records import EVERY, WHO, WITH_NETWORK
from crm.services.rights import readable_changes
from crm.services.timeline import Stream, register_stream
from crm.services.wording import actor_of

MOST_NAMED = 6  # of those who took part

# Told by streams of their own.
_TOLD_ELSEWHERE = ["crm.activity", "crm.participation", "crm.task"]
_TOLD_ON_THIS_PAGE = ["crm.task"]  # of an activity: the rest is what the page is about
_BEGINNINGS_TOLD_ELSEWHERE = [
    "crm.document",
    "crm.seatrequest",
    "crm.need",
    "crm.interest",
]  # what becomes of them later is a change like others


def participations_of(about):
    """Who took part for whom: a person; an organisation and its people, while they held a role there; for a project or a network, all."""
    if about.is_contact:
        return Participation.objects.filter(contact=about.record)
    if about.is_project or about.is_network:
        return Participation.objects.filter(**{f"activity__{about.kind}": about.record})
    day = OuterRef("activity__day")
    held = Affiliation.objects.filter(
        Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day), contact=OuterRef("contact"), organisation=about.record
    )
    of_people = Q(contact__in=about.people) & Q(organisation=None) & Exists(held)
    return Participation.objects.filter(Q(organisation=about.record) | of_people)


def activities_of(about):
    if about.is_project or about.is_network:
        return Activity.objects.active().filter(**{about.kind: about.record})
    return Activity.objects.active().filter(pk__in=participations_of(about).order_by().values("activity"))


@register_stream
class ActivityStream(Stream):
    of = WITH_NETWORK
    key = kind = "activity"
    icon = "calendar-check"
    moment = "day"
    by_day = True

    def is_for(self, about):
        return about.may_view(Activity)

    def queryset(self, about):
        return activities_of(about).select_related("created_by")

    def items(self, about, found):
        with_whom = self.with_whom(about, found)
        return [self.activity_item(one, with_whom.get(one.pk, [])) for one in found]

    def activity_item(self, activity, with_whom):
        logged_by = activity.created_by and (activity.created_by.get_full_name() or activity.created_by.get_username())
        note = " · ".join(filter(None, [", ".join(with_whom), logged_by and _("logged by %(name)s") % {"name": logged_by}]))
        title = f"{kind_in_words(activity)}: {activity.subject}"
        if activity.is_cancelled:
            title = _("Cancelled: %(what)s") % {"what": title}
        return self.item(activity, title, text=activity.cancel_reason or activity.text, note=note, leads_to=(Activity, activity.pk))

    def with_whom(self, about, found):
        """For a person, the organisations the person was there for; for an organisation, its people; for a project or a network, both."""
        both = about.is_project or about.is_network
        others = ["organisation"] if about.is_contact else ["contact", "organisation"] if both else ["contact"]
        if not about.is_contact and not about.may_view(Contact):
            others.remove("contact")
        names = {}
        if found and others:
            for one in participations_of(about).filter(activity__in=found).select_related(*others):
                if who := ", ".join(str(getattr(one, other)) for other in others if getattr(one, other)):
                    names.setdefault(one.activity_id, []).append(who)
        return {activity: shortened(several) for activity, several in names.items()}


def kind_in_words(activity):
    """ "Job shadowing (transnational, outgoing)", "Annual conference"."""
    kind, conference = activity.get_kind_display(), activity.Conference
    if activity.conference in (conference.ANNUAL, conference.PARTNER):
        return activity.get_conference_display()
    details = [activity.get_scope_display(), activity.get_direction_display()]
    return f"{kind} ({', '.join(one.lower() for one in details if one)})" if any(details) else kind


def shortened(names):
    """The first of many names, and how many more."""
    more = len(names) - MOST_NAMED
    return [*names[:MOST_NAMED], ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more}] if more > 1 else names


class DatedStream(Stream):
    """The beginnings, or the ends, of what holds for a while."""

    kind = "role"
    by_day = True

    def queryset(self, about):
        return self.dated(about).filter(**{f"{self.moment}__isnull": False, f"{self.moment}__lte": about.today})

    def items(self, about, found):
        return [self.item(one, self.sentence(about, one), text=self.reason(one)) for one in found]

    def reason(self, one):
        return ""


class RoleStream(DatedStream):
    def is_for(self, about):
        return about.may_view(Contact)

    def dated(self, about):
        return Affiliation.objects.filter(**{about.kind: about.record}).select_related("contact", "organisation", "role")

    def sentence(self, about, one):
        words = {"name": one.contact, "role": one.label, "organisation": one.organisation}
        with_role, without = self.of_contact() if about.is_contact else self.of_organisation()
        return (with_role if one.label else without) % words


@register_stream
class RoleBegins(RoleStream):
    key, moment, icon = "role-begins", "since", "user"

    def of_contact(self):
        return _("Began as %(role)s at %(organisation)s"), _("Began at %(organisation)s")

    def of_organisation(self):
        return _("%(name)s began as %(role)s"), _("%(name)s began")


@register_stream
class RoleEnds(RoleStream):
    key, moment, icon = "role-ends", "until", "logout"

    def of_contact(self):
        return _("Left as %(role)s at %(organisation)s"), _("Left %(organisation)s")

    def of_organisation(self):
        return _("%(name)s left as %(role)s"), _("%(name)s left")

    def reason(self, one):
        return one.end_reason


class SeatStream(DatedStream):
    of = (*WHO, "network")
    icon = "group"

    def is_for(self, about):
        return about.may_view(Network)

    def dated(self, about):
        return Seat.objects.filter(**{about.kind: about.record}).select_related("network", "contact", "organisation")

    def holder(self, about, seat):
        """Who joined or left, on the network's own page: a person is named to those who may know."""
        named = [seat.contact if about.may_view(Contact) else None, seat.organisation]
        return ", ".join(str(one) for one in named if one) or _("A person")


@register_stream
class SeatBegins(SeatStream):
    key, moment = "seat-begins", "since"

    def sentence(self, about, one):
        if about.is_network:
            return _("%(organisation)s joined") % {"organisation": self.holder(about, one)}
        return _("Joined the network %(network)s") % {"network": one.network}


@register_stream
class SeatEnds(SeatStream):
    key, moment = "seat-ends", "until"

    def sentence(self, about, one):
        if about.is_network:
            return _("%(organisation)s left") % {"organisation": self.holder(about, one)}
        return _("Left the network %(network)s") % {"network": one.network}


class HoldingStream(DatedStream):
    kind = "licence"
    icon = "key"

    def is_for(self, about):
        return about.may_view(Holding)

    def dated(self, about):
        return Holding.objects.filter(**{about.kind: about.record}).select_related("licence", "contact", "organisation")

    def sentence(self, about, one):
        """On an organisation's page it is said who, to those who may know."""
        words = {"licence": one.licence, "name": one.contact}
        is_named = one.contact and not about.is_contact and about.may_view(Contact)
        with_name, without = self.sentences()
        return (with_name if is_named else without) % words


@register_stream
class HoldingBegins(HoldingStream):
    key, moment = "holding-begins", "since"

    def sentences(self):
        return _("%(name)s got a licence for %(licence)s"), _("Got a licence for %(licence)s")


@register_stream
class HoldingEnds(HoldingStream):
    key, moment = "holding-ends", "until"

    def sentences(self):
        return _("%(name)s gave back the licence for %(licence)s"), _("Gave back the licence for %(licence)s")


class MembershipStream(DatedStream):
    icon = "tick-inverse"

    def is_for(self, about):
        return not about.is_contact and about.may_view(Membership)

    def dated(self, about):
        return Membership.objects.active().filter(organisation=about.record)


@register_stream
class MembershipBegins(MembershipStream):
    key, moment = "membership-begins", "since"

    def sentence(self, about, one):
        return _("Became a member (%(kind)s)") % {"kind": one.get_kind_display()}


@register_stream
class MembershipEnds(MembershipStream):
    key, moment = "membership-ends", "until"

    def sentence(self, about, one):
        return _("Membership ended")


def tasks_of(about):
    return Task.objects.filter(**{about.kind: about.record})


@register_stream
class TaskStream(Stream):
    of = EVERY
    key = kind = "task"
    icon = "check"
    moment = "done_at"

    def is_for(self, about):
        return about.may_view(Task)

    def queryset(self, about):
        return tasks_of(about).exclude(done_at=None)

    def items(self, about, found):
        return [self.item(task, _("Done: %(what)s") % {"what": task.what}, text=task.note, leads_to=(Task, task.pk)) for task in found]


@register_stream
class DocumentStream(Stream):
    of = EVERY
    key = kind = "document"
    icon = "doc-full"
    moment = "added_at"

    def queryset(self, about):
        return Document.objects.filter(**{about.kind: about.record}).select_related("added_by")

    def items(self, about, found):
        return [self.item(one, _("Document: %(title)s") % {"title": one.title}, note=self.note(one)) for one in found]

    def note(self, document):
        by = document.added_by and (document.added_by.get_full_name() or document.added_by.get_username())
        return _("added by %(name)s") % {"name": by} if by else ""


@register_stream
class ChangeStream(Stream):
    of = EVERY
    key = kind = "change"
    icon = "history"
    moment = "at"

    def changes(self, about):
        changes = Change.objects.about(about.kind, about.record.pk).exclude(
            model__in=_TOLD_ON_THIS_PAGE if about.is_activity else _TOLD_ELSEWHERE
        )
        changes = changes.exclude(model__in=_BEGINNINGS_TOLD_ELSEWHERE, action=Change.Action.CREATED)
        if not about.may_view(Contact):  # a seat of the organisation may name the person who has it
            changes = changes.filter(contact_id=None)
        return changes.filter(readable_changes(about.user))

    def queryset(self, about):
        return ChangeSet.objects.filter(pk__in=self.changes(about).order_by().values("change_set"))

    def items(self, about, found):
        entries = entries_of(self.changes(about), found, about=about.key) if found else []
        return [self.entry_item(entry) for entry in entries]

    def entry_item(self, entry):
        title = headline(entry)
        if not title:
            return self.item(entry.change_set, actor_of(entry.change_set), sentence=entry.lines[0], change_set=entry.change_set)
        return self.item(entry.change_set, title, lines=entry.lines, left_out=entry.left_out, change_set=entry.change_set)


def headline(entry):
    """A change set in one sentence: "Karin changed 3 details"; "" for a single change, which is a sentence itself."""
    words = {"name": actor_of(entry.change_set), "number": len(entry.lines) + entry.left_out}
    verbs = {line.verb for line in entry.lines if line.verb == "created" or not line.subject}  # of the record itself
    if "created" in verbs:
        return _("%(name)s added this to the register") % words
    if "archived" in verbs:
        return _("%(name)s archived this") % words
    if "restored" in verbs:
        return _("%(name)s brought this back from the archive") % words
    if words["number"] == 1:
        return ""
    return ngettext("%(name)s changed %(number)d detail", "%(name)s changed %(number)d details", words["number"]) % words
