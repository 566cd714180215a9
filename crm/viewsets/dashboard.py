"""The admin's first page for whoever works with the register: cards with figures of today, each leading to the rows behind it."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.components import Component

from crm.filters.organisations import OrganisationFilterSet
from crm.models import Activity, Change, ChangeSet, Organisation, Task
from crm.services import dashboard
from crm.services.change_sets import whats
from crm.services.rights import may_read_anything, may_view, readable_changes
from crm.services.tidying import kinds_for, may_tidy
from crm.services.visits import may_log_visits
from crm.services.wording import actor_of
from crm.viewsets.change_sets import in_words
from crm.viewsets.plots import HEIGHT, WIDTH, Part, bar, columns
from crm.viewsets.returning import with_return

FEW = 5
NOT_MET = "member=yes&not_met=last_365_days"  # the same filter for the number and for the list that it leads to
_cards = {}


def dashboard_card(order):
    """Put a card on the first page; apps above the register add theirs with the same decorator."""

    def register(card_class):
        _cards[order] = card_class
        return card_class

    return register


class DashboardPanel(Component):
    name = "register-dashboard"
    template_name = "admin/dashboard/panel.html"
    order = 50

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        cards = [_cards[order](self.request) for order in sorted(_cards)]
        may_log = may_log_visits(self.request.user)
        return {"cards": [card for card in cards if card.is_shown()], "visit_url": reverse("visit:index") if may_log else ""}


class Card(Component):
    """`number` and `words` are read as one sentence and lead to `url`; `lines` are (text, note, URL) below it."""

    template_name = "admin/dashboard/card.html"
    heading = ""
    icon = ""
    url = ""
    number = None
    words = ""
    lines = ()
    empty = ""  # what stands instead of lines
    plot = ()  # Rects, and in words:
    plot_words = ""
    plot_height = HEIGHT
    legend = ()

    def __init__(self, request):
        self.request = request
        self.user = request.user
        self.day = timezone.localdate()

    def is_shown(self):
        raise NotImplementedError

    def form_url(self, url_name, record):
        """A record's form, which comes back to the first page."""
        return with_return(reverse(url_name, args=[record.pk]), reverse("wagtailadmin_home"))

    def get_context_data(self, parent_context):
        names = ("heading", "icon", "url", "number", "words", "lines", "empty", "plot", "plot_words", "plot_height", "legend")
        return {"plot_width": WIDTH, **{name: getattr(self, name) for name in names}}


class BarCard(Card):
    """A card of which the plot is one divided bar, with the parts in words below it."""

    plot_height = 12
    parts = ()

    @property
    def plot(self):
        return bar(self.parts)

    @property
    def plot_words(self):
        return ", ".join(f"{part.label}: {number_format(part.number)}" for part in self.parts)

    @property
    def legend(self):
        return [part for part in self.parts if part.number]


@dashboard_card(order=10)
class WaitingCard(Card):
    heading = gettext_lazy("Waiting for you")
    icon = "tasks"
    empty = gettext_lazy("Nothing is waiting for you.")

    def is_shown(self):
        return may_view(self.user, Task)

    @cached_property
    def tasks(self):
        return Task.objects.open().filter(assignee=self.user)

    @property
    def url(self):
        return f"{reverse('task:index')}?mine=yes"

    @cached_property
    def number(self):
        return self.tasks.count()

    @property
    def words(self):
        overdue = self.tasks.overdue(self.day).count()
        words = ngettext("thing to do", "things to do", self.number)
        return _("%(words)s, %(number)s overdue") % {"words": words, "number": overdue} if overdue else words

    @property
    def lines(self):
        return [(task.what, self._by(task), self.form_url("task:edit", task)) for task in self.tasks.soonest_first()[:FEW]]

    def _by(self, task):
        if task.due is None:
            return ""
        day = date_format(task.due, "MONTH_DAY_FORMAT")
        return _("overdue since %(day)s") % {"day": day} if task.due < self.day else day


@dashboard_card(order=20)
class MeetingsCard(Card):
    heading = gettext_lazy("Next meetings")
    icon = "calendar"
    empty = gettext_lazy("Nothing is planned.")

    def is_shown(self):
        return may_view(self.user, Activity)

    @property
    def url(self):
        """The activities that are counted."""
        first, _number = self.months[0]
        kinds = [kind for kind in Activity.Kind if kind != Activity.Kind.NOTE]
        query = urlencode({"day_from": first, "day_to": self.day, "kind": kinds, "cancelled": "no"}, doseq=True)
        return f"{reverse('activity:index')}?{query}"

    @cached_property
    def months(self):
        return dashboard.activities_by_month(self.day)

    @property
    def number(self):
        return sum(number for _month, number in self.months)

    @property
    def words(self):
        return ngettext("visit or meeting in twelve months", "visits and meetings in twelve months", self.number)

    @property
    def plot(self):
        return columns([Part(date_format(month, "F"), number) for month, number in self.months])

    @property
    def plot_words(self):
        return ", ".join(f"{date_format(month, 'F')}: {number}" for month, number in self.months)

    @property
    def lines(self):
        return [(str(one), self._when(one), reverse("activity:meeting", args=[one.pk])) for one in dashboard.next_meetings(self.day)[:FEW]]

    @staticmethod
    def _when(activity):
        day = date_format(activity.day, "MONTH_DAY_FORMAT")
        return f"{day} {activity.starts_at:%H:%M}" if activity.starts_at else day


