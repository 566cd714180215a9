from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from crm.models.base import Dated, DatedQuerySet
from crm.recording import recorded
from crm.text import swedish_sort_key


class RoleQuerySet(models.QuerySet):
    def with_holders(self, day=None):
        """With the number of people who hold the role on a day (today when not given), the archived ones left out."""
        held = Affiliation.objects.held_by_active_contacts(day).filter(role=OuterRef("pk")).order_by()
        people = held.values("role").annotate(people=Count("contact", distinct=True)).values("people")
        return self.annotate(holders=Coalesce(Subquery(people), 0))


@recorded()
class Role(models.Model):
    """What somebody does at an organisation: head, guidance counsellor, board member…"""

    class Post(models.TextChoices):
        """What the role is at the association itself; elsewhere the same word means nothing of the kind."""

        BOARD = "board", _("On the board")
        EMPLOYEE = "employee", _("Employed")
        SECONDED = "seconded", _("Lent by a member")

    name = models.CharField(_("name"), max_length=100, unique=True)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    expected_at_members = models.BooleanField(
        _("every member should have one"), default=False, help_text=_("Its absence at a member is shown as a vacancy.")
    )
    post = models.CharField(
        _("at the association"),
        max_length=10,
        choices=Post,
        blank=True,
        help_text=_("What somebody is who has the role at the association itself. Leave empty for roles at members."),
    )
    seats = models.PositiveSmallIntegerField(
        _("seats on the board"), null=True, blank=True, help_text=_("How many the statutes give the board of this role.")
    )
    rank = models.PositiveSmallIntegerField(
        _("order on the board"),
        null=True,
        blank=True,
        help_text=_("The chair is 1. Who has the same number stands in the order of the names."),
    )
    sort_key = models.CharField(max_length=200, editable=False, default="", db_index=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = swedish_sort_key(self.name)
        super().save(*args, **kwargs)


class AffiliationQuerySet(DatedQuerySet):
    def newest_first(self):
        return self.order_by(models.F("until").desc(nulls_first=True), models.F("since").desc(nulls_last=True), "pk")

    def at_active_organisations(self, day):
        return self.filter(Q(organisation__archived_at=None) | Q(organisation__archived_at__date__gt=day))

    def at_association(self, *posts):
        """Roles at the association itself, as one of some Role.Post; of any of them when none is named."""
        return self.filter(organisation__is_own=True, role__post__in=posts or Role.Post.values)

    def held_by_active_contacts(self, day=None):
        day = day or timezone.localdate()
        return self.on(day).filter(Q(contact__archived_at=None) | Q(contact__archived_at__date__gt=day))


@recorded(contact="contact_id", organisation="organisation_id")
class Affiliation(Dated):
    """A contact's role at an organisation, from a day to a day. It is ended, never overwritten by a successor."""

    contact = ParentalKey("crm.Contact", verbose_name=_("contact"), related_name="affiliations", on_delete=models.CASCADE, db_index=False)
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="affiliations", on_delete=models.PROTECT
    )
    role = models.ForeignKey(
        "crm.Role", verbose_name=_("role"), related_name="affiliations", on_delete=models.PROTECT, null=True, blank=True
    )
    title = models.CharField(_("title"), max_length=150, blank=True, help_text=_("As the person writes it on a card."))
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True, help_text=_("For example “new job” or “retired”."))
    is_public = models.BooleanField(_("may be published"), default=False, help_text=_("Show the person with this role on the web site."))
    term_until = models.DateField(
        _("elected until"), null=True, blank=True, help_text=_("The last day of the mandate. It ends when the role ends, not by itself.")
    )
    elected_at = models.ForeignKey(
        "crm.Activity",
        verbose_name=_("elected at"),
        related_name="elections",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("The annual meeting."),
    )
    percent = models.PositiveSmallIntegerField(
        _("percentage of full time"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    confirmed_at = models.DateField(_("confirmed"), null=True, blank=True, help_text=_("When somebody last said that this is right."))
    confirmed_by = models.CharField(_("confirmed by"), max_length=150, blank=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]  # by plain names only: modelcluster sorts a form's lines itself
        verbose_name = _("role at an organisation")
        verbose_name_plural = _("roles at organisations")
        # Both: whether somebody holds a role here is asked of each person of an organisation, which may have ten thousand.
        indexes = [models.Index(fields=["contact", "organisation"], name="crm_affiliation_where")]

    def __str__(self):
        return ", ".join(filter(None, [self.label, str(self.organisation)]))

    @property
    def label(self):
        """The title when there is one, else the role."""
        return self.title or str(self.role or "")
