from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ChoiceBlock, ListBlock, StructBlock, StructValue

from cms.figures import figure_choices, find_figure, newest_change, scope_choices, value_of
from crm.charts import bars, line, words_of
from crm.figures import WHOLE, Period, Scope
from crm.years import OperatingYear, parse_operating_year

YEARS_SHOWN = 5


@dataclass
class Shown:
    """A figure as the page shows it."""

    label: Any
    number: int
    definition: Any
    unit: str = ""
    marks: list = field(default_factory=list)
    points: str = ""
    words: str = ""


class YearBlock(CharBlock):
    def clean(self, value):
        value = super().clean(value)
        return str(parse_operating_year(value)) if value else value


class FiguresValue(StructValue):
    @property
    def year(self):
        """The year that is asked for; the one that goes on when none is."""
        try:
            return OperatingYear.parse(self.get("year") or "")
        except ValueError:
            return OperatingYear.current()

    @cached_property
    def scope(self):
        """The part that is asked for, or None when it is no longer in the register."""
        try:
            return Scope.parse(self.get("scope") or "")
        except ValidationError:
            return None

    @cached_property
    def period_words(self):
        """Of which year and part the figures are; nothing for the association of today."""
        scope = self.scope or WHOLE
        return ", ".join(filter(None, [self.get("year") or "", scope.name]))

    @cached_property
    def counted(self):
        """What is Shown; a figure that no longer exists, or that cannot be asked of the part, is left out."""
        scope = self.scope
        figures = [found for key in self.get("figures") or () if (found := find_figure(key))] if scope is not None else []
        newest = newest_change() if figures else 0
        shown = [self._shown(one, Period(self.year, scope=scope), newest) for one in figures if one.can_be_asked_of(scope)]
        return [one for one in shown if one.number >= 0]

    def _shown(self, figure, period, newest):
        shown = Shown(figure.label, value_of(figure, period, newest), figure.definition, "%" if figure.is_percent else "")
        if self.get("plot"):
            years = [OperatingYear(self.year.start - number) for number in range(YEARS_SHOWN - 1, -1, -1)]
            values = [(year, value_of(figure, Period(year, scope=period.scope), newest)) for year in years]
            pairs = [(str(year)[2:5] + str(year)[-2:], value) for year, value in values if value >= 0]
            shown.marks, shown.points = line(pairs) if self["plot"] == "line" else (bars(pairs), "")
            shown.words = words_of(shown.marks)
        return shown

    @property
    def plot_template(self):
        return f"components/plot_{'line' if self.get('plot') == 'line' else 'bars'}.html"


class FiguresBlock(StructBlock):
    heading = CharBlock(label=_("heading"), max_length=100)
    figures = ListBlock(ChoiceBlock(choices=figure_choices, label=_("figure")), label=_("figures"), min_num=1, max_num=4)
    year = YearBlock(
        label=_("operating year"), required=False, max_length=9, help_text=_("For example 2017/2018. Empty means as it is today.")
    )
    scope = ChoiceBlock(choices=scope_choices, label=_("part of the association"), required=False)
    plot = ChoiceBlock(
        choices=[("bars", _("Bars of five years")), ("line", _("A line through five years"))], label=_("plot"), required=False
    )
    definitions = BooleanBlock(label=_("say how it is counted"), required=False)

    class Meta:
        icon = "order"
        label = _("Figures")
        description = _("Figures from the register, counted anew whenever it changes.")
        template = "blocks/figures.html"
        value_class = FiguresValue
        preview_value = {"heading": "Nätet i siffror", "figures": ["members", "contacts", "networks"]}
