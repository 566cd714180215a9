from django import template
from django.utils import timezone

from crm.models import Fee

register = template.Library()

# A sign for each state, so that nothing is told by colour alone.
ICONS = {
    Fee.Standing.PAID: "check",
    Fee.Standing.FREE: "minus",
    Fee.Standing.OVERDUE: "warning",
    Fee.Standing.INVOICED: "mail",
    Fee.Standing.NOT_INVOICED: "draft",
}


@register.inclusion_tag("admin/fees/standing.html")
def fee_standing(fee):
    """Where a fee stands today: sign, word and colour."""
    standing = fee.standing_on(timezone.localdate())
    return {"standing": standing.value, "label": standing.label, "icon": ICONS[standing]}


@register.filter
def can_be_paid(fee):
    return fee.paid_on is None and fee.amount > 0
