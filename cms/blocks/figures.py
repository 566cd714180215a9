from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, ListBlock, StructBlock, StructValue

from cms.figures import FIGURES, figure_choices


class FiguresValue(StructValue):
    @cached_property
    def counted(self):
        """Pairs of number and label; a figure that no longer exists is left out."""
        return [(FIGURES[key].count(), FIGURES[key].label) for key in self.get("figures") if key in FIGURES]


class FiguresBlock(StructBlock):
    heading = CharBlock(label=_("heading"), max_length=100)
    figures = ListBlock(ChoiceBlock(choices=figure_choices, label=_("figure")), label=_("figures"), min_num=1, max_num=4)

    class Meta:
        icon = "order"
        label = _("Figures")
        description = _("Figures from the register, counted anew each time the page is shown.")
        template = "blocks/figures.html"
        value_class = FiguresValue
        preview_value = {"heading": "Nätet i siffror", "figures": ["members", "contacts", "networks"]}
