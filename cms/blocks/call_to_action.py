from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock, TextBlock

from cms.blocks.button import ButtonBlock


class CallToActionBlock(StructBlock):
    heading = CharBlock(label=_("heading"), max_length=100)
    text = TextBlock(label=_("text"), required=False, rows=3)
    button = ButtonBlock(label=_("button"))

    class Meta:
        icon = "pick"
        label = _("Call to action")
        description = _("A heading, a few words and a button on a coloured surface. Once a page is enough.")
        template = "blocks/call_to_action.html"
        preview_value = {
            "heading": "Vill din kommun vara med?",
            "text": "Som medlem delar ni kurser, nätverk och projekt med grannarna.",
            "button": {"text": "Bli medlem", "page": None, "url": "https://www.example.org/"},
        }
