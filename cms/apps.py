from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from crm.services.association import tells_association
from newsletter.stories import register_story_page


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Web site")

    def ready(self):
        from cms import receivers  # noqa: F401 -- connects the receivers
        from cms.association import site_association
        from cms.groups import sync_groups

        post_migrate.connect(sync_groups, sender=self)
        register_story_page("cms.NewsPage")
        tells_association(site_association)
