"""Figures are counted, not typed: each has a definition, and the rows behind its value can be opened.

    period = Period(OperatingYear(2017), scope=Scope.parse("subregion:Fyrbodal"))
    figure_of("company_visits").value(period)

A figure is a function of a period, which knows its scope, to the rows that are counted. Lists are narrowed down to the rows
of one by `?figure=company_visits@2017/2018` (crm/filters/figures.py). What counts is written one file per subject.
"""

from crm.figures import activities, companies, memberships, people, projects  # noqa: F401 -- register their figures
from crm.figures.periods import Period
from crm.figures.registry import Figure, all_figures, count_figures, figure, figure_of, figures_by_subject
from crm.figures.scopes import WHOLE, Scope

__all__ = ["WHOLE", "Figure", "Period", "Scope", "all_figures", "count_figures", "figure", "figure_of", "figures_by_subject"]
