from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.recording import unrecorded


@unrecorded("is a person's own link and says nothing about the register")
class CalendarFeed(models.Model):
    """The link by which somebody's calendar program asks for tasks and activities.

    The address holds the key and a signature made with the secret key of the installation, so that a stolen copy of the
    database opens no calendar. A new key makes the old link lead nowhere.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, related_name="calendar_feed", on_delete=models.CASCADE)
    key = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(_("made"), auto_now=True)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")

    def __str__(self):
        return str(self.user)
