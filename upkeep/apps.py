from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UpkeepConfig(AppConfig):
    """What keeps an installation safe, whatever it holds: backups, and signs of health. It knows none of the other rooms."""

    name = "upkeep"
    verbose_name = _("Upkeep")
