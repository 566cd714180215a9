from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded


class NetworkQuerySet(ArchivableQuerySet, SearchableQuerySet):
    pass


@recorded(network="id", derived=["search_text"])
class Network(Archivable, Searchable, ClusterableModel):
    """A company, municipality, broker or transnational network."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company network")
        MUNICIPALITY = "municipality", _("Municipality network")
        BROKER = "broker", _("Competence-broker network")
        TRANSNATIONAL = "transnational", _("Transnational network")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    expected_at_members = models.BooleanField(
        _("every member should have a seat"), default=False, help_text=_("Its absence at a member is shown as a vacancy.")
    )
    description = models.TextField(_("description"), blank=True)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self):
        return self.name

    def sort_words(self):
        return [self.name]

    def searched_texts(self):
        yield self.name
        yield self.description


@recorded(network="network_id", organisation="organisation_id", contact="contact_id")
class Seat(Dated):
    """A place in a network, from a day to a day: an organisation's, a person's, or a person's for an organisation."""

    network = ParentalKey("crm.Network", verbose_name=_("network"), related_name="seats", on_delete=models.CASCADE)
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="seats", on_delete=models.PROTECT, null=True, blank=True
    )
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="seats", on_delete=models.PROTECT, null=True, blank=True
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(contact__isnull=False),
                name="crm_seat_somebody",
                violation_error_message=_("Choose an organisation, a contact, or both."),
            )
        ]

    def __str__(self):
        return ", ".join(str(holder) for holder in (self.contact, self.organisation) if holder)
