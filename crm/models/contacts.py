from django.db import models
from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel

from crm.models.affiliations import Affiliation
from crm.models.base import Archivable, ArchivableQuerySet
from crm.models.contact_points import ContactPoint, Reachable
from crm.models.pictures import Pictured, PictureField
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded


class ContactQuerySet(ArchivableQuerySet, SearchableQuerySet):
    def in_role(self, day=None):
        """Active contact persons: not archived, and with a role on a day (today when not given) at an active organisation."""
        day = day or timezone.localdate()
        held = Affiliation.objects.on(day).at_active_organisations(day).filter(contact=OuterRef("pk"))
        return self.active_on(day).filter(Exists(held))

    def for_list(self, day=None):
        """With what a row of the list shows on a day (today when not given), in a fixed number of queries."""
        return self.prefetch_related(
            Prefetch(
                "affiliations",
                Affiliation.objects.on(day or timezone.localdate()).newest_first().select_related("organisation", "role"),
                to_attr="current_affiliations",
            ),
            Prefetch("contact_points", ContactPoint.objects.usable(), to_attr="usable_points"),
        )


@recorded(contact="id", derived=["search_text"])
class Contact(Archivable, Searchable, Reachable, Pictured, ClusterableModel):
    """A person, with addresses (ContactPoint) and roles over time (Affiliation)."""

    class Language(models.TextChoices):
        SWEDISH = "sv", _("Swedish")
        ENGLISH = "en", _("English")

    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    photo = PictureField(_("photo"))
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.SWEDISH)
    quick_facts = models.CharField(
        _("quick facts"), max_length=200, blank=True, help_text=_("Stands on top of the record: “call before 10”.")
    )
    note = models.TextField(_("note"), blank=True, help_text=_("What a colleague needs to know."))
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Where the details come from."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    picture_field = "photo"
    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [models.Index(fields=["sort_key", "id"], name="crm_contact_sort")]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}".strip()

    def initial_words(self):
        return [self.first_name, self.last_name]

    def sort_words(self):
        return [self.last_name, self.first_name]

    def searched_texts(self):
        yield self.name
        for point in self.contact_points.all():
            yield from point.searched_texts()
        for affiliation in self.searched_affiliations():
            yield affiliation.title
            yield str(affiliation.role or "")
            yield affiliation.organisation.name

    def searched_affiliations(self):
        if "affiliations" in getattr(self, "_prefetched_objects_cache", {}):
            return self.affiliations.all()
        return self.affiliations.select_related("organisation", "role")

    @property
    def email(self):
        point = self.best_point(ContactPoint.Kind.EMAIL)
        return point.value if point else ""
