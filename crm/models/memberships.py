import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.recording import recorded


class MembershipQuerySet(ArchivableQuerySet, DatedQuerySet):
    def held_on(self, day):
        """Memberships that count on a day: going on, and not archived (entered by mistake) since."""
        return self.active().on(day)


@recorded(membership="id", organisation="organisation_id")
class Membership(Archivable, Dated, ClusterableModel):
    """An organisation's membership of the association, from a day to a day."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        FEDERATION = "federation", _("Federation of municipalities")
        ASSOCIATE = "associate", _("Associate member")

    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="memberships", on_delete=models.PROTECT
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.MUNICIPALITY)
    fee_contact = models.ForeignKey(
        "crm.Contact",
        verbose_name=_("the fee is sent to"),
        related_name="paying_memberships",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text=_("Who gets fee documents and reminders. Empty means the organisation's own e-mail."),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__sort_key", models.F("since").desc(nulls_last=True), "pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self):
        return str(self.organisation)

    def clean(self):
        super().clean()
        if not self.organisation_id:
            return
        others = Membership.objects.active().filter(organisation=self.organisation_id).exclude(pk=self.pk)
        first, last = self.since or datetime.date.min, self.until or datetime.date.max
        if overlap := others.during(first, last).first():
            raise ValidationError(
                _("%(organisation)s is already a member from %(since)s to %(until)s."),
                params={"organisation": self.organisation, "since": overlap.since or "…", "until": overlap.until or "…"},
            )
