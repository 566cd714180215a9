"""The table of a list that everybody sets up for themselves: groups under headings, sums below, and a way to look at each record."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, Table

from crm.viewsets.list_groups import Group


class PeekColumn(Column):
    """A way to look at the record without leaving the list."""

    cell_template_name = "admin/register/peek_cell.html"

    def __init__(self, url_name, list_part=""):
        super().__init__("peek", label=_("Look"), classname="register-peek")
        self.url_name, self.list_part = url_name, list_part

    def get_value(self, instance):
        """The address of the glance, which tells the record's page of the list where there is one."""
        url = reverse(self.url_name, args=[instance.pk])
        return f"{url}?{self.list_part}" if self.list_part else url


class ListTable(Table):
    """Wagtail's table with rows under headings and sums below."""

    template_name = "admin/register/list_table.html"

    def __init__(self, *args, grouping=None, queryset=None, totals=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.totals = totals or {}
        found = grouping.groups(self.data, queryset) if grouping else [Group("", 0, list(self.data))]
        self.groups = [(group, [self.Row(self, row, number) for number, row in enumerate(group.rows)]) for group in found]

    most_columns = 7  # of which each still has room on a desk

    @property
    def is_wide(self):
        return len(self.columns) > self.most_columns

    @property
    def footer(self):
        """The cells below the columns, or nothing where there is nothing to sum up."""
        columns = list(self.columns.items())[self.label_span - 1 :]
        return [(column, self.totals.get(name, "")) for name, column in columns] if self.totals else []

    @property
    def label_span(self):
        """How many columns what the sums are called goes across: with boxes before the rows, those too."""
        return 2 if "bulk" in self.columns else 1
