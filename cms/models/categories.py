from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel


class NewsCategory(models.Model):
    """What a piece of news is about; visitors can narrow down the list by it."""

    name = models.CharField(_("name"), max_length=60, unique=True, help_text=_("One word if possible: “Projects”."))
    slug = models.SlugField(_("name in the address"), unique=True, help_text=_("Without å, ä, ö and spaces. Links break when it changes."))

    panels = [FieldPanel("name"), FieldPanel("slug")]

    class Meta:
        ordering = ["name"]
        verbose_name = _("news category")
        verbose_name_plural = _("news categories")

    def __str__(self):
        return self.name
