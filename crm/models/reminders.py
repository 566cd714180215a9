from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded


class ReminderQuerySet(models.QuerySet):
    def waiting(self, day):
        """Those whose morning of that day nobody has taken care of yet."""
        return self.filter(Q(last_on=None) | Q(last_on__lt=day), user__is_active=True)


@unrecorded("is a person's own choice to get mail and says nothing about the register")
class Reminder(models.Model):
    """Somebody wants a mail in the morning of what is to be done; whoever does not has no such row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, related_name="reminder", on_delete=models.CASCADE)
    # The latest day that is taken care of, with a mail or because there was nothing to remind of.
    last_on = models.DateField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")

    def __str__(self):
        return str(self.user)
