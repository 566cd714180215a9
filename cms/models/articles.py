from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model, get_image_model_string
from wagtail.models import PageManager, PageQuerySet
from wagtail.search import index

from cms.blocks import ArticleBody
from cms.models.base import BasePage
from cms.pictures import SHAPES


class ArticleQuerySet(PageQuerySet):
    def with_pictures(self):
        """With the renditions that lists show, in two queries however many rows there are."""
        images = get_image_model().objects.prefetch_renditions(*SHAPES["card"].specs, *SHAPES["feature"].specs)
        return self.defer_streamfields().prefetch_related(Prefetch("lead_picture", images))

    def for_cards(self):
        return self.with_pictures()


class ArticlePage(BasePage):
    """A page with a text to read: introduction, lead picture, body."""

    introduction = models.TextField(
        _("introduction"), blank=True, max_length=500, help_text=_("One to three sentences below the heading. Lists show them too.")
    )
    lead_picture = models.ForeignKey(
        get_image_model_string(), verbose_name=_("lead picture"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lead_picture_alt = models.CharField(
        _("description of the picture"),
        max_length=250,
        blank=True,
        help_text=_("For people who cannot see it. Empty: the description in the picture library."),
    )
    body = StreamField(ArticleBody(), verbose_name=_("text"), blank=True)

    objects = PageManager.from_queryset(ArticleQuerySet)()

    picture_field = "lead_picture"
    search_fields = [*BasePage.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    lead_panels = [
        FieldPanel("introduction"),
        MultiFieldPanel(
            [
                FieldPanel("lead_picture"),
                FieldPanel("lead_picture_alt"),
                HelpPanel(
                    _("The picture is cropped at the edges. Set its focal point in the picture library, so that what matters stays.")
                ),
            ],
            _("Lead picture"),
        ),
    ]
    content_panels = [*BasePage.content_panels, *lead_panels, FieldPanel("body")]

    class Meta:
        abstract = True

    @property
    def summary(self):
        return self.search_description or self.introduction

    @property
    def picture_alt(self):
        return self.lead_picture_alt or (self.lead_picture.description if self.lead_picture else "")
