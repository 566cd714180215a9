from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel

from cms.forms import NeedForm
from cms.models.base import BasePage


class NeedPage(BasePage):
    """A form for companies: what they need to learn. It is posted to cms.views.state_need, for pages may come from a cache."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=500)
    thanks = models.TextField(
        _("thanks"), blank=True, max_length=500, help_text=_("What stands on the page after a company has sent the form: what happens now.")
    )

    template = "pages/need_page.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        FieldPanel("thanks"),
        HelpPanel(_("What companies write comes to the list of training needs, with the state “new”.")),
    ]

    class Meta:
        verbose_name = _("form for companies’ needs")
        verbose_name_plural = _("forms for companies’ needs")

    @property
    def summary(self):
        return self.search_description or self.introduction

    def get_context(self, request, *args, **kwargs):
        return {"form": NeedForm(), **super().get_context(request, *args, **kwargs)}
