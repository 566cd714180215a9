from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, StructBlock


class LatestNewsBlock(StructBlock):
    heading = CharBlock(label=_("heading"), max_length=100, default="Nyheter")
    number = ChoiceBlock([("3", "3"), ("6", "6")], default="3", label=_("how many"))

    class Meta:
        icon = "list-ul"
        label = _("Latest news")
        description = _("The newest news pages, always up to date.")
        template = "blocks/latest_news.html"
        preview_value = {"heading": "Nyheter", "number": "3"}

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["news"] = apps.get_model("cms.NewsPage").objects.live().for_cards()[: int(value["number"])]
        context["index"] = apps.get_model("cms.NewsIndexPage").objects.live().first()
        return context
