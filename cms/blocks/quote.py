from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock, TextBlock

from cms.struct_values import PersonValue


class QuoteBlock(StructBlock):
    text = TextBlock(label=_("quote"), rows=3, help_text=_("Without quotation marks."))
    name = CharBlock(label=_("who said it"), required=False, max_length=100)
    role = CharBlock(label=_("title or role"), required=False, max_length=150, help_text=_("For example “principal in Falköping”."))

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("Something that somebody said, set apart from the text.")
        template = "blocks/quote.html"
        value_class = PersonValue
        preview_value = {
            "text": "Vi har länge lånat lokaler av varandra. Nu är det dags att vi också lånar lärare.",
            "name": "Ingela Torstorp",
            "role": "rektor vid Lärcentrum Falköping",
        }
