from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, StructBlock, StructValue


class HeadingValue(StructValue):
    @cached_property
    def anchor(self):
        """The name by which other pages can link to this heading."""
        return slugify(self.get("text"))


class HeadingBlock(StructBlock):
    text = CharBlock(label=_("heading"), max_length=120)
    level = ChoiceBlock([("h2", _("Main heading")), ("h3", _("Heading below another"))], default="h2", label=_("level"))

    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("Divides a long text, so that readers find their way.")
        template = "blocks/heading.html"
        value_class = HeadingValue
        preview_value = {"text": "Tre sätt att vara med", "level": "h2"}
        label_format = "{text}"
