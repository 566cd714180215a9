from django.utils.translation import gettext_lazy as _

from cms.models.articles import ArticlePage


class StandardPage(ArticlePage):
    """The ordinary page: about us, a focus area, how to become a member. Shows the pages below it as cards."""

    template = "pages/standard_page.html"
    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    subpage_types = ["cms.StandardPage"]

    class Meta:
        verbose_name = _("ordinary page")
        verbose_name_plural = _("ordinary pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["pages_below"] = StandardPage.objects.child_of(self).live().for_cards()
        return context
