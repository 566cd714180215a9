from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded
from crm.text import search_words
from crm.training import Area, Level, Sector
from crm.validators import validate_organisation_number


class NeedQuerySet(ArchivableQuerySet, DatedQuerySet, SearchableQuerySet):
    def inbox(self):
        """What has come in and nobody has looked at yet."""
        return self.filter(state=Need.State.NEW)

    def to_meet(self):
        """What no course has met yet."""
        return self.filter(state__in=Need.TO_MEET)

    def newest_first(self):
        return self.order_by("-received_on", "-pk")


@recorded(need="id", organisation="organisation_id", contact="contact_id", activity="activity_id", derived=["search_text"])
class Need(Archivable, Searchable, Dated, ClusterableModel):
    """What a company says that it needs to learn: in which area, at which level, for how many people, when."""

    class Source(models.TextChoices):
        VISIT = "visit", pgettext_lazy("need", "Visit")
        FORM = "form", _("Form on the site")
        SURVEY = "survey", _("Survey")
        OTHER = "other", pgettext_lazy("need", "Otherwise")

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("need", "New")
        OPEN = "open", pgettext_lazy("need", "Open")
        MATCHED = "matched", pgettext_lazy("need", "Matched")
        MET = "met", pgettext_lazy("need", "Met")
        DROPPED = "dropped", pgettext_lazy("need", "Dropped")

    TO_MEET = (State.NEW, State.OPEN, State.MATCHED)

    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("company"), related_name="needs", on_delete=models.PROTECT, null=True, blank=True
    )
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="needs", on_delete=models.PROTECT, null=True, blank=True
    )
    activity = models.ForeignKey(
        "crm.Activity",
        verbose_name=_("activity"),
        related_name="needs",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        help_text=_("The visit or meeting at which it came up."),
    )
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.VISIT)
    received_on = models.DateField(_("received"), default=timezone.localdate, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, db_index=True)
    text = models.TextField(_("what is needed"), blank=True, help_text=_("In the company’s own words."))
    area = models.CharField(_("area of education"), max_length=20, choices=Area, default=Area.OTHER)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    level = models.PositiveSmallIntegerField(_("SeQF level"), choices=Level, null=True, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True, help_text=_("How many are to learn it."))
    when = models.CharField(_("when, in words"), max_length=100, blank=True, help_text=_("For example “mornings in the autumn”."))
    # What somebody has written of themselves, until a person has found out who they are.
    company_name = models.CharField(_("company, as written"), max_length=200, blank=True)
    company_number = models.CharField(
        _("organisation number, as written"), max_length=13, blank=True, validators=[validate_organisation_number]
    )
    municipality = models.ForeignKey(
        "crm.Municipality", verbose_name=_("municipality"), related_name="needs", on_delete=models.PROTECT, null=True, blank=True
    )
    contact_name = models.CharField(_("contact, as written"), max_length=150, blank=True)
    contact_email = models.EmailField(_("e-mail, as written"), blank=True)
    contact_phone = models.CharField(_("phone, as written"), max_length=50, blank=True)
    as_said = models.CharField(_("other words for it"), max_length=300, blank=True, help_text=_("Answers that fit none of the choices."))
    answer_id = models.CharField(
        _("number of the answer"), max_length=60, blank=True, help_text=_("Of a survey. The same answer is not taken in twice.")
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        verbose_name = pgettext_lazy("training", "need")
        verbose_name_plural = pgettext_lazy("training", "needs")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(company_name=""),
                name="crm_need_company",
                violation_error_message=_("Choose a company, or write what it is called."),
            ),
            models.UniqueConstraint(
                fields=["source", "answer_id"],
                condition=~Q(answer_id=""),
                name="crm_need_answer_unique",
                violation_error_message=_("This answer is in the register already."),
            ),
        ]

    def __str__(self):
        return f"{self.company}: {self.get_area_display()}"

    @property
    def company(self):
        """Who needs it: the company of the register, or what it calls itself."""
        return str(self.organisation or self.company_name)

    @property
    def whose_municipality(self):
        return self.municipality or (self.organisation and self.organisation.municipality)

    @property
    def span(self):
        days = [date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (self.since, self.until)]
        return " – ".join(days).strip() if any(days) else ""

    @property
    def period(self):
        """When it is wanted, in words and days."""
        return ", ".join(filter(None, [self.when, self.span]))

    @property
    def shortly(self):
        """The same in the words that were used, or else in days."""
        return self.when or self.span

    def sort_words(self):
        return [self.company]

    def searched_texts(self):
        yield self.company
        yield self.company_number
        yield self.text
        yield self.as_said
        yield self.when
        yield str(self.contact or self.contact_name)
        yield str(self.whose_municipality or "")


@recorded(need="need_id", course="course_id")
class Match(models.Model):
    """A course that a need is matched to, and what became of that."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("match", "Proposed to the company")
        ACCEPTED = "accepted", pgettext_lazy("match", "Accepted")
        DECLINED = "declined", pgettext_lazy("match", "Declined")

    need = ParentalKey("crm.Need", verbose_name=pgettext_lazy("training", "need"), related_name="matches", on_delete=models.CASCADE)
    course = models.ForeignKey("crm.Course", verbose_name=_("course"), related_name="matches", on_delete=models.PROTECT)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    matched_on = models.DateField(_("matched on"), default=timezone.localdate)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["matched_on", "pk"]
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.UniqueConstraint(
                fields=["need", "course"],
                name="crm_match_unique",
                violation_error_message=_("The need is matched to this course already."),
            )
        ]

    def __str__(self):
        return str(self.course)


class InterestQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by(F("day").desc(nulls_last=True), "-pk")

    def search(self, query):
        found = self
        for word in search_words(query):
            names = [Q(**{f"{name}__search_text__contains": word}) for name in ("organisation", "contact", "project")]
            found = found.filter(Q(*names, _connector=Q.OR))
        return found


@recorded(project="project_id", organisation="organisation_id", contact="contact_id")
class Interest(models.Model):
    """An organisation says that it wants to take part in a project. Once each: the interested are counted."""

    project = models.ForeignKey("crm.Project", verbose_name=_("project"), related_name="interests", on_delete=models.PROTECT)
    organisation = models.ForeignKey("crm.Organisation", verbose_name=_("organisation"), related_name="interests", on_delete=models.PROTECT)
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="interests", on_delete=models.PROTECT, null=True, blank=True
    )
    day = models.DateField(_("day"), null=True, blank=True, help_text=_("When it said so. Leave empty when nobody knows."))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("interest in a project")
        verbose_name_plural = _("interests in projects")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "organisation"],
                name="crm_interest_unique",
                violation_error_message=_("The interest of this organisation in the project is noted already."),
            )
        ]

    def __str__(self):
        return str(self.organisation)
