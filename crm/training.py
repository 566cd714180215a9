"""The words that courses and needs have in common: what is learnt, at which level, in which line of business."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FocusArea(models.IntegerChoices):
    """What the association works for."""

    SUPPLY = 1, _("1 Strategic competence supply")
    FLEXIBLE = 2, _("2 Flexible education concepts")
    INTERNATIONAL = 3, _("3 Internationalisation")
    NETWORKS = 4, _("4 Stronger networks")
