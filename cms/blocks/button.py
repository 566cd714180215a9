from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, PageChooserBlock, StructBlock, StructBlockValidationError, URLBlock

from cms.struct_values import LinkValue


class ButtonBlock(StructBlock):
    text = CharBlock(label=_("text"), max_length=60, help_text=_("Says what happens: “Become a member”."))
    page = PageChooserBlock(label=_("page"), required=False, help_text=_("One of our own pages …"))
    url = URLBlock(label=_("address"), required=False, help_text=_("… or an address elsewhere, with https:// at the beginning."))

    class Meta:
        icon = "link"
        label = _("Button")
        description = _("One clear next step.")
        template = "blocks/button.html"
        value_class = LinkValue
        preview_value = {"text": "Bli medlem", "page": None, "url": "https://www.example.org/"}

    def clean(self, value):
        cleaned = super().clean(value)
        if bool(cleaned.get("page")) == bool(cleaned.get("url")):
            raise StructBlockValidationError({"page": ValidationError(_("Choose a page or write an address: one of the two."))})
        return cleaned
