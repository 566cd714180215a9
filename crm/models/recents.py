from django.conf import settings
from django.db import models
from django.utils import timezone

from crm.recording import unrecorded


@unrecorded("is what one person has opened lately: a help to find it again, kept short and deleted with that person")
class Recent(models.Model):
    """A record or page that somebody has opened in the admin. On the server and not in the browser: offices share computers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="recents", on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)  # as registered with crm/services/palette.py
    number = models.PositiveBigIntegerField()
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = "recently opened"
        verbose_name_plural = "recently opened"
        constraints = [models.UniqueConstraint(fields=["user", "kind", "number"], name="crm_recent_once")]

    def __str__(self):
        return f"{self.kind} {self.number}"
