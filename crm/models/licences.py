import datetime
from collections import Counter
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded
from crm.text import search_words


def most_at_once(spans, first, last=None):
    """Return (number, day): the most of some (since, until) that hold on one day of a period, and the first such day."""
    last = last or datetime.date.max
    steps = Counter()
    for since, until in spans:
        begins, ends = max(since or first, first), min(until or last, last)
        if begins <= ends:
            steps[begins] += 1
            if ends < datetime.date.max:
                steps[ends + datetime.timedelta(days=1)] -= 1
    held, most = 0, (0, first)
    for day in sorted(steps):
        held += steps[day]
        if held > most[0]:
            most = held, day
    return most


class LicenceQuerySet(ArchivableQuerySet, DatedQuerySet, SearchableQuerySet):
    def with_seats(self, day=None):
        """With the number of seats that are held on a day (today when not given), and of those that are free."""
        return self.annotate(held=Licence.held_on(day), free=Licence.free_on(day))


@recorded(licence="id", derived=["search_text"])
class Licence(Archivable, Dated, Searchable):
    """A tool that the association has seats in, for its members to use. Who has one: Holding."""

    class Kind(models.TextChoices):
        SURVEY = "survey", _("Survey tool")
        MEETING = "meeting", _("Video meetings")
        LEARNING = "learning", _("Learning platform")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    supplier = models.ForeignKey(
        "crm.Organisation",
        verbose_name=_("supplier"),
        related_name="supplied_licences",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("The organisation that provides the tool or owns the agreement."),
    )
    seats = models.PositiveIntegerField(
        _("seats"), null=True, blank=True, help_text=_("How many may have it at the same time. Empty means as many as like.")
    )
    price = models.DecimalField(
        _("price (SEK)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("What a seat costs the association a year."),
    )
    value = models.DecimalField(
        _("value (SEK)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("What a member would pay a year for a seat of its own."),
    )
    expected_at_members = models.BooleanField(
        _("every member should have one"), default=False, help_text=_("Its absence at a member is shown as a vacancy.")
    )
    description = models.TextField(_("description"), blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("licence")
        verbose_name_plural = _("licences")

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.pk is None or self.seats is None:
            return
        held, day = most_at_once(self.holdings.values_list("since", "until"), timezone.localdate())
        if held > self.seats:
            message = _("On %(day)s, %(held)s seats are held. End holdings before you lower the number of seats.")
            raise ValidationError({"seats": message % {"day": date_format(day), "held": held}})

    @staticmethod
    def held_on(day=None):
        """An expression for licences: the number of seats that are held on a day."""
        held = Holding.objects.on(day or timezone.localdate()).filter(licence=OuterRef("pk")).order_by()
        return Coalesce(Subquery(held.values("licence").annotate(held=Count("pk")).values("held")), 0)

    @classmethod
    def free_on(cls, day=None):
        """The same for those that are free; null where there is no limit."""
        return F("seats") - cls.held_on(day)

    def sort_words(self):
        return [self.name]

    def searched_texts(self):
        yield self.name
        yield self.description


class HoldingQuerySet(DatedQuerySet):
    def newest_first(self):
        return self.order_by(F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "pk")

    def with_holder_key(self):
        """With what lists of who holds what are sorted by: people by their names, and among them organisations."""
        return self.annotate(holder_key=Coalesce("contact__sort_key", "organisation__sort_key"))

    def search(self, query):
        """Narrow down to where each word stands in the name of who holds it or of what is held."""
        found = self
        for word in search_words(query):
            names = [Q(**{f"{name}__search_text__contains": word}) for name in ("contact", "organisation", "licence")]
            found = found.filter(Q(*names, _connector=Q.OR))
        return found


@recorded(licence="licence_id", contact="contact_id", organisation="organisation_id")
class Holding(Dated):
    """A seat in a tool, from a day to a day: a person's, an organisation's, or a person's for an organisation."""

    licence = models.ForeignKey("crm.Licence", verbose_name=_("licence"), related_name="holdings", on_delete=models.PROTECT)
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="holdings", on_delete=models.PROTECT, null=True, blank=True
    )
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="holdings", on_delete=models.PROTECT, null=True, blank=True
    )
    confirmed_at = models.DateField(
        _("confirmed"), null=True, blank=True, help_text=_("When somebody last said that the licence is still used.")
    )
    confirmed_by = models.CharField(_("confirmed by"), max_length=150, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("For example the user name in the tool."))

    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("licence holding")
        verbose_name_plural = _("licence holdings")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(contact__isnull=False),
                name="crm_holding_somebody",
                violation_error_message=_("Choose an organisation, a contact, or both."),
            )
        ]

    def __str__(self):
        return ", ".join(str(holder) for holder in (self.contact, self.organisation) if holder)

    def clean(self):
        super().clean()
        if self.licence_id:
            self._check_that_licence_goes_on()
            self._check_that_it_is_held_once()
            self._check_that_a_seat_is_free()

    def _check_that_licence_goes_on(self):
        end = self.licence.until
        if end and (self.since or datetime.date.min) > end:
            raise ValidationError({"since": _("The licence ended on %(day)s.") % {"day": date_format(end)}})

    def _check_that_it_is_held_once(self):
        """One person is one user of a tool, whatever organisation it is for; an organisation may have several seats."""
        if not self.contact_id:
            return
        others = Holding.objects.filter(licence=self.licence_id, contact=self.contact_id).exclude(pk=self.pk)
        if other := others.during(self.since or datetime.date.min, self.until or datetime.date.max).first():
            words = {"person": self.contact.name, "licence": self.licence, "span": f"{other.since or '?'} – {other.until or ''}".strip()}
            raise ValidationError(_("%(person)s holds %(licence)s already (%(span)s)."), params=words)

    def _check_that_a_seat_is_free(self):
        """From today on: the number of seats is today's, and earlier there may have been more of them."""
        today, seats = timezone.localdate(), self.licence.seats
        first, last = max(self.since or today, today), self.until or datetime.date.max
        if seats is None or last < today or self._was_counted(first, last):
            return
        others = Holding.objects.filter(licence=self.licence_id).exclude(pk=self.pk)
        held, day = most_at_once(others.values_list("since", "until"), first, last)
        if held >= seats:
            words = {"licence": self.licence, "seats": seats, "held": held, "day": date_format(day)}
            message = _(
                "No seat is free: %(held)s of the %(seats)s seats of %(licence)s are held on %(day)s. "
                "End another holding first, or raise the number of seats."
            )
            raise ValidationError(message, params=words)

    def _was_counted(self, first, last):
        """Whether it has had the seat on these days all along: what was too much before must not keep from correcting the rest."""
        stored = Holding.objects.filter(pk=self.pk, licence=self.licence_id).first()
        return stored is not None and (stored.since or first) <= first and last <= (stored.until or datetime.date.max)
