from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded


class ProjectQuerySet(ArchivableQuerySet, DatedQuerySet, SearchableQuerySet):
    def called(self, name):
        """What is called so, in full or in short."""
        return self.filter(Q(name=name) | Q(short_name=name))

    def decided(self):
        """What has got its money. Only that goes on, whatever the application says of its dates."""
        return self.filter(state__in=Project.DECIDED)

    def going_on(self, day):
        return self.decided().on(day)

    def newest_first(self):
        return self.order_by(F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "pk")


class InProjectQuerySet(DatedQuerySet):
    """Of partners and people, whose own end may be missing: then they are in the project as long as it lasts."""

    def on(self, day):
        return super().on(day).filter(Q(project__until=None) | Q(project__until__gte=day))

    def in_projects_on(self, day):
        """Who was in which project on a day; of a project that had ended by then, who was in it to the last."""
        to_the_last = Q(project__until__lt=day, until__gte=F("project__until"))
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gte=day) | to_the_last)

    def newest_first(self):
        return self.order_by(F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "pk")


@recorded(project="id", derived=["search_text"])
class Project(Archivable, Searchable, Dated, ClusterableModel):
    """An undertaking that somebody else pays for, from a day to a day. Who is in it: Partner and ProjectRole."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        APPLIED = "applied", _("Applied for")
        REJECTED = "rejected", _("Not granted")
        GRANTED = "granted", _("Granted")
        CLOSED = "closed", _("Closed")

    DECIDED = (State.GRANTED, State.CLOSED)

    name = models.CharField(_("name"), max_length=200, unique=True, help_text=_("As it stands in the decision."))
    short_name = models.CharField(
        _("short name"), max_length=60, blank=True, help_text=_("What everybody calls it. It stands in lists instead of the name.")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.PLANNED, help_text=_("Closed means that the final report is approved.")
    )
    programme = models.CharField(_("programme"), max_length=150, blank=True, help_text=_("For example “Erasmus+ KA1” or “Interreg”."))
    project_number = models.CharField(_("project number"), max_length=60, blank=True, help_text=_("As the funder writes it."))
    funder = models.ForeignKey(
        "crm.Organisation", verbose_name=_("funder"), related_name="funded_projects", on_delete=models.PROTECT, null=True, blank=True
    )
    lead = models.ForeignKey(
        "crm.Organisation",
        verbose_name=_("lead organisation"),
        related_name="led_projects",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Who answers for it to the funder."),
    )
    budget = models.DecimalField(
        _("budget (SEK)"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal(0))], null=True, blank=True
    )
    granted_places = models.PositiveIntegerField(
        _("places granted"), null=True, blank=True, help_text=_("How many mobilities the funder has granted in all.")
    )
    description = models.TextField(_("description"), blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(
                fields=["short_name"],
                condition=~Q(short_name=""),
                name="crm_project_short_name_unique",
                violation_error_message=_("Another project has this short name."),
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

    def last_day(self, day):
        """The day, or the last one of a project that has ended by then."""
        return min(day, self.until) if self.until else day

    def sort_words(self):
        return [str(self)]

    def searched_texts(self):
        yield self.name
        yield self.short_name
        yield self.programme
        yield self.project_number
        yield "".join(one for one in self.project_number if one.isalnum())  # as search reads a number with dashes
        yield self.description
        for organisation in (self.funder, self.lead):
            yield organisation.name if organisation else ""


@recorded(project="project_id", organisation="organisation_id")
class Partner(Dated):
    """An organisation in a project, from a day to a day."""

    class Kind(models.TextChoices):
        PARTNER = "partner", _("Partner")
        SENDING = "sending", _("Sending partner")
        RECEIVING = "receiving", _("Receiving partner")
        ASSOCIATED = "associated", _("Associated partner")
        CO_FUNDER = "co_funder", _("Co-funder")

    project = ParentalKey("crm.Project", verbose_name=_("project"), related_name="partners", on_delete=models.CASCADE)
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="partnerships", on_delete=models.PROTECT
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.PARTNER)
    places = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("How many mobilities a sending partner has places for.")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = InProjectQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self):
        return str(self.organisation)


@recorded(project="project_id", contact="contact_id", organisation="organisation_id")
class ProjectRole(Dated):
    """What somebody does in a project, from a day to a day, and for which organisation."""

    project = ParentalKey("crm.Project", verbose_name=_("project"), related_name="roles", on_delete=models.CASCADE)
    contact = models.ForeignKey("crm.Contact", verbose_name=_("contact"), related_name="project_roles", on_delete=models.PROTECT)
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="project_roles", on_delete=models.PROTECT, null=True, blank=True
    )
    title = models.CharField(_("role"), max_length=150, blank=True, help_text=_("For example “project manager” or “coordinator”."))

    objects = InProjectQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("role in a project")
        verbose_name_plural = _("roles in projects")

    def __str__(self):
        return ", ".join(str(part) for part in (self.contact, self.title, self.organisation) if part)
