"""A merge in words: what two records have side by side, and what would be written."""

from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Change, Contact, PictureField
from crm.services.merge_plans import DOUBLED
from crm.services.merge_rules import rules_of
from crm.services.rights import form_of, may_view
from crm.services.values import NameBook, show_value, shown_fields
from crm.services.wording import name_with_owner, owner_of

SHOWN = 20


@dataclass
class Related:
    """What refers to the two through one relation, in numbers."""

    label: str
    kept: int
    gone: int
    doubled: int

    @property
    def together(self):
        return self.kept + self.gone - self.doubled


@dataclass
class Lines:
    """What becomes of the rows of one model, the first of them by name."""

    label: str
    moves: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    changes: list = field(default_factory=list)  # [(name, label, old, new)]

    @property
    def parts(self):
        """[(sentence, the first names, how many more)]"""
        told = [
            (_("Moves along:"), self.moves),
            (_("Is there already, and is not doubled:"), self.doubled),
            (_("Is left out:"), self.left_out),
        ]
        return [(sentence, names[:SHOWN], max(len(names) - SHOWN, 0)) for sentence, names in told if names]

    @property
    def changes_shown(self):
        return self.changes[:SHOWN]

    @property
    def changes_left(self):
        return max(len(self.changes) - SHOWN, 0)


def names_of(plan):
    """Return a NameBook of all that a plan speaks of, in a fixed number of queries."""
    names = NameBook()
    for (model, number), row in plan.before.items():
        names.want(model, number)
        names.want_row(model, {**row, **plan.changes.get((model, number), {})})
    for choice in plan.fields:
        for row in (choice.kept, choice.gone):
            names.want_row(plan.model, row)
    return names.load()


def related(plan, user):
    """Return the Related of two records that somebody may see, those left out that neither has."""
    found = []
    for rule in rules_of(plan.model):
        if not _may_see(user, rule.model, plan):
            continue
        rows = rule.model._base_manager.filter(**{f"{rule.column}__in": [plan.kept.pk, plan.gone.pk]}).order_by()
        counts = dict(rows.values_list(rule.column).annotate(number=Count("pk")))
        if counts:
            doubled = len(plan.followed.get(rule, {}).get(DOUBLED, ()))
            label = capfirst(_label(rule, plan))
            found.append(Related(label, counts.get(plan.kept.pk, 0), counts.get(plan.gone.pk, 0), doubled))
    return sorted(found, key=lambda one: -(one.kept + one.gone))


def fields_in_words(plan, names):
    """Return [(label, old, new)] of what changes in the record that stays."""
    key = (plan.model, plan.kept.pk)
    return _changes(plan.model, plan.before[key], plan.changes.get(key, {}), names)


def lines_in_words(plan, names, user):
    """Return ([Lines], number of rows that somebody may not see)."""
    groups, hidden = {}, 0
    doubled = {(rule.model, number) for rule, fates in plan.followed.items() for number in fates[DOUBLED]}
    ordered = sorted([*plan.changes, *plan.deletions], key=lambda key: (key[0]._meta.label_lower, key[1]))
    for model, number in ordered:
        if (model, number) == (plan.model, plan.kept.pk):
            continue
        if not _may_see(user, model, plan):
            hidden += 1
            continue
        lines = groups.setdefault(model, Lines(capfirst(model._meta.verbose_name_plural)))
        name = _name(model, plan.before[model, number], names, plan)
        if (model, number) in plan.changes:
            _add_change(lines, plan, model, number, name, names)
        else:
            (lines.doubled if (model, number) in doubled else lines.left_out).append(name)
    for rule, numbers in plan.moved.items():
        if _may_see(user, rule.model, plan):
            lines = groups.setdefault(rule.model, Lines(capfirst(rule.model._meta.verbose_name_plural)))
            shown = rule.model._base_manager.filter(pk__in=numbers[:SHOWN])
            lines.moves += [*map(str, shown), *[""] * (len(numbers) - len(shown))]
        else:
            hidden += len(numbers)
    return list(groups.values()), hidden


def _add_change(lines, plan, model, number, name, names):
    values = dict(plan.changes[model, number])
    for rule in rules_of(plan.model):
        if rule.model is model and values.get(rule.column) == plan.kept.pk:
            lines.moves.append(name)
            del values[rule.column]
    lines.changes += [(name, *change) for change in _changes(model, plan.before[model, number], values, names)]


def _changes(model, before, values, names):
    found = []
    for one in shown_fields(model):
        if one.attname in values:
            old, new = (show_value(one, row[one.attname], names) for row in (before, values))
            is_picture = isinstance(one, PictureField) and old and new
            found.append((capfirst(one.verbose_name), old, _("another picture") if is_picture else new))
    return found


def _name(model, row, names, plan):
    """What a row is called, after whose it is unless it belongs to one of the two."""
    owner = owner_of(model, row)
    is_theirs = owner in [(plan.model._meta.label_lower, number) for number in (plan.kept.pk, plan.gone.pk)]
    return name_with_owner(model, row, names, owner if is_theirs else None)


def _label(rule, plan):
    """What rows are called; those that lead from the same model to itself are the units that belong to it."""
    return _("Units that belong to it") if rule.model is plan.model else rule.model._meta.verbose_name_plural


def _may_see(user, model, plan):
    """Whether somebody may see rows of a model: in the form of the record that they stand in."""
    of_contact = plan.kept.pk if plan.model is Contact else None
    return may_view(user, form_of(Change(model=model._meta.label_lower, contact_id=of_contact)))
