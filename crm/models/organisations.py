from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel

from crm.countries import country_choices
from crm.models.affiliations import Affiliation
from crm.models.base import Archivable, ArchivableQuerySet
from crm.models.contact_points import Reachable
from crm.models.memberships import Membership
from crm.models.pictures import Pictured, PictureField
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded
from crm.validators import normalise_organisation_number, validate_organisation_number


class OrganisationQuerySet(ArchivableQuerySet, SearchableQuerySet):
    def members(self, day=None):
        """Active organisations with a membership that holds on a day (today when not given)."""
        day = day or timezone.localdate()
        held = Membership.objects.held_on(day).filter(organisation=OuterRef("pk"))
        return self.active_on(day).filter(Exists(held))

    def own(self):
        """The association itself, or None while nobody has said which organisation it is."""
        return self.filter(is_own=True).first()

    def with_contacts(self, day=None):
        """Active organisations where at least one active contact person holds a role on a day."""
        day = day or timezone.localdate()
        held = Affiliation.objects.held_by_active_contacts(day).filter(organisation=OuterRef("pk"))
        return self.active_on(day).filter(Exists(held))


@recorded(organisation="id", derived=["search_text"])
class Organisation(Archivable, Searchable, Reachable, Pictured, ClusterableModel):
    """A member, municipality, learning centre, federation, company, authority, funder or partner abroad."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        LEARNING_CENTRE = "learning_centre", _("Learning centre")
        FEDERATION = "federation", _("Federation of municipalities")
        COMPANY = "company", _("Company")
        AUTHORITY = "authority", _("Authority")
        FUNDER = "funder", _("Funder")
        FOREIGN_PARTNER = "foreign_partner", _("Partner abroad")
        ASSOCIATION = "association", _("Association")

    name = models.CharField(_("name"), max_length=200, help_text=_("As the organisation writes it: “Lärcentrum Lidköping”."))
    logo = PictureField(_("logo"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, db_index=True)
    parent = models.ForeignKey(
        "crm.Organisation",
        verbose_name=_("belongs to"),
        related_name="children",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("For a learning centre: its municipality or federation."),
    )
    organisation_number = models.CharField(
        _("organisation number"),
        max_length=13,
        blank=True,
        validators=[validate_organisation_number],
        help_text=_("Ten digits, for example 212000-1926."),
    )
    municipality = models.ForeignKey(
        "crm.Municipality", verbose_name=_("municipality"), related_name="organisations", on_delete=models.PROTECT, null=True, blank=True
    )
    country = models.CharField(_("country"), max_length=2, default="SE", choices=country_choices)
    website = models.URLField(_("web site"), blank=True, help_text=_("With https:// at the beginning."))
    street = models.CharField(_("street address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    city = models.CharField(_("postal town"), max_length=100, blank=True)
    is_own = models.BooleanField(
        _("the association itself"), default=False, help_text=_("Roles here are its board and its office. Only one organisation is it.")
    )
    quick_facts = models.CharField(
        _("quick facts"), max_length=200, blank=True, help_text=_("Stands on top of the record: “invoices by e-mail only”.")
    )
    note = models.TextField(_("note"), blank=True)

    picture_field = "logo"
    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_number"],
                condition=~Q(organisation_number=""),
                name="crm_organisation_number_unique",
                violation_error_message=_("Another organisation has this organisation number."),
            ),
            models.UniqueConstraint(
                fields=["is_own"],
                condition=Q(is_own=True),
                name="crm_organisation_one_own",
                violation_error_message=_("Another organisation is the association itself."),
            ),
        ]
        indexes = [models.Index(fields=["sort_key", "id"], name="crm_organisation_sort")]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.organisation_number:
            self.organisation_number = normalise_organisation_number(self.organisation_number)
        ancestor, seen = self.parent, {self.pk}
        while ancestor is not None:
            if ancestor.pk is not None and ancestor.pk in seen:
                raise ValidationError({"parent": _("An organisation cannot belong to itself or to one of its own units.")})
            seen.add(ancestor.pk)
            ancestor = ancestor.parent

    def initial_words(self):
        return self.name.split()

    def sort_words(self):
        return [self.name]

    def searched_texts(self):
        yield self.name
        yield self.organisation_number
        yield self.organisation_number.replace("-", "")
        yield self.city
        if self.municipality:
            yield self.municipality.name
        for point in self.contact_points.all():
            yield from point.searched_texts()
