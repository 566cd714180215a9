from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel

from cms.directory import find_members
from cms.models.base import BasePage


class DirectoryPage(BasePage):
    """The members, read from the register each time, so that the page doesn't go stale when somebody leaves."""

    introduction = models.TextField(_("introduction"), blank=True, max_length=500)

    template = "pages/directory_page.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("introduction"),
        HelpPanel(_("The members come from the register, with the people whose role there is marked “may be published”.")),
    ]

    class Meta:
        verbose_name = _("member directory")
        verbose_name_plural = _("member directories")

    @property
    def summary(self):
        return self.search_description or self.introduction

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["query"] = request.GET.get("q", "").strip()[:100]
        context["members"] = find_members(context["query"])
        return context
