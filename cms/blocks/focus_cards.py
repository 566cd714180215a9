from django.apps import apps
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, PageChooserBlock, StructBlock, StructValue, TextBlock

from cms.pictures import SHAPES


class FocusCardsValue(StructValue):
    @cached_property
    def cards(self):
        """The chosen pages that are published, with their pictures fetched for all of them at once."""
        cards = [page for page in self.get("pages") if page and page.live]
        images = apps.get_model("cms.CustomImage").objects.prefetch_renditions(*SHAPES["card"].specs)
        prefetch_related_objects(cards, Prefetch("lead_picture", images))
        return cards


class FocusCardsBlock(StructBlock):
    heading = CharBlock(label=_("heading"), max_length=100)
    text = TextBlock(label=_("text"), required=False, rows=2)
    pages = ListBlock(PageChooserBlock(page_type="cms.StandardPage", label=_("page")), label=_("pages"), min_num=1, max_num=6)

    class Meta:
        icon = "grip"
        label = _("Focus cards")
        description = _("Large cards that lead to pages, with their pictures and introductions.")
        template = "blocks/focus_cards.html"
        value_class = FocusCardsValue

    def get_preview_value(self):
        pages = apps.get_model("cms.StandardPage").objects.live().exclude(lead_picture=None)[:4]
        return self.to_python({"heading": "Fokusområden", "text": "Fyra vägar till samma mål.", "pages": [page.pk for page in pages]})
