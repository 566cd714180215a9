from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StructBlock


class FactBlock(StructBlock):
    label = CharBlock(label=_("what"), max_length=80, help_text=_("For example “Funder”."))
    text = CharBlock(label=_("answer"), max_length=250)

    class Meta:
        icon = "list-ul"
        label = _("Fact")
        template = "blocks/fact.html"


class FactsBlock(StructBlock):
    heading = CharBlock(label=_("heading"), required=False, max_length=100)
    facts = ListBlock(FactBlock(), label=_("facts"), min_num=1)

    class Meta:
        icon = "table"
        label = _("Facts")
        description = _("Short facts in two columns: what to the left, the answer to the right.")
        template = "blocks/facts.html"
        preview_value = {
            "heading": "Projektet i korthet",
            "facts": [
                {"label": "Tid", "text": "Januari 2017 – december 2019"},
                {"label": "Finansiär", "text": "Europeiska socialfonden"},
                {"label": "Deltagare", "text": "Tolv kommuner i fyra delregioner"},
            ],
        }
