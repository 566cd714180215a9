from django.conf import settings
from django.db import models
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.images import get_image_model, get_image_model_string
from wagtail.models import Page

from cms.pictures import SHARED


class BasePage(Page):
    """What every page of the site has: a picture and a text for when it is listed or shared, and one true address."""

    share_image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture when shared"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Shown when somebody shares the page. Empty: the page's own picture."),
    )

    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("share_image"),
                FieldPanel("show_in_menus"),
            ],
            _("Search engines, sharing and menu"),
        )
    ]

    share_type = "website"  # the Open Graph type
    picture_field = ""  # the name of the field with the picture that stands for the page

    class Meta:
        abstract = True

    @property
    def summary(self):
        """A sentence or two for lists, search engines and shared links."""
        return self.search_description

    @property
    def picture(self):
        """The picture that stands for the page, or None."""
        return getattr(self, self.picture_field) if self.picture_field else None

    def get_context(self, request, *args, **kwargs):
        if self.picture_field:
            images = get_image_model().objects.prefetch_renditions()
            prefetch_related_objects([self], Prefetch(self.picture_field, images))
        return super().get_context(request, *args, **kwargs)

    @cached_property
    def shared_picture_url(self):
        image = self.share_image or self.picture
        return image.get_rendition(SHARED).full_url if image else ""

    @cached_property
    def canonical_url(self):
        """The address for search engines: the content is Swedish, whichever language the interface has."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.full_url

    def structured_data(self, site_settings):
        """What search engines are told about the page (schema.org), or None."""
        return None
