import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.recording import recorded
from crm.storages import private_storage


def board_document_name(document, filename):
    """A name that nobody can guess; what the file was called stands in `filename`."""
    return f"board/{uuid.uuid4()}"


@recorded()
class BoardDocument(models.Model):
    """A paper of the board: minutes, a call, a budget.

    Documents of other records are for whoever may see the record. These are a collection of their own, which only those open who
    have been given the permission to see board documents: the board's group, administrators, and whom they add.
    """

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("Minutes of a meeting")
        CALL = "call", _("Call and agenda")
        APPENDIX = "appendix", _("Appendix")
        BUDGET = "budget", _("Budget and accounts")
        STATUTES = "statutes", _("Statutes and rules")
        OTHER = "other", _("Other paper")

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MINUTES)
    day = models.DateField(_("day"), default=timezone.localdate, help_text=_("The day of the meeting, or that the paper bears."))
    meeting = models.ForeignKey(
        "crm.Activity", verbose_name=_("board meeting"), related_name="board_documents", on_delete=models.PROTECT, null=True, blank=True
    )
    file = models.FileField(_("file"), storage=private_storage, upload_to=board_document_name)
    filename = models.CharField(_("file name"), max_length=255, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)  # in bytes
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("board document")
        verbose_name_plural = _("board documents")

    def __str__(self):
        return self.title

    @property
    def ending(self):
        """What kind of file it is, as people know it: "PDF"."""
        return PurePath(self.filename).suffix.removeprefix(".").upper()[:5]
