from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock, URLBlock


class VideoLinkBlock(StructBlock):
    """A link and no player: an embedded one would tell a third party who reads our pages."""

    title = CharBlock(label=_("title"), max_length=150)
    url = URLBlock(label=_("address"), help_text=_("Where the film is, with https:// at the beginning."))
    length = CharBlock(label=_("length"), required=False, max_length=20, help_text=_("For example “4 min”."))

    class Meta:
        icon = "media"
        label = _("Film")
        description = _("A link to a film that lies elsewhere. Nothing is loaded from there until somebody follows it.")
        template = "blocks/video_link.html"
        preview_value = {"title": "Så fungerar Campus Lärnätet", "url": "https://film.example/campus", "length": "4 min"}
