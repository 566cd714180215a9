"""Figures of the Erasmus+ projects, of which there is one set for each: erasmus_2017_2019_granted and so on."""

import datetime
from functools import partial

from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.figures.people import organisations_places
from crm.figures.registry import PERCENT, Figure, Places, family
from crm.models import Cost, Mobility, Organisation, Partner, Project

PROGRAMME = "Erasmus"
NEEDED_PERCENT = 80  # of the granted mobilities, for an accreditation


def sender_places(rows, period):
    return Places(rows, "sending__municipality")


@family
def erasmus_figures():
    """For each project that has got its money and knows from when to when it goes on."""
    projects = Project.objects.active().decided().filter(programme__icontains=PROGRAMME).exclude(since=None).exclude(until=None)
    for project in projects.order_by("since", "pk"):
        yield from _figures_of(project)


def _figures_of(project):
    key = f"erasmus_{project.since.year}_{project.until.year}"
    for name, label, definition, unit, rows, options in SET:
        words = format_lazy("{}, {}", label, str(project)), definition, unit, "projects"
        options = {**options, "measure": partial(options["measure"], project)} if "measure" in options else options
        yield Figure(f"{key}_{name}", *words, partial(rows, project), **options)


def mobilities(project, period):
    """Those that had begun by the day, whenever they began: a project is reported as a whole."""
    return Mobility.objects.active().carried_out().filter(project=project).exclude(since__gt=period.day)


def granted(project, period):
    return Mobility.objects.active().filter(project=project).exclude(state=Mobility.State.APPLIED)


def partners(kind, project, period):
    held = Partner.objects.in_projects_on(period.day).filter(project=project, kind=kind).order_by()
    return Organisation.objects.filter(pk__in=held.values("organisation"))


def international_partners(project, period):
    return partners(Partner.Kind.RECEIVING, project, period).exclude(country="SE")


def needed(project, rows):
    """The smallest number of mobilities that is enough."""
    return -(-rows.order_by().count() * NEEDED_PERCENT // 100)


def costs(project, period):
    return Cost.objects.filter(project=project).by(min(period.day, datetime.date(period.year.start, 12, 31)))


def share_of_budget(project, rows):
    """In whole percent; None without a budget."""
    used = rows.order_by().aggregate(sum=Sum("amount"))["sum"] or 0
    return round(100 * used / project.budget) if project.budget else None


SET = [
    (
        "mobilities",
        _("Mobilities carried out"),
        _("Mobilities of the project that have travelled or reported, with a beginning no later than the last day, in whatever year."),
        _("mobilities"),
        mobilities,
        {"places": sender_places, "project": "project"},
    ),
    (
        "granted",
        _("Mobilities granted"),
        _("Mobilities of the project in all states but applied for."),
        _("mobilities"),
        granted,
        {"places": sender_places, "project": "project"},
    ),
    (
        "partners",
        _("Sending partners"),
        _("Organisations that were sending partners of the project on the last day."),
        _("organisations"),
        partial(partners, Partner.Kind.SENDING),
        {"places": organisations_places},
    ),
    (
        "international_partners",
        _("Partners abroad"),
        _("Organisations outside Sweden that were receiving partners of the project on the last day."),
        _("organisations"),
        international_partners,
        {},
    ),
    (
        "needed",
        _("Mobilities needed for accreditation"),
        _("80 percent of the granted mobilities, rounded up: so many places have to be used."),
        _("mobilities"),
        granted,
        {"measure": needed},
    ),
    (
        "budget_used",
        _("Share of the budget used"),
        _("What the project had spent by 31 December of the operating year, in percent of its budget."),
        PERCENT,
        costs,
        {"measure": share_of_budget},
    ),
]
