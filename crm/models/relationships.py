from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.models.base import Dated, DatedQuerySet
from crm.recording import recorded
from crm.text import search_words


class RelationshipQuerySet(DatedQuerySet):
    def newest_first(self):
        return self.order_by(F("until").desc(nulls_first=True), F("since").desc(nulls_last=True), "pk")

    def of(self, organisation):
        """Those in which an organisation is, on either side."""
        return self.filter(Q(organisation=organisation) | Q(other=organisation))

    def between(self, one, two):
        return self.filter(Q(organisation=one, other=two) | Q(organisation=two, other=one))

    def collaborations_begun(self, first, last):
        """What public providers of adult education have begun with others in a period, both days included.

        A provider is a municipality, a learning centre or a federation. What began before somebody wrote down a day is in no period.
        """
        from crm.models import Organisation

        public = [Organisation.Kind.MUNICIPALITY, Organisation.Kind.LEARNING_CENTRE, Organisation.Kind.FEDERATION]
        ours, theirs = Q(organisation__kind__in=public), Q(other__kind__in=public)
        outside = (ours & ~theirs) | (theirs & ~ours)
        return self.filter(outside, kind=Relationship.Kind.COLLABORATION, since__gte=first, since__lte=last)

    def search(self, query):
        """Narrow down to where each word stands in the name of one of the two, or in the note."""
        found = self
        for word in search_words(query):
            found = found.filter(
                Q(organisation__search_text__contains=word) | Q(other__search_text__contains=word) | Q(note__icontains=word)
            )
        return found


@recorded(organisation="organisation_id")
class Relationship(Dated):
    """What one organisation is to another, from a day to a day.

    What an organisation belongs to today stands in its `parent`: lists, filters and figures go by that. A relation of the kind
    "part of" tells what that field has no room for: where something belonged before, and what else it is a part of. So none of
    them may say of today what the field says already.
    """

    class Kind(models.TextChoices):
        PART_OF = "part_of", _("Part of")
        PARTNER = "partner", _("Partner of")
        DELIVERS = "delivers", _("Delivers to")
        COLLABORATION = "collaboration", _("Collaboration with")

    # As it reads from the other side.
    BACKWARDS = {
        Kind.PART_OF: _("Has as a part"),
        Kind.PARTNER: _("Partner of"),
        Kind.DELIVERS: _("Gets deliveries from"),
        Kind.COLLABORATION: _("Collaboration with"),
    }
    MUTUAL = (Kind.PARTNER, Kind.COLLABORATION)

    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="relationships", on_delete=models.PROTECT
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COLLABORATION, db_index=True)
    other = models.ForeignKey(
        "crm.Organisation", verbose_name=_("other organisation"), related_name="relationships_from_others", on_delete=models.PROTECT
    )
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("For example what they do together."))
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("For example the agreement, or who said so."))

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.CheckConstraint(
                condition=~Q(organisation=F("other")),
                name="crm_relationship_of_two",
                violation_error_message=_("Choose two different organisations."),
            )
        ]
        indexes = [models.Index(fields=["kind", "since"], name="crm_relationship_begun")]

    def __str__(self):
        return f"{self.organisation} – {self.words} {self.other}"

    @property
    def words(self):
        """The kind within a sentence."""
        return str(self.get_kind_display()).lower()

    def seen_from(self, organisation):
        """Return (what the other one is to an organisation, the other one)."""
        if self.organisation_id == organisation.pk:
            return self.get_kind_display(), self.other
        return self.BACKWARDS[self.kind], self.organisation

    @property
    def is_mutual(self):
        return self.kind in self.MUTUAL

    def clean(self):
        super().clean()
        if not self.organisation_id or not self.other_id:
            return
        if self.organisation_id == self.other_id:
            raise ValidationError({"other": _("Choose two different organisations.")})
        self._check_that_it_is_told_once()
        self._check_that_the_parent_does_not_say_so()

    def _check_that_it_is_told_once(self):
        told = Relationship.objects.filter(kind=self.kind).exclude(pk=self.pk)
        told = (
            told.between(self.organisation, self.other) if self.is_mutual else told.filter(organisation=self.organisation, other=self.other)
        )
        if self.since:
            told = told.filter(Q(until=None) | Q(until__gte=self.since))
        if self.until:
            told = told.filter(Q(since=None) | Q(since__lte=self.until))
        if overlap := told.first():
            span = " – ".join(date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (overlap.since, overlap.until))
            raise ValidationError(_("This relation is in the register already (%(span)s)."), params={"span": span.strip()})

    def _check_that_the_parent_does_not_say_so(self):
        if self.kind == self.Kind.PART_OF and self.until is None and self.organisation.parent_id == self.other_id:
            raise ValidationError(
                _("%(organisation)s belongs to %(other)s already, by the field “belongs to” on its page. Note here what it was before."),
                params={"organisation": self.organisation, "other": self.other},
            )
