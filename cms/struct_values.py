"""Values of blocks that know what their template needs to show."""

from django.conf import settings
from django.utils.functional import cached_property
from wagtail.blocks import StructValue


class LinkValue(StructValue):
    """A link to one of our pages or to somewhere else."""

    @cached_property
    def url(self):
        page = self.get("page")
        return (page.url if page else None) or self.get("url") or ""

    @cached_property
    def is_external(self):
        return self.url.startswith("http") and not self.url.startswith(settings.BASE_URL)


class PersonValue(StructValue):
    @cached_property
    def source(self):
        """Who said it: "Ingela Torstorp, headmistress"."""
        return ", ".join(filter(None, [self.get("name"), self.get("role")]))
