from django.utils.translation import gettext_lazy as _
from wagtail.blocks import RichTextBlock


class TextBlock(RichTextBlock):
    def __init__(self, **kwargs):
        kwargs.setdefault("features", ["bold", "italic", "link", "document-link", "ul", "ol"])
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs and lists with links.")
        template = "blocks/text.html"
        preview_value = (
            "<p>Den som har <b>lediga platser</b> lägger in kursen. Den som har ett behov ber om platser.</p>"
            "<ul><li>På plats</li><li>Direktsänt</li><li>På nätet</li></ul>"
        )