@dashboard_card(order=30)
class FeesCard(BarCard):
    heading = gettext_lazy("Fees")
    icon = "clipboard-list"
    empty = gettext_lazy("No fee is entered yet.")

    def is_shown(self):
        return self.user.has_perm("crm.view_membership")

    @cached_property
    def standing(self):
        return dashboard.fee_standing(self.day)

    @property
    def url(self):
        return f"{reverse('membership:index')}?fee_unpaid={self.standing.year}" if self.standing else ""

    @property
    def number(self):
        return self.standing and self.standing.open + self.standing.overdue

    @property
    def words(self):
        if not self.standing:
            return ""
        words = ngettext("fee outstanding for %(year)s", "fees outstanding for %(year)s", self.number) % {"year": self.standing.year}
        amount = number_format(self.standing.outstanding, 0, force_grouping=True)
        return _("%(words)s, SEK %(amount)s in all") % {"words": words, "amount": amount} if self.number else words

    @property
    def parts(self):
        if not self.standing:
            return []
        return [
            Part(_("paid"), self.standing.paid, "good"),
            Part(_("not yet due"), self.standing.open, "plain"),
            Part(_("overdue"), self.standing.overdue, "bad"),
        ]


@dashboard_card(order=40)
class NotMetCard(BarCard):
    heading = gettext_lazy("Members not met")
    icon = "group"
    empty = gettext_lazy("There are no members yet.")

    def is_shown(self):
        return may_view(self.user, Organisation) and may_view(self.user, Activity)

    @property
    def url(self):
        return f"{reverse('organisation:index')}?{NOT_MET}"

    @cached_property
    def number(self):
        return OrganisationFilterSet(QueryDict(NOT_MET), queryset=Organisation.objects.all()).qs.count()

    @property
    def words(self):
        return ngettext("member not met for a year", "members not met for a year", self.number)

    @cached_property
    def parts(self):
        members = dashboard.number_of_members(self.day)
        return [Part(_("met"), max(members - self.number, 0), "good"), Part(_("not met"), self.number, "bad")]


@dashboard_card(order=50)
class AgeCard(BarCard):
    heading = gettext_lazy("Age of the register")
    icon = "history"
    empty = gettext_lazy("The register is empty.")

    def is_shown(self):
        return self.user.has_perm("crm.view_contact")

    @cached_property
    def ages(self):
        return dashboard.data_ages(self.day, kinds_for(self.user))

    @property
    def url(self):
        return self._list_of("stale", "never") or f"{reverse('contact:index')}?columns=roles,data_age&ordering=data_age"

    def _list_of(self, *ages):
        """The rows behind a number; "" for who may not tidy."""
        return f"{reverse('tidying:list')}?{urlencode({'age': ages}, doseq=True)}" if may_tidy(self.user) else ""

    @property
    def number(self):
        return self.ages.stale + self.ages.never

    @property
    def words(self):
        return ngettext(
            "role, address, number or licence that nobody has confirmed for two years",
            "roles, addresses, numbers and licences that nobody has confirmed for two years",
            self.number,
        )

    @property
    def parts(self):
        return [
            Part(_("confirmed within a year"), self.ages.fresh, "good", self._list_of("fresh")),
            Part(_("within two years"), self.ages.ageing, "plain", self._list_of("ageing")),
            Part(_("longer ago"), self.ages.stale, "bad", self._list_of("stale")),
            Part(_("never"), self.ages.never, "none", self._list_of("never")),
        ]


@dashboard_card(order=60)
class ChangesCard(Card):
    heading = gettext_lazy("Newest changes")
    icon = "edit"
    empty = gettext_lazy("Nothing has changed yet.")

    def is_shown(self):
        return may_read_anything(self.user)

    @property
    def url(self):
        return reverse("change_set:index")

    @cached_property
    def readable(self):
        return readable_changes(self.user)

    @property
    def change_sets(self):
        found = ChangeSet.objects.all()
        if self.readable:
            found = found.filter(pk__in=Change.objects.filter(self.readable).order_by().values("change_set"))
        return found

    @cached_property
    def lines(self):
        newest = list(self.change_sets.order_by("-at", "-pk")[:FEW])
        told = whats(newest, self.readable)
        return [(self._what(one, told), self._who(one), reverse("change_set:detail", args=[one.pk])) for one in newest]

    @staticmethod
    def _what(change_set, told):
        return in_words(told[change_set.pk]) if change_set.pk in told else change_set.get_cause_display()

    @staticmethod
    def _who(change_set):
        at = timezone.localtime(change_set.at)
        return f"{actor_of(change_set)}, {date_format(at, 'MONTH_DAY_FORMAT')} {at:%H:%M}"
