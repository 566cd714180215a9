"""Who is on the board and in the office of the association itself: one row for each mandate or employment.

Each is a role at the association like any other; these are the columns that roles elsewhere don't have.
"""

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Affiliation, Organisation, Role
from crm.resources.base import Column, RegisterResource
from crm.resources.people import person_of
from crm.resources.registry import importer
from crm.resources.widgets import DayWidget, EmailWidget, RecordWidget, WholeNumberWidget


class ElectionWidget(DayWidget):
    """The annual meeting or other activity at which somebody was elected, by its day."""

    KINDS = (Activity.Kind.CONFERENCE, Activity.Kind.BOARD_MEETING, Activity.Kind.MEETING)

    def clean(self, value, row=None, **kwargs):
        day = super().clean(value)
        found = Activity.objects.active().filter(day=day, kind__in=self.KINDS)
        by_kind = {one.kind: one for one in found.order_by("-pk")}
        if meeting := next((by_kind[kind] for kind in self.KINDS if kind in by_kind), None):
            return meeting
        raise ValidationError(gettext("There is no conference and no meeting on %(day)s. Write it down first.") % {"day": day})

    def render(self, value, obj=None, **kwargs):
        return value.day.isoformat() if value else ""


@importer
class MandateResource(RegisterResource):
    kind = "mandates"
    title = _("Board and office")

    first_name = Column("first_name", _("First name"), "Förnamn", related=True)
    last_name = Column("last_name", _("Last name"), "Efternamn", related=True)
    email = Column("email", _("E-mail"), "E-post", "E-postadress", widget=EmailWidget(), related=True)
    role = Column(
        "role",
        _("Role"),
        "Roll",
        "Uppdrag",
        widget=RecordWidget(Role, _("“%(value)s” is no role of the register. Import or add it first.")),
        required=True,
    )
    role_title = Column("title", _("Title"), "Titel")
    since = Column("since", _("From"), "Från", widget=DayWidget())
    until = Column("until", _("Until"), "Till", widget=DayWidget())
    term_until = Column("term_until", _("Elected until"), "Vald till", "Mandat till", widget=DayWidget())
    elected_at = Column("elected_at", _("Elected at"), "Vald på", "Årsmöte", widget=ElectionWidget())
    percent = Column("percent", _("Percentage of full time"), "Tjänstgöringsgrad", "Procent", widget=WholeNumberWidget())

    class Meta(RegisterResource.Meta):
        model = Affiliation
        fields = (
            "first_name", "last_name", "email", "role", "role_title", "since", "until", "term_until", "elected_at", "percent",
        )  # fmt: skip

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        self.own = Organisation.objects.own()
        if self.own is None:
            raise ValidationError(gettext("Say first, on its page, which organisation is the association itself."))
        if not self.values["role"].post:
            message = gettext("“%(role)s” is no role at the association itself. Say on the role’s page what it is there.")
            raise ValidationError({str(self.columns["role"].label): message % {"role": self.values["role"]}})
        self.contact_found = person_of(self.values)
        if self.contact_found is None:
            raise ValidationError(gettext("The row names no person."))

    def find(self, values):
        """The mandate that began the day the row says; the one that goes on when it says none."""
        held = Affiliation.objects.filter(contact=self.contact_found, organisation=self.own, role=values["role"]).newest_first()
        return held.filter(since=values["since"]).first() if "since" in values else held.first()

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        instance.contact, instance.organisation = self.contact_found, self.own
        if not instance.pk:
            instance.source = gettext("import")

    def related_changes(self, mandate):
        return [] if mandate.pk else [(gettext("Contact"), "", self.contact_found.name)]

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        instance.clean()
        first, last = instance.since or datetime.date.min, instance.term_until
        if last and last < first:
            raise ValidationError({str(self.columns["term_until"].label): gettext("lies before the first day.")})
        if instance.percent is not None and not 0 < instance.percent <= 100:
            raise ValidationError({str(self.columns["percent"].label): gettext("has to be between 1 and 100.")})
