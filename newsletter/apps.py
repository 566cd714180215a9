from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = _("Newsletter")

    def ready(self):
        from newsletter.exporting import subscriptions as exported  # noqa: F401 -- offers the export of subscribers
        from newsletter.filters import contacts  # noqa: F401 -- offers the filter of contacts by their subscription
        from newsletter.resources import subscriptions  # noqa: F401 -- offers the import of subscribers
        from newsletter.services import (
            job_changes,  # noqa: F401 -- asks about the newsletter when somebody leaves a role
            merges,  # noqa: F401 -- says what becomes of subscriptions when two contacts become one
            records,  # noqa: F401 -- tells contacts' pages of newsletters
            segments,  # noqa: F401 -- says which issues go to a segment
        )
