import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from crm.models.base import Archivable, ArchivableQuerySet
from crm.models.search import Searchable, SearchableQuerySet
from crm.recording import recorded
from crm.text import swedish_sort_key
from crm.validators import new_key


class ActivityQuerySet(ArchivableQuerySet, SearchableQuerySet):
    def newest_first(self):
        return self.order_by("-day", models.F("starts_at").desc(nulls_last=True), "-pk")

    def about_contact(self, contact):
        return self.filter(participations__contact=contact).distinct()

    def not_cancelled(self):
        return self.filter(cancelled_on=None)

    def meetings(self):
        return self.filter(kind__in=Activity.MEETINGS)

    def attended(self):
        """What somebody has noted the attendance of: who came, or how many."""
        came = Participation.objects.filter(activity=models.OuterRef("pk"), how=Participation.How.ATTENDED)
        return self.filter(models.Exists(came) | Q(head_count__gt=0))


@recorded(activity="id", network="network_id", project="project_id", derived=["search_text"])
class Activity(Archivable, Searchable, ClusterableModel):
    """Something that happened, or will, between us and others: a visit, a call, a meeting. Who took part: Participation."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        VISIT = "visit", _("Visit")
        MEETING = "meeting", _("Meeting")
        LETTER = "letter", _("Letter or e-mail")
        NOTE = "note", _("Note")
        CONFERENCE = "conference", _("Conference")
        LECTURE = "lecture", _("Lecture")
        JOB_SHADOWING = "job_shadowing", _("Job shadowing")
        HOSTING = "hosting", _("Hosting of a group")
        BOARD_MEETING = "board_meeting", _("Board meeting")

    class Scope(models.TextChoices):
        REGIONAL = "regional", _("Regional")
        TRANSNATIONAL = "transnational", _("Transnational")

    class Direction(models.TextChoices):
        OUTGOING = "outgoing", _("Outgoing")
        INCOMING = "incoming", _("Incoming")

    class Conference(models.TextChoices):
        ANNUAL = "annual", _("Annual conference")
        PARTNER = "partner", _("Partner conference")
        OTHER = "other", _("Another conference")

    MEETINGS = (Kind.MEETING, Kind.LECTURE, Kind.CONFERENCE)  # what people are called to
    # What only one kind of activity has.
    ONLY_OF = {"scope": Kind.JOB_SHADOWING, "direction": Kind.JOB_SHADOWING, "conference": Kind.CONFERENCE}

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.MEETING)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope, blank=True)
    direction = models.CharField(
        _("direction"),
        max_length=20,
        choices=Direction,
        blank=True,
        help_text=_("Outgoing: ours went to others. Incoming: others came to us."),
    )
    conference = models.CharField(_("which conference"), max_length=20, choices=Conference, blank=True)
    subject = models.CharField(_("subject"), max_length=200, help_text=_("For example “What the company needs this autumn”."))
    day = models.DateField(_("day"), db_index=True)
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True, help_text=_("How long it took."))
    place = models.CharField(_("place"), max_length=200, blank=True)
    text = models.TextField(_("what was said"), blank=True)
    network = models.ForeignKey(
        "crm.Network", verbose_name=_("network"), related_name="activities", on_delete=models.PROTECT, null=True, blank=True
    )
    project = models.ForeignKey(
        "crm.Project", verbose_name=_("project"), related_name="activities", on_delete=models.PROTECT, null=True, blank=True
    )
    head_count = models.PositiveIntegerField(
        _("number of people"), null=True, blank=True, help_text=_("How many took part in all, those named below included.")
    )
    key = models.CharField(
        _("key"),
        max_length=64,
        unique=True,
        default=new_key,
        editable=False,
        help_text=_("By which a file, or a phone that sends it twice, means the same activity."),
    )
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("logged by"), on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [models.Index(fields=["sort_key", "id"], name="crm_activity_sort")]  # the palette reads them in this order

    def __str__(self):
        name = self.subject or str(self.get_kind_display())
        return gettext("Cancelled: %(what)s") % {"what": name} if self.is_cancelled else name

    def clean(self):
        super().clean()
        for name, kind in self.ONLY_OF.items():
            if getattr(self, name) and self.kind != kind:
                raise ValidationError({name: _("Only an activity of the kind “%(kind)s” has this.") % {"kind": kind.label}})
        if self.kind == self.Kind.JOB_SHADOWING:
            self.check_job_shadowing()
        if self.kind == self.Kind.CONFERENCE and not self.conference:
            self.conference = self.Conference.OTHER

    def check_job_shadowing(self):
        if not self.scope:
            raise ValidationError({"scope": _("Say whether the job shadowing is regional or transnational.")})
        if self.scope == self.Scope.TRANSNATIONAL and not self.direction:
            raise ValidationError({"direction": _("Say who went where: outgoing or incoming.")})

    def make_sort_key(self):
        return swedish_sort_key(self.subject)[:400]

    def searched_texts(self):
        yield self.subject
        yield self.place
        yield self.text
        for one in self.searched_participations():
            yield str(one)

    def searched_participations(self):
        if "participations" in getattr(self, "_prefetched_objects_cache", {}):
            return self.participations.all()
        return self.participations.select_related("contact", "organisation")

    @property
    def is_cancelled(self):
        return self.cancelled_on is not None

    @property
    def begins(self):
        """The moment it begins, in the office's time zone; of one without a time, the beginning of the day."""
        return timezone.make_aware(datetime.datetime.combine(self.day, self.starts_at or datetime.time.min))

    @property
    def ends(self):
        """The moment it is over: what nobody knows the length of lasts an hour, what has no time the whole day."""
        if self.starts_at is None:
            return timezone.make_aware(datetime.datetime.combine(self.day + datetime.timedelta(days=1), datetime.time.min))
        # In UTC: an hour is an hour in the night when the clocks are changed, too.
        return self.begins.astimezone(datetime.UTC) + datetime.timedelta(minutes=self.minutes or 60)

    @property
    def is_over(self):
        return self.ends <= timezone.now()


@recorded(activity="activity_id", contact="contact_id", organisation="organisation_id")
class Participation(models.Model):
    """Who took part in an activity and how: an organisation, a person, or a person for an organisation."""

    class How(models.TextChoices):
        INVITED = "invited", _("Invited")
        REGISTERED = "registered", _("Registered")
        DECLINED = "declined", _("Declined")
        ATTENDED = "attended", _("Took part")
        STAYED_AWAY = "stayed_away", _("Stayed away")

    NOTED = (How.ATTENDED, How.STAYED_AWAY)  # what is known of it afterwards

    activity = ParentalKey("crm.Activity", verbose_name=_("activity"), related_name="participations", on_delete=models.CASCADE)
    contact = models.ForeignKey(
        "crm.Contact", verbose_name=_("contact"), related_name="participations", on_delete=models.PROTECT, null=True, blank=True
    )
    organisation = models.ForeignKey(
        "crm.Organisation", verbose_name=_("organisation"), related_name="participations", on_delete=models.PROTECT, null=True, blank=True
    )
    how = models.CharField(_("how"), max_length=12, choices=How, default=How.ATTENDED)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(contact__isnull=False),
                name="crm_participation_somebody",
                violation_error_message=_("Choose an organisation, a contact, or both."),
            )
        ]

    def __str__(self):
        return ", ".join(str(who) for who in (self.contact, self.organisation) if who)
