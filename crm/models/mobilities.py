from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.recording import recorded
from crm.text import search_words


class MobilityQuerySet(ArchivableQuerySet, DatedQuerySet):
    def carried_out(self):
        return self.filter(state__in=Mobility.CARRIED_OUT)

    def search(self, query):
        """Narrow down to where each word stands in the name or code of who travels, or in a name of an organisation or the project."""
        found = self
        for word in query.split():
            # SQLite takes å and Å for different letters; names are searched in their folded form.
            texts = [Q(participant__icontains=form) for form in {word, word.lower(), word.capitalize()}]
            names = [
                Q(*[(f"{name}__search_text__contains", folded) for folded in search_words(word)])
                for name in ("contact", "sending", "receiving", "project")
            ]
            found = found.filter(Q(*texts, *names, _connector=Q.OR))
        return found


@recorded(project="project_id", contact="contact_id", organisation="sending_id")
class Mobility(Archivable, Dated):
    """One person's journey within a project, from the application to the report."""

    class Kind(models.TextChoices):
        PLACEMENT = "placement", _("Work placement")
        JOB_SHADOWING = "job_shadowing", _("Job shadowing")
        TEACHING = "teaching", _("Teaching or course")

    class State(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("mobility", "Applied for")
        GRANTED = "granted", pgettext_lazy("mobility", "Granted")
        PLANNED = "planned", pgettext_lazy("mobility", "Planned")
        TRAVELLED = "travelled", _("Travelled")
        REPORTED = "reported", _("Reported")

    CARRIED_OUT = (State.TRAVELLED, State.REPORTED)

    project = models.ForeignKey("crm.Project", verbose_name=_("project"), related_name="mobilities", on_delete=models.PROTECT)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.PLACEMENT)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.GRANTED, db_index=True)
    sending = models.ForeignKey(
        "crm.Organisation", verbose_name=_("sending partner"), related_name="sent_mobilities", on_delete=models.PROTECT
    )
    receiving = models.ForeignKey(
        "crm.Organisation",
        verbose_name=_("receiving partner"),
        related_name="received_mobilities",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="mobilities", on_delete=models.PROTECT, null=True, blank=True
    )
    participant = models.CharField(
        _("who travels"), max_length=100, blank=True, help_text=_("When it is no contact. A code is enough: “Pupil 17”.")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = MobilityQuerySet.as_manager()

    class Meta:
        ordering = [models.F("since").desc(nulls_last=True), "pk"]
        verbose_name = _("mobility")
        verbose_name_plural = _("mobilities")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | ~Q(participant=""),
                name="crm_mobility_somebody",
                violation_error_message=_("Choose a contact, or write who travels."),
            ),
            models.UniqueConstraint(
                fields=["project", "participant"],
                condition=~Q(participant=""),
                name="crm_mobility_participant_unique",
                violation_error_message=_("Somebody else in the project is called so already."),
            ),
        ]

    def __str__(self):
        return str(self.contact or self.participant)
