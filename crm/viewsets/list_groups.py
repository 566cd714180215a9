"""What the rows of a list can be put under headings by. The database sorts and counts, so that a group may run over many pages."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Case, Count, F, IntegerField, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import gettext

from crm.models import Municipality
from crm.text import swedish_sort_key


@dataclass
class Group:
    """The rows of one heading that stand on this page. `count` is of the whole list."""

    heading: str
    count: int
    rows: list


def expression(source, day, asked):
    return source(day, *asked) if callable(source) else F(source)


class Grouping:
    """`value` is a field, or a function that returns an expression: of the day, and of what the filter asks of the roles of a row."""

    def __init__(self, key, label, value):
        self.key = key
        self.label = label
        self.value = value

    def sorted(self, queryset, day, asked=()):
        """Return the queryset with each row's group, and the order of the groups before its own order.

        `asked`: conditions on a role. Who was found by a role stands under that one, whatever else they do.
        """
        order = queryset.query.order_by
        queryset = queryset.annotate(group_value=self.group_value(day, asked)).annotate(group_rank=self.rank(day, asked))
        return queryset.order_by(F("group_rank").asc(nulls_last=True), *order)

    def group_value(self, day, asked):
        return expression(self.value, day, asked)

    def rank(self, day, asked):
        raise NotImplementedError

    def headings(self, values):
        """Return {value: what the group is called}."""
        raise NotImplementedError

    def groups(self, rows, queryset):
        """Return the rows of a page in their groups, with the number of rows that each group has in the whole list."""
        counts = dict(queryset.order_by().values_list("group_value").annotate(rows=Count("pk")))
        found = [(value, list(group)) for value, group in groupby(rows, key=lambda row: row.group_value)]
        headings = self.headings([value for value, _rows in found if value not in (None, "")])
        return [Group(headings.get(value) or gettext("Not stated"), counts.get(value, len(members)), members) for value, members in found]


class ChoiceGrouping(Grouping):
    """By a field with choices, in the order in which they are listed."""

    def __init__(self, key, label, choices, value):
        super().__init__(key, label, value)
        self.choices = choices

    def get_choices(self):
        return self.choices

    def group_value(self, day, asked):
        return NullIf(super().group_value(day, asked), Value(""))  # an empty text is as much "not stated" as none at all

    def rank(self, day, asked):
        cases = [When(group_value=value, then=Value(number)) for number, (value, _label) in enumerate(self.get_choices())]
        return Case(*cases, output_field=IntegerField()) if cases else Value(0)

    def headings(self, values):
        return {value: str(label) for value, label in self.get_choices()}


class NumberGrouping(ChoiceGrouping):
    """The same by a field that holds numbers, where an empty text would be none."""

    def group_value(self, day, asked):
        return Grouping.group_value(self, day, asked)


class SubregionGrouping(ChoiceGrouping):
    def __init__(self, key, label, value):
        super().__init__(key, label, (), value)

    def get_choices(self):
        names = Municipality.objects.exclude(subregion="").order_by().values_list("subregion", flat=True).distinct()
        return [(name, name) for name in sorted(names, key=swedish_sort_key)]


class RecordGrouping(Grouping):
    """By a record that the row leads to, sorted by its stored key."""

    def __init__(self, key, label, model, value, sort_key):
        super().__init__(key, label, value)
        self.model = model
        self.sort_key = sort_key

    def rank(self, day, asked):
        return expression(self.sort_key, day, asked)

    def headings(self, values):
        return {pk: str(record) for pk, record in self.model._default_manager.in_bulk(values).items()}


def yes_or_no(condition):
    return Case(When(condition, then=Value("yes")), default=Value("no"))
