"""The words that courses and needs have in common: what is learnt, at which level, in which line of business."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FocusArea(models.IntegerChoices):
    """What the association works for."""

    SUPPLY = 1, _("1 Strategic competence supply")
    FLEXIBLE = 2, _("2 Flexible education concepts")
    INTERNATIONAL = 3, _("3 Internationalisation")
    NETWORKS = 4, _("4 Stronger networks")


class Area(models.TextChoices):
    DIGITAL = "digital", _("Digital skills")
    MARKETING = "marketing", _("Marketing and social media")
    LANGUAGES = "languages", _("Languages and culture")
    LEADERSHIP = "leadership", _("Leadership and organisation")
    QUALITY = "quality", _("Quality, environment and responsibility")
    FINANCE = "finance", _("Finance and administration")
    INDUSTRY = "industry", _("Industry and technology")
    BUILDING = "building", _("Building and energy")
    TRANSPORT = "transport", _("Transport and logistics")
    HOSPITALITY = "hospitality", _("Food, meals and hosting")
    SALES = "sales", _("Trade and sales")
    CARE = "care", _("Health and social care")
    TEACHING = "teaching", _("Teaching and guidance")
    OTHER = "other", _("Other area")


class Sector(models.TextChoices):
    HOSPITALITY = "hospitality", _("Hotels, restaurants and tourism")
    RETAIL = "retail", _("Retail")
    INDUSTRY = "industry", _("Manufacturing")
    CONSTRUCTION = "construction", _("Construction")
    TRANSPORT = "transport", _("Transport")
    FARMING = "farming", _("Farming and forestry")
    CARE = "care", _("Health care")
    SERVICES = "services", _("Services and IT")
    PUBLIC = "public", _("Public sector")
    OTHER = "other", _("Other sector")


class Level(models.IntegerChoices):
    """Of the Swedish qualifications framework, SeQF, whose levels are those of the European one, EQF."""

    ONE = 1, _("SeQF 1")
    TWO = 2, _("SeQF 2 (compulsory school)")
    THREE = 3, _("SeQF 3")
    FOUR = 4, _("SeQF 4 (upper secondary school)")
    FIVE = 5, _("SeQF 5 (higher vocational diploma)")
    SIX = 6, _("SeQF 6 (bachelor)")
    SEVEN = 7, _("SeQF 7 (master)")
    EIGHT = 8, _("SeQF 8 (doctor)")
