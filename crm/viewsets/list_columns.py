"""Columns that somebody may choose for a list. Each brings the queries it needs, so that a hidden one costs nothing."""

from django.db.models import F, Prefetch
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from crm.models import Affiliation, ContactPoint, Holding, Partner, ProjectRole, Seat, Tagging


class ListColumn(Column):
    """A column of a list in which columns are chosen.

    related: what is joined in. prefetch: a function of the day that returns a Prefetch. annotation: a function of the day that
    returns an expression, stored under the column's name or `stored_as`, so that the column can be sorted by. The day is None for a
    list of today. has_total: the numbers are summed up below the list.
    """

    def __init__(self, name, *, related=(), prefetch=None, annotation=None, stored_as="", has_total=False, may_be_missing=False, **kwargs):
        self.stored_as = stored_as or name
        super().__init__(name, **({"accessor": self.stored_as} if annotation else {}) | kwargs)
        self.related = related
        self.prefetch = prefetch
        self.annotation = annotation
        self.has_total = has_total
        # Databases differ in where they put what is missing.
        self.may_be_missing = may_be_missing or bool(annotation) or "__" in (self.sort_key or "")

    @property
    def orderings(self):
        """The ways in which the list may be sorted by the column: {key in the address: expression}."""
        if not self.sort_key:
            return {}
        rising, falling = F(self.sort_key).asc(), F(self.sort_key).desc()
        if self.may_be_missing:
            rising, falling = F(self.sort_key).asc(nulls_last=True), F(self.sort_key).desc(nulls_last=True)
        return {self.sort_key: rising, f"-{self.sort_key}": falling}


class DayColumn(ListColumn):
    def __init__(self, name, **kwargs):
        super().__init__(name, classname="register-day", **kwargs)

    def get_value(self, instance):
        value = super().get_value(instance)
        if hasattr(value, "tzinfo"):
            value = timezone.localtime(value)
        return date_format(value, "SHORT_DATE_FORMAT") if value else ""


class NumberColumn(ListColumn):
    def __init__(self, name, **kwargs):
        super().__init__(name, classname="register-number", **kwargs)

    def get_value(self, instance):
        return shown_number(super().get_value(instance))


class YesColumn(ListColumn):
    def get_value(self, instance):
        return _("yes") if super().get_value(instance) else ""


class LinkColumn(ListColumn):
    """An address on the web, shown without what all of them begin with."""

    def get_value(self, instance):
        url = super().get_value(instance)
        shown = url.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
        return format_html('<a href="{}" rel="noreferrer">{}</a>', url, shown) if url else ""


def shown_number(number):
    """Return a number as people write it, without decimals that say nothing."""
    if number is None:
        return ""
    return number_format(number, 0 if number == int(number) else 2, use_l10n=True, force_grouping=True)


def joined(values):
    """Return texts in one cell, each once, in the order in which they come."""
    return ", ".join(dict.fromkeys(str(value) for value in values if value))


def prepare(queryset, columns, day):
    """Return the queryset with what the columns need; what two columns need is fetched once."""
    prefetches = {}
    for column in columns:
        if related := getattr(column, "related", ()):
            queryset = queryset.select_related(*related)
        if prefetch := getattr(column, "prefetch", None):
            wanted = prefetch(day)
            prefetches[wanted.prefetch_to] = wanted
        if annotation := getattr(column, "annotation", None):
            queryset = queryset.annotate(**{column.stored_as: annotation(day)})
    return queryset.prefetch_related(*prefetches.values())


# What several columns fetch


def usable_points(day):
    return Prefetch("contact_points", ContactPoint.objects.usable(), to_attr="usable_points")


def current_affiliations(day):
    held = Affiliation.objects.on(day or timezone.localdate()).newest_first()
    return Prefetch("affiliations", held.select_related("organisation__municipality", "role"), to_attr="current_affiliations")


def current_seats(day):
    seats = Seat.objects.on(day or timezone.localdate()).filter(network__archived_at=None).select_related("network")
    return Prefetch("seats", seats.order_by("network__sort_key", "pk"), to_attr="current_seats")


def current_holdings(day):
    held = Holding.objects.on(day or timezone.localdate()).filter(licence__archived_at=None).select_related("licence")
    return Prefetch("holdings", held.order_by("licence__sort_key", "pk"), to_attr="current_holdings")


def current_project_roles(day):
    """Of contacts."""
    roles = ProjectRole.objects.on(day or timezone.localdate()).filter(project__archived_at=None).select_related("project")
    return Prefetch("project_roles", roles.order_by("project__sort_key", "pk"), to_attr="in_projects")


def current_partnerships(day):
    """Of organisations."""
    partners = Partner.objects.on(day or timezone.localdate()).filter(project__archived_at=None).select_related("project")
    return Prefetch("partnerships", partners.order_by("project__sort_key", "pk"), to_attr="in_projects")


def projects_column(prefetch):
    return ListColumn(
        "projects", label=_("Projects"), accessor=lambda record: joined(one.project for one in record.in_projects), prefetch=prefetch
    )


def taggings(day):
    return Prefetch("taggings", Tagging.objects.select_related("tag").order_by("tag__sort_key", "pk"), to_attr="shown_taggings")


NETWORKS = ListColumn(
    "networks", label=_("Networks"), accessor=lambda record: joined(seat.network for seat in record.current_seats), prefetch=current_seats
)
LICENCES = ListColumn(
    "licences",
    label=_("Licences"),
    accessor=lambda record: joined(one.licence for one in record.current_holdings),
    prefetch=current_holdings,
)
TAGS = ListColumn("tags", label=_("Tags"), accessor=lambda record: joined(one.tag for one in record.shown_taggings), prefetch=taggings)
