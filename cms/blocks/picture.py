from django.apps import apps
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, StructBlock, StructValue
from wagtail.images.blocks import ImageBlock


class PictureValue(StructValue):
    @cached_property
    def alt(self):
        """The description for this place on the page, else that of the picture; nothing for mere decoration."""
        image = self.get("image")
        if image is None or image.decorative:
            return ""
        return image.contextual_alt_text or image.description


class PictureBlock(StructBlock):
    image = ImageBlock(label=_("picture"))
    caption = CharBlock(
        label=_("caption"), required=False, max_length=250, help_text=_("Who or what we see, for example “The board in Borås, 2017”.")
    )
    width = ChoiceBlock([("text", _("As wide as the text")), ("wide", _("Wider than the text"))], default="text", label=_("width"))

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A picture with a caption. Describe it for people who cannot see it.")
        template = "blocks/picture.html"
        value_class = PictureValue

    def get_preview_value(self):
        """The newest picture of the library: a preview can only show what has been uploaded."""
        image = apps.get_model("cms.CustomImage").objects.order_by("-pk").first()
        value = {"image": image.pk if image else None, "alt_text": "", "decorative": False}
        return self.to_python({"image": value, "caption": "Styrelsen i Borås, november 2017", "width": "text"})
