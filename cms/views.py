from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from wagtail.admin.auth import require_admin_access
from wagtail.blocks import BoundBlock

from cms.blocks import ArticleBody, HomeBody

# The roles of static/css/tokens.css that colour surfaces and text.
COLOUR_ROLES = ["page", "surface", "tint", "strong", "warm", "heading", "text", "quiet", "accent", "success"]


@cache_control(max_age=86400, public=True)
def robots(request):
    """Crawlers may read everything but the admin."""
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", f"Disallow: {reverse('wagtailadmin_home')}", "", f"Sitemap: {sitemap}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_admin_access
def style_guide(request):
    """Every component and block of the site on one page, for those who work on its looks."""
    blocks = {**HomeBody().child_blocks, **ArticleBody().child_blocks}
    examples = [BoundBlock(block, block.get_preview_value()) for block in blocks.values()]
    return render(request, "pages/style_guide.html", {"examples": examples, "colour_roles": COLOUR_ROLES})
