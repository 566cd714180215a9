from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded
from crm.text import swedish_sort_key


@recorded()
class Municipality(models.Model):
    """A Swedish municipality with its official code (Statistics Sweden, four digits)."""

    code = models.CharField(
        _("code"), max_length=4, unique=True, validators=[RegexValidator(r"^\d{4}$", _("Four digits, for example 1494."))]
    )
    name = models.CharField(_("name"), max_length=60)
    county = models.CharField(_("county"), max_length=60, blank=True)
    subregion = models.CharField(_("sub-region"), max_length=60, blank=True, db_index=True)
    population = models.PositiveIntegerField(
        _("inhabitants"), null=True, blank=True, help_text=_("A fee may depend on it. Take them from Statistics Sweden once a year.")
    )
    latitude = models.DecimalField(_("latitude"), max_digits=7, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=7, decimal_places=4, null=True, blank=True)
    sort_key = models.CharField(max_length=120, editable=False, db_index=True)

    class Meta:
        ordering = ["sort_key"]
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = swedish_sort_key(self.name)
        super().save(*args, **kwargs)
