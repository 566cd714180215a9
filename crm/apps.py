from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Register")

    def ready(self):
        from crm import (
            resources,  # noqa: F401 -- offers the register's spreadsheets for import
            signals,  # noqa: F401 -- connects the receivers
        )
