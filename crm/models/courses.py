from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.base import Archivable, ArchivableQuerySet, Dated, DatedQuerySet
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded
from crm.text import search_words
from crm.training import Area, FocusArea, Level


class CourseQuerySet(ArchivableQuerySet, DatedQuerySet, SearchableQuerySet):
    def with_seats(self):
        """With the number of seats that are confirmed, left (null where there is no limit), and waited for."""
        return self.annotate(taken=Course.taken_of(), left=Course.left_of(), waiting=Course.waiting_of())

    def pilots(self):
        return self.filter(is_pilot=True)

    def given(self):
        return self.filter(state=Course.State.GIVEN)

    def ahead(self, day):
        """What somebody can still take part in: neither over, given nor cancelled."""
        over = Q(state__in=[Course.State.GIVEN, Course.State.CANCELLED]) | Q(until__lt=day) | Q(until=None, since__lt=day)
        return self.exclude(over)

    def soonest_first(self):
        return self.order_by(F("since").asc(nulls_last=True), "pk")


@recorded(course="id", organisation="provider_id", project="project_id", derived=["search_text"])
class Course(Archivable, Searchable, Dated):
    """What one member opens to the others: live-streamed, on line or on site. Who has asked for seats: SeatRequest."""

    class Format(models.TextChoices):
        STREAMED = "streamed", _("Live-streamed")
        ONLINE = "online", _("On line")
        ON_SITE = "on_site", _("On site")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("course", "Planned")
        OPEN = "open", pgettext_lazy("course", "Open")
        FULL = "full", pgettext_lazy("course", "Full")
        GIVEN = "given", pgettext_lazy("course", "Given")
        CANCELLED = "cancelled", pgettext_lazy("course", "Cancelled")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    provider = models.ForeignKey(
        "crm.Organisation",
        verbose_name=_("provider"),
        related_name="provided_courses",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("The member that gives the course and opens it to the others."),
    )
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.STREAMED)
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("Where it is given, or the address of the meeting."))
    apply_by = models.DateField(_("apply by"), null=True, blank=True, help_text=_("The last day on which seats can be asked for."))
    seats = models.PositiveIntegerField(
        _("seats"), null=True, blank=True, help_text=_("How many the other members may have. Empty means as many as like.")
    )
    focus_area = models.PositiveSmallIntegerField(_("focus area"), choices=FocusArea, null=True, blank=True)
    area = models.CharField(_("area of education"), max_length=20, choices=Area, default=Area.OTHER)
    level = models.PositiveSmallIntegerField(_("SeQF level"), choices=Level, null=True, blank=True)
    is_pilot = models.BooleanField(_("pilot"), default=False, help_text=_("A course that is tried out for the first time."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED, db_index=True)
    project = models.ForeignKey(
        "crm.Project", verbose_name=_("project"), related_name="courses", on_delete=models.PROTECT, null=True, blank=True
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = [F("since").desc(nulls_last=True), "pk"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self):
        return self.title

    def clean(self):
        super().clean()
        if self.apply_by and self.since and self.apply_by > (self.until or self.since):
            raise ValidationError({"apply_by": _("The course is over by then.")})
        if self.pk and self.seats is not None and (taken := self.seats_taken()) > self.seats:
            message = _("%(taken)s seats are confirmed already. Withdraw confirmations before you lower the number of seats.")
            raise ValidationError({"seats": message % {"taken": taken}})

    def seats_taken(self, *, without=None):
        """How many seats are confirmed, apart from those of one request."""
        confirmed = self.requests.filter(state=SeatRequest.State.CONFIRMED).exclude(pk=without)
        return confirmed.aggregate(taken=Sum("seats"))["taken"] or 0

    def seats_left(self, *, without=None):
        """How many seats are free, never below none; None where there is no limit."""
        return None if self.seats is None else max(self.seats - self.seats_taken(without=without), 0)

    @property
    def takes_requests(self):
        """Whether seats can be asked for today."""
        return self.state in (self.State.OPEN, self.State.FULL) and (self.apply_by is None or self.apply_by >= timezone.localdate())

    @property
    def takes_answers(self):
        """Whether there is still a point in confirming seats."""
        return self.state not in (self.State.GIVEN, self.State.CANCELLED)

    @staticmethod
    def _sum_of(state):
        asked = SeatRequest.objects.filter(course=OuterRef("pk"), state=state).order_by()
        return Coalesce(Subquery(asked.values("course").annotate(number=Sum("seats")).values("number")), 0)

    @classmethod
    def taken_of(cls, day=None):
        """An expression for courses: the number of seats that are confirmed."""
        return cls._sum_of(SeatRequest.State.CONFIRMED)

    @classmethod
    def left_of(cls, day=None):
        return F("seats") - cls.taken_of()

    @classmethod
    def waiting_of(cls, day=None):
        return cls._sum_of(SeatRequest.State.WAITING)

    def sort_words(self):
        return [self.title]

    def searched_texts(self):
        yield self.title
        yield self.place
        yield self.description
        for record in (self.provider, self.project):
            yield str(record or "")


class SeatRequestQuerySet(models.QuerySet):
    def live(self):
        """What still counts: neither declined nor withdrawn."""
        return self.filter(state__in=SeatRequest.LIVE)

    def first_come(self):
        return self.order_by("asked_on", "pk")

    def with_asker_key(self):
        """With what lists are sorted by: organisations by their names, and among them people."""
        return self.annotate(asker_key=Coalesce("organisation__sort_key", "contact__sort_key"))

    def search(self, query):
        found = self
        for word in search_words(query):
            names = [Q(**{f"{name}__search_text__contains": word}) for name in ("organisation", "contact", "participant", "course")]
            found = found.filter(Q(*names, _connector=Q.OR))
        return found


@recorded(course="course_id", organisation="organisation_id", contact="contact_id")
class SeatRequest(models.Model):
    """Somebody asks for seats in a course that another member opens."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("seat request", "Asked for")
        CONFIRMED = "confirmed", pgettext_lazy("seat request", "Confirmed")
        WAITING = "waiting", pgettext_lazy("seat request", "On the waiting list")
        DECLINED = "declined", pgettext_lazy("seat request", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("seat request", "Withdrawn")

    LIVE = (State.ASKED, State.CONFIRMED, State.WAITING)

    course = models.ForeignKey("crm.Course", verbose_name=_("course"), related_name="requests", on_delete=models.PROTECT)
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="seat_requests", on_delete=models.PROTECT, null=True, blank=True
    )
    contact = models.ForeignKey(
        "crm.Contact",
        verbose_name=_("asking contact"),
        related_name="seat_requests",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Who gets the answer."),
    )
    seats = models.PositiveIntegerField(_("seats"), default=1, validators=[MinValueValidator(1)])
    participant = models.ForeignKey(
        "crm.Contact",
        verbose_name=_("for the contact"),
        related_name="course_seats",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Who takes part, when that is somebody of the register."),
    )
    for_whom = models.CharField(_("for whom"), max_length=200, blank=True, help_text=_("In words: “two teachers of Swedish”."))
    asked_on = models.DateField(_("asked on"), default=timezone.localdate)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED, db_index=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True, help_text=_("When it got the state that it has."))
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("Why it was declined or withdrawn."))
    mailed_at = models.DateTimeField(_("confirmation mailed"), null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = SeatRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        verbose_name = _("seat request")
        verbose_name_plural = _("seat requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(contact__isnull=False),
                name="crm_seat_request_somebody",
                violation_error_message=_("Choose an organisation, a contact, or both."),
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="crm_seat_request_some_seats"),
        ]

    def __str__(self):
        return ", ".join(str(one) for one in (self.contact, self.organisation) if one)

    def clean(self):
        super().clean()
        if self.course_id and self.state == self.State.CONFIRMED and self.seats:
            self._check_that_seats_are_left()

    def _check_that_seats_are_left(self):
        left = self.course.seats_left(without=self.pk)
        if left is None or self.seats <= left or self._was_confirmed():
            return
        words = {"course": self.course, "left": left, "seats": self.seats}
        message = _("%(seats)s seats are asked for, and %(left)s are left in %(course)s. Put the request on the waiting list instead.")
        raise ValidationError(message, params=words)

    def _was_confirmed(self):
        """Whether it has had these seats all along: what was too much before must not keep from correcting the rest."""
        stored = SeatRequest.objects.filter(pk=self.pk, course=self.course_id, state=self.State.CONFIRMED).first()
        return stored is not None and stored.seats >= self.seats
