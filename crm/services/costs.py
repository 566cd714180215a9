"""What a project has used of its budget, by any day."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from crm.models import Cost
from crm.services.curves import Curve, Level, Plot, cumulated
from crm.services.records import Section, register_section

LATEST = 5


def used_by(project, day):
    """Return the sum of what the project had used by the end of a day."""
    return project.costs.by(day).aggregate(used=Sum("amount"))["used"] or Decimal(0)


def budget_used(project, day):
    """Return the share of its budget that a project had used by the end of a day: 0.05 for five per cent. None without a budget."""
    return used_by(project, day) / project.budget if project.budget else None


def even_share(project, day):
    """Return the share that would be used by the end of a day if the money went evenly from first day to last; None without a period."""
    if not project.since or not project.until:
        return None
    days = (project.until - project.since).days + 1
    return Decimal(min(max((day - project.since).days + 1, 0), days)) / days


def shown_percent(share):
    """A share as people write it; what rounds to nothing or to all is not said to be that."""
    percent = share * 100
    number = round(percent)
    decimals = 0 if percent == number or 1 <= number <= 99 else 1
    return f"{number_format(round(percent, decimals), decimals)} %"


def shown_sum(amount):
    return f"{number_format(round(amount), 0, force_grouping=True)} kr"


@register_section(of=("project",))
def costs(about):
    project = about.record
    if not about.may_view(Cost) or (project.budget is None and not project.costs.exists()):
        return None
    found = project.costs.by(about.day)
    values = {
        "latest": list(found.newest_first().select_related("document")[:LATEST]),
        "are_any": project.costs.exists(),
        "sentences": list(_sentences(project, about.day)),
        "plot": _plot(project, about.day),
        "may_add": about.user.has_perm("crm.add_cost"),
        "may_change": about.user.has_perm("crm.change_cost"),
    }
    return Section("costs", _("Use of the budget"), "order-up", 12, "admin/register/record_costs.html", values)


def _sentences(project, day):
    """Yield what is used, against the budget and against an even pace, and what the funder does not know of yet."""
    used, words = used_by(project, day), {"day": date_format(day)}
    words["used"] = shown_sum(used)
    if not project.budget:
        yield _("%(used)s used on %(day)s. The project has no budget to compare with.") % words
    else:
        share, even = budget_used(project, day), even_share(project, day)
        words |= {"share": shown_percent(share), "budget": shown_sum(project.budget), "left": shown_sum(abs(project.budget - used))}
        if used > project.budget:
            yield _("%(share)s of the budget is used on %(day)s: %(used)s of %(budget)s, which is %(left)s too much.") % words
        else:
            yield _("%(share)s of the budget is used on %(day)s: %(used)s of %(budget)s. %(left)s is left.") % words
        if even is not None and project.since <= day < project.until:
            words |= {"even": shown_percent(even), "even_sum": shown_sum(project.budget * even)}
            yield _("At an even pace it would be %(even)s, or %(even_sum)s.") % words
    unreported = project.costs.by(day).filter(reported_on=None).aggregate(sum=Sum("amount"))["sum"]
    if unreported:
        yield _("%(sum)s of it is not reported to the funder yet.") % {"sum": shown_sum(unreported)}


def _plot(project, day):
    """Return the Plot of what has been used, or None when there is nothing to draw."""
    sums = list(project.costs.by(day).order_by("day").values_list("day").annotate(sum=Sum("amount")))
    first = min(filter(None, [project.since, sums[0][0] if sums else None]), default=None)
    last = max(filter(None, [project.last_day(day), sums[-1][0] if sums else None]))
    if first is None or first > last:
        return None
    curves = [Curve(_("Used"), cumulated(first, sums, last))]
    if project.budget and project.since and project.until:
        curves.append(Curve(_("At an even pace"), [(project.since, 0), (project.until, project.budget)], "pace"))
    levels = [Level(_("Budget"), project.budget)] if project.budget else []
    return Plot(curves, levels, shown_sum)
