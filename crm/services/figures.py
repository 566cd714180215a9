"""Figures beside those of other years and places; and what was printed, beside what the register says today."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.figures import Figure, Period, Scope, all_figures, figure_of
from crm.models import Change, ChangeSet, FrozenFigure, FrozenReport
from crm.recording import is_recorded, recordings
from crm.services.history import owner_kind
from crm.services.merged_records import merges_of
from crm.services.rights import may_view
from crm.services.values import shown_fields
from crm.years import OperatingYear

AT_ONCE = 500  # numbers in one query
SHOWN_FIELDS = 3

# Why a row came or went.
REGISTERED, RESTORED, CHANGED, ARCHIVED, DELETED, MERGED, OTHER = (
    "registered",
    "restored",
    "changed",
    "archived",
    "deleted",
    "merged",
    "other",
)


def figures_for(user):
    """The figures of which somebody may see the rows."""
    return [one for one in all_figures() if may_view(user, one.model)]


# Comparing


@dataclass
class Counted:
    """A figure of a period, and the same of the years before and of the parts of the association."""

    figure: Figure
    period: Period
    value: int | None
    earlier: list = field(default_factory=list)  # [(year, value)], the earliest first, the year itself last
    areas: dict = field(default_factory=dict)  # {code of a municipality or name of a sub-region: value}

    @property
    def difference(self):
        """From the year before, or None."""
        if len(self.earlier) < 2 or self.value is None or self.earlier[-2][1] is None:
            return None
        return self.value - self.earlier[-2][1]


def count(figures, period, *, years=0, by=""):
    """Return a Counted for each figure; a query for each year and one for all parts, however many rows there are."""
    return [_count(one, period, years, by) for one in figures]


def _count(figure, period, years, by):
    counted = Counted(figure, period, figure.value(period))
    if years:
        before = [OperatingYear(period.year.start - number) for number in range(years, 0, -1)]
        counted.earlier = [(year, figure.value(_in_year(period, year))) for year in before] + [(period.year, counted.value)]
    if by and not period.scope.kind and counted.value is not None:
        counted.areas = figure.by_area(period, by)
    return counted


def _in_year(period, year):
    """The same day of another year, so that half a year is compared with half a year."""
    as_of = period.as_of
    if as_of and period.year.first_day <= as_of <= period.year.last_day:
        start = year.start + (as_of.year - period.year.start)
        as_of = as_of.replace(year=start, day=min(as_of.day, 28) if as_of.month == 2 else as_of.day)
    return replace(period, year=year, as_of=as_of)


# Freezing


def freeze(title, period, figures, *, acting_user, note=""):
    """Keep the figures as they are, with the numbers of the rows behind them, and return the FrozenReport."""
    if period.as_of is None and period.day < period.year.last_day:
        period = replace(period, as_of=period.day)  # the year goes on: what happens in it later is no difference
    with transaction.atomic():
        report = FrozenReport.objects.create(
            title=title, note=note, year=period.year, as_of=period.as_of, scope=str(period.scope), frozen_by=acting_user
        )
        FrozenFigure.objects.bulk_create([_frozen(report, one, period) for one in figures if one.can_be_asked_of(period.scope)])
    return report


def _frozen(report, figure, period):
    rows = sorted(figure.rows(period).order_by().values_list("pk", flat=True))
    return FrozenFigure(
        report=report,
        key=figure.key,
        label=str(figure.label),
        definition=str(figure.definition),
        unit=str(figure.unit),
        value=figure.value(period) if figure.measure else len(rows),
        model=figure.model._meta.label_lower,
        rows=rows,
    )


def period_of(report):
    """The period of a frozen report. Raises ValidationError when what it is a report of is no longer in the register."""
    return Period(report.year, report.as_of, Scope.parse(report.scope))


# What is different since


@dataclass
class RowChange:
    """A row that has come or gone since, or that counts as something else; `record` is None when it is no more."""

    number: int
    record: Any
    reason: str
    at: datetime | None = None
    change_set: ChangeSet | None = None
    details: str = ""
    name: str = ""


@dataclass
class Difference:
    frozen: FrozenFigure
    value: int | None  # today's; None when the figure is no more
    came: list = field(default_factory=list)
    went: list = field(default_factory=list)
    altered: list = field(default_factory=list)  # rows that are counted now as then, but otherwise

    @property
    def is_different(self):
        return bool(self.value != self.frozen.value or self.came or self.went)

    @property
    def summary(self):
        """ "The report says 449, the register 451: 2 registered later"."""
        if self.value is None:
            return _("This figure is no longer counted.")
        words = {"then": self.frozen.value, "now": self.value, "reasons": ", ".join(self.reasons)}
        if not self.is_different:
            return _("The register says the same.")
        if not words["reasons"]:
            return _("The report says %(then)s, the register %(now)s.") % words
        return _("The report says %(then)s, the register %(now)s: %(reasons)s.") % words

    @property
    def reasons(self):
        for rows, has_come in ((self.came, True), (self.went, False), (self.altered, None)):
            numbers = Counter(one.reason for one in rows)
            yield from (_reason(reason, number, has_come) for reason, number in numbers.items())


def _reason(reason, number, has_come):
    if has_come is None:
        sentence = ngettext("%(number)s is counted otherwise", "%(number)s are counted otherwise", number)
    elif reason == REGISTERED:
        sentence = ngettext("%(number)s was registered later", "%(number)s were registered later", number)
    elif reason == RESTORED:
        sentence = ngettext("%(number)s was brought back", "%(number)s were brought back", number)
    elif reason == ARCHIVED:
        sentence = ngettext("%(number)s was archived", "%(number)s were archived", number)
    elif reason == DELETED:
        sentence = ngettext("%(number)s was deleted", "%(number)s were deleted", number)
    elif reason == MERGED:
        sentence = ngettext("%(number)s became part of another record", "%(number)s became part of other records", number)
    elif has_come:
        sentence = ngettext("%(number)s came in by a change", "%(number)s came in by changes", number)
    else:
        sentence = ngettext("%(number)s fell out by a change", "%(number)s fell out by changes", number)
    return sentence % {"number": number}


def difference(frozen, period):
    """Return the Difference between a frozen figure and what the register says of the same period today."""
    figure = figure_of(frozen.key)
    if figure is None or figure.model._meta.label_lower != frozen.model:
        return Difference(frozen, None)
    now, then = set(figure.rows(period).order_by().values_list("pk", flat=True)), set(frozen.rows)
    found = Difference(frozen, figure.value(period) if figure.measure else len(now))
    told = _Changes(figure.model, (now ^ then) or (now if found.value != frozen.value else ()), frozen.report.frozen_at, figure.depends_on)
    found.came = [told.why_it_came(number) for number in sorted(now - then)]
    found.went = [told.why_it_went(number) for number in sorted(then - now)]
    if not (now ^ then) and found.value != frozen.value:
        found.altered = [told.why_it_came(number) for number in sorted(now) if number in told.changes]
    return found


class _Changes:
    """What the ledger knows of some records of a model since a moment, with as many queries as for one."""

    def __init__(self, model, numbers, since, depends_on=()):
        self.model, self.label = model, model._meta.label_lower
        numbers = sorted(numbers)
        self.records = {}
        self.changes, self.of_others = defaultdict(list), defaultdict(list)
        kind = owner_kind(model) if is_recorded(model) else None
        for start in range(0, len(numbers), AT_ONCE):
            part = numbers[start : start + AT_ONCE]
            self.records |= model._base_manager.in_bulk(part)
            self._read(kind, part, since)
            for other, path in depends_on:
                self._read_others(other, path, part, since)
        gone = {(model, number) for number in numbers if number not in self.records}
        self.merged = {number: merge for (_model, number), merge in merges_of(gone).items()} if gone else {}

    def _read(self, kind, numbers, since):
        about = {f"{kind}_id__in": numbers} if kind else {"model": self.label, "object_id__in": numbers}
        changes = Change.objects.filter(change_set__at__gt=since, **about).select_related("change_set").order_by("pk")
        for change in changes:
            self.changes[getattr(change, f"{kind}_id") if kind else change.object_id].append(change)

    def _read_others(self, model, path, numbers, since):
        """What the rows depend on without its being a part of them: the fees of an organisation's membership."""
        owners = dict(model._base_manager.filter(**{f"{path}__in": numbers}).values_list("pk", path))
        changes = Change.objects.filter(change_set__at__gt=since, model=model._meta.label_lower, object_id__in=owners)
        for change in changes.select_related("change_set").order_by("pk"):
            self.of_others[owners[change.object_id]].append(change)

    def _own(self, number):
        return [one for one in self.changes[number] if one.model == self.label and one.object_id == number]

    def why_it_came(self, number):
        own = self._own(number)
        made = next((one for one in own if one.action == Change.Action.CREATED), None)
        if made:
            return self._row(number, REGISTERED, made)
        back = next((one for one in reversed(own) if "archived_at" in (one.after or {}) and one.after["archived_at"] is None), None)
        return self._row(number, RESTORED, back) if back else self._changed(number)

    def why_it_went(self, number):
        own = self._own(number)
        if number in self.merged:
            merge = self.merged[number]
            return replace(self._row(number, MERGED, None), record=merge.survivor, change_set=merge.change_set)
        if number not in self.records:
            deleted = next((one for one in reversed(own) if one.action == Change.Action.DELETED), None)
            return self._row(number, DELETED, deleted)
        if getattr(self.records[number], "archived_at", None):
            archived = next((one for one in reversed(own) if (one.after or {}).get("archived_at")), None)
            if archived:
                return self._row(number, ARCHIVED, archived)
        return self._changed(number)

    def _changed(self, number):
        changes = self.changes.get(number) or self.of_others.get(number)
        if not changes:
            return self._row(number, OTHER, None)
        return replace(self._row(number, CHANGED, changes[-1]), details=", ".join(self._what(changes)))

    def _what(self, changes):
        """The names of the fields that were changed, and of what was added or taken away."""
        found = []
        for change in changes:
            model = recordings()[change.model].model
            if change.model != self.label:
                found.append(str(model._meta.verbose_name))
            else:
                found += [str(one.verbose_name) for one in shown_fields(model) if one.column in (change.after or {})]
        return list(dict.fromkeys(found))[:SHOWN_FIELDS]

    def _row(self, number, reason, change):
        record = self.records.get(number)
        name = str(record) if record else f"{capfirst(self.model._meta.verbose_name)} {number}"
        change_set = change.change_set if change else None
        return RowChange(number, record, reason, change_set and timezone.localtime(change_set.at), change_set, name=name)


def differences(report, user):
    """Return the Differences of a report, those figures left out of which somebody may not see the rows."""
    period = period_of(report)
    figures = [one for one in report.figures.select_related("report") if may_view(user, apps.get_model(one.model))]
    return [difference(one, period) for one in figures]
