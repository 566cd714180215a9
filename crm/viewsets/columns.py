"""Cells of the register's lists."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from crm.ages import age_of
from crm.services.ages import NEVER
from crm.viewsets.list_columns import ListColumn, current_affiliations, usable_points


class PointColumn(ListColumn):
    """The e-mail address or phone number to use first, as a link that writes or calls."""

    def __init__(self, name, *kinds, **kwargs):
        super().__init__(name, prefetch=usable_points, **kwargs)
        self.kinds = kinds

    def get_value(self, instance):
        point = instance.best_point(*self.kinds)
        return format_html('<a href="{}">{}</a>', point.href, point.display) if point else ""


class RolesColumn(ListColumn):
    """What a contact does on the day of the list, a line for each role."""

    def __init__(self, name, **kwargs):
        super().__init__(name, prefetch=current_affiliations, **kwargs)

    def get_value(self, instance):
        lines = ((affiliation.label, affiliation.organisation) for affiliation in instance.current_affiliations)
        return format_html_join(mark_safe("<br>"), "{} · {}", lines) or format_html('<span class="w-text-meta">{}</span>', _("no role"))


@dataclass(frozen=True)
class Confirmation:
    age: str
    confirmed: object  # the day, or None


class AgeColumn(ListColumn):
    """When the oldest of what is known of somebody was last confirmed; its annotation says NEVER where something never was."""

    cell_template_name = "admin/register/age_cell.html"

    def get_value(self, instance):
        oldest = super().get_value(instance)
        if oldest is None:
            return None
        confirmed = None if oldest == NEVER else oldest
        return Confirmation(age_of(confirmed, timezone.localdate()), confirmed)
