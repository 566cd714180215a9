from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.search import index

from cms.blocks import Buttons, HomeBody
from cms.models.base import BasePage


class HomePage(BasePage):
    """The front door: a hero, then sections that the editor arranges."""

    hero_title = models.CharField(_("heading"), max_length=120, help_text=_("Large, at the top. At best six to ten words."))
    hero_text = models.TextField(_("text"), blank=True, max_length=400, help_text=_("Two or three sentences: who we are and what we do."))
    hero_picture = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Large and wide, below the heading. Set its focal point in the picture library."),
    )
    hero_buttons = StreamField(Buttons(max_num=2), verbose_name=_("buttons"), blank=True)
    body = StreamField(HomeBody(), verbose_name=_("sections"), blank=True)

    picture_field = "hero_picture"
    template = "pages/home_page.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.NewsIndexPage", "cms.StandardPage", "cms.DirectoryPage", "cms.NeedPage"]
    search_fields = [*BasePage.search_fields, index.SearchField("hero_text"), index.SearchField("body")]
    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [FieldPanel("hero_title"), FieldPanel("hero_text"), FieldPanel("hero_picture"), FieldPanel("hero_buttons")], _("At the top")
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    @property
    def summary(self):
        return self.search_description or self.hero_text

    def structured_data(self, site_settings):
        return {"@context": "https://schema.org", **site_settings.as_organization(), "url": self.canonical_url}
